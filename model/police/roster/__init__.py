"""M2, roster: three groups, seven days on and four off, eight-hour relays; the couple is the unit."""
