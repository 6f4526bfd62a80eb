"""The mayor (M40): a gift for security or none each quarter, and the budget once a year."""
