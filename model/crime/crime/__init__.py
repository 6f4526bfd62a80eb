"""M6, crime as a point process by kind: hazards depend on people, places and a latent pool of offenders."""
