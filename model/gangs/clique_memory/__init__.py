"""What a clique remembers, what of it fades, and who leads it; `cliques` says when."""
