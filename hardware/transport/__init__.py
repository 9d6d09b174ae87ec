"""One file per bus: open, read, write, close, deadlines; nothing else."""
