"""M24, prevention for the young: Safe Schools and talks by officers of the prevention branch."""
