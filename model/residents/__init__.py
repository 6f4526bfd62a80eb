"""Births, deaths, moves and the daily rhythm of residents."""
