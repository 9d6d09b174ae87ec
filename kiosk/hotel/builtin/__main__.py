"""`python -m kiosk.hotel.builtin`: the same commands as `kiosk hotel`."""

import gc

gc.disable()  # what is loaded stays: to look for rubbish among it again and again is a tenth of a start
from kiosk.hotel.builtin.commands import app  # noqa: E402

if __name__ == "__main__":
    gc.enable()
    app(prog_name="kiosk hotel")
