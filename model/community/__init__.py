"""Communal authority, consultation, requests, collective violence and land conflicts."""
