"""M11, reporting as two choices: tell whom, and follow through with the formal complaint."""
