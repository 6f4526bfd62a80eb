"""M2, roster: three groups of officers, seven days on and four off, eight-hour shifts, in couples."""
