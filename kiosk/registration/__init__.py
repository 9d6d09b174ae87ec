"""The registration card: what the law asks, filled in, signed, and put on paper."""
