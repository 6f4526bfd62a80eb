"""M6, near repeats: a crime raises the hazard nearby for some weeks, as a branching process."""
