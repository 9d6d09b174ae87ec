"""What people do at the terminal."""
