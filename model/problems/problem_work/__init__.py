"""M44, work on problems: who begins a response, which fits or not, who keeps it up, and what comes of it."""
