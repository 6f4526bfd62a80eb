"""Cliques of MS-13 and Barrio 18: number, invented territories, members and targets."""
