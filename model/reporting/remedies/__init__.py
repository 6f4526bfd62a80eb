"""Outcomes of seeking help that victims of domestic violence remember, good and bad."""
