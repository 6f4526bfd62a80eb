"""What women who were hurt at home remember of whom they told: what came of it, good and bad (ODD: seeking_help)."""
