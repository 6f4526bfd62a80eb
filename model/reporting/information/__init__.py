"""M17, information: circumstance reports three times a day, and what survives on the way to headquarters."""
