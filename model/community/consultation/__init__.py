"""M18, consultation: who comes, what they ask for, and whether anybody answers."""
