"""What screens are made of: every visible thing is a Piece."""
