"""The built-in hotel: a small property system that speaks the OPERA Cloud API (README.md)."""
