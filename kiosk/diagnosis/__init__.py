"""What a technician asks of the terminal: how each part is, what it can be made to do, and the proof of it."""
