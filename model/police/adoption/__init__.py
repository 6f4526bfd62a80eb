"""M16, MOPSIC adoption: a diffusion among officers who come and go."""
