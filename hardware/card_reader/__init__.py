"""Card readers: contract, drivers, and virtual readers with their cards."""
