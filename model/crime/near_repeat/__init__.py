"""M6, near repeats: each crime raises the hazard nearby for some weeks, as a branching process."""
