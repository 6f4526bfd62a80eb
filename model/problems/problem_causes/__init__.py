"""M44, causes of problems: who notices a problem, and what is put on record as its cause, right or wrong."""
