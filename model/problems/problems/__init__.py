"""M44, problems with causes: part of crime gathers at places for a reason, and goes on there until that is met."""
