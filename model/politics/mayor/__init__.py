"""M40, the mayor: one thing a quarter for security, or nothing; once a year the budget."""
