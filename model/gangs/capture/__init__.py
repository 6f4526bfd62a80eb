"""Capture (M42): traffickers and cliques buy a mayor or a station chief, which stays hidden."""
