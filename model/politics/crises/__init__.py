"""Crises (M26): protests, evictions and road blocks that police or army break up on orders."""
