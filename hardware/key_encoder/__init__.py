"""Key encoders: contract, our own open credential, drivers, and a virtual door."""
