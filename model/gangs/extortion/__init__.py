"""Extortion (M7): demands by cliques and imitators, threats, clashes between cliques, recruitment."""
