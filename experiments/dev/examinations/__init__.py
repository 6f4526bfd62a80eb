"""Examinations of the model (`python -m experiments.dev validate`), and programs that set strengths of mechanisms."""
