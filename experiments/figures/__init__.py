"""All figures, drawn in one style."""
