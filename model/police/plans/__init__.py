"""M17, plans: each station's diagnosis, its plan for a quarter and its hot-spot posts."""
