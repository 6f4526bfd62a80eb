"""How a clique chooses: the matters that it decides, and what weighs with it; `cliques` says when."""
