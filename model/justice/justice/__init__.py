"""M13, justice: arrested people are held or released, charged or dropped, sentenced, with delays."""
