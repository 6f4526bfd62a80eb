"""M13, justice with clocks: held or released, charged or dropped, sentenced."""
