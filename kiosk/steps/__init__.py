"""Steps that journeys share: one file each, plain async Python, no widget and no byte of a protocol."""
