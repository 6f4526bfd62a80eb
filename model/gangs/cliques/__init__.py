"""Decisions of cliques (M34): each month by income, risk and rivals as remembered."""
