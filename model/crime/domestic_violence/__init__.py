"""M9, domestic violence: first and further acts against women at home."""
