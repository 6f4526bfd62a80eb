"""M30, offenders: unnamed slots that somebody fills, held or free, replaced or not."""
