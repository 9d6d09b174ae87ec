"""Document readers: passports and identity cards."""
