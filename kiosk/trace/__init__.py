"""Traces: what happened in a visit, recorded without a person in it, and played again on virtual devices."""
