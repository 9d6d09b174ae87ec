"""Scanners: QR and bar codes."""
