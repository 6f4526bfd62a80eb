"""M9, where a woman who was hurt at home looks for help, and what she gets."""
