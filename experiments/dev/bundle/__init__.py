"""Wheels for workshops without internet: `python -m experiments.dev bundle`."""
