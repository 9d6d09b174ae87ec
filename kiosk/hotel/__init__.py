"""The hotel behind the kiosk."""
