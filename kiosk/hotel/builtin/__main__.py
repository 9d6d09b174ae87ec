"""`python -m kiosk.hotel.builtin`: the same commands as `kiosk hotel`."""

from kiosk.hotel.builtin.commands import app

if __name__ == "__main__":
    app(prog_name="kiosk hotel")
