"""Validation of the model against evidence, and of its mechanisms by knock-out."""
