"""M26, crises: protest, eviction, road block; police or army act on orders from above, against people."""
