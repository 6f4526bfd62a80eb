"""Cliques of MS-13 and Barrio 18: how many there are, and the synthetic cells that each run gives them."""
