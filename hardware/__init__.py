"""What is bolted to the terminal; knows nothing of `kiosk/`. See README.md."""
