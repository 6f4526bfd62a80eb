"""Traces: what the criteria count, noted shift by shift and month by month for twelve months (ODD, criteria)."""
