"""Gangs: cliques, extortion, drug trade, custody and capture."""
