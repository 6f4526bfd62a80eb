"""Decisions: how those who decide weigh their options, and the book that says what each chose and why."""
