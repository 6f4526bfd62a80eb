"""M11, reporting: victims choose whom to tell, and whether to file a formal complaint."""
