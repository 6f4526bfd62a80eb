"""Checks of the model against what is known, and of its mechanisms against their absence."""
