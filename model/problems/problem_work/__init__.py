"""M44, work on problems: responses, fitting or not, their upkeep and their effect."""
