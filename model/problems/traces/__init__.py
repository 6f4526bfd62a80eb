"""Traces of police work for the criteria, recorded by shift and by month over twelve months."""
