"""Examinations of the model: `python -m experiments.dev validate NAME`."""
