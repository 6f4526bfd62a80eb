"""Monthly measures and the four criteria."""
