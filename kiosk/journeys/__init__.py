"""Journeys: the hotel's own procedures, one file each."""
