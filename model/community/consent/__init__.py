"""M45, consent: police ask the communal authority before they patrol, operate or arrest in its canton."""
