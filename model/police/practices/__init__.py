"""M43, practices: MOPSIC as what officers do, each more or less: team, area, analysis, follow-up."""
