"""M24, prevention for the young: supervision after school and talks by prevention officers."""
