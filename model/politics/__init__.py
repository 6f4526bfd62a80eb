"""The mayor, the heavy hand and crises."""
