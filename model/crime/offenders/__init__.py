"""M30, offenders: anonymous slots of the offender pool, held or free, filled by successive people."""
