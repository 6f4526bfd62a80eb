"""Reporting of crime, calls, response, help and remedies."""
