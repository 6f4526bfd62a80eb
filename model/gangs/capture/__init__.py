"""M42, capture: traffickers and cliques buy a mayor or a station chief, which stays hidden for long."""
