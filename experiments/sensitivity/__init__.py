"""Sensitivity analyses: which parameters decide, and how much of it is luck."""
