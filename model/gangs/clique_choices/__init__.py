"""Choices of cliques (M34): utilities of stance, rent, punishment, recruits, cells and attacks."""
