"""ICAO 9303: what stands in a travel document, and what can be proven of it."""
