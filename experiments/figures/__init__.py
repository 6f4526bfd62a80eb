"""Figures: one style, one place."""
