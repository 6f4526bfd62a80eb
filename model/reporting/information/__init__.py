"""M17, information: circumstance reports of each shift, and losses on the way to headquarters."""
