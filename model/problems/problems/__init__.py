"""M44, problems with causes: part of crime concentrates at places for a reason, until the reason is met."""
