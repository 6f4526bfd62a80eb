"""M6, crime as a point process by type: hazards from people, places and a latent pool of offenders."""
