"""M41, station chiefs: hours of the month, the mode of a plan, the request that it takes up."""
