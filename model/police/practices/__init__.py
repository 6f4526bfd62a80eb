"""M43, practices: the four habits of MOPSIC that officers have more or less of: team, area, analysis, follow-up."""
