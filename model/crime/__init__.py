"""Crime: offenders, hazards, deterrence, guards and the counts of crime."""
