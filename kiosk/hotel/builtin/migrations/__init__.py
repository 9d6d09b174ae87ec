"""Alembic migrations of the hotel's books."""
