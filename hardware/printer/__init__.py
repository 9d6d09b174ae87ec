"""Printers: what they promise, the ESC/POS driver, and a printer that is not there."""
