"""What can't be undone, done once: `doing.py` does it, the other files have the kinds."""
