"""Sentences about results in both languages."""
