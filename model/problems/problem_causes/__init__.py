"""M44, causes of problems: detection of problems, and diagnosis of their causes, right or wrong."""
