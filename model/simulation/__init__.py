"""The model: registry of mechanisms, schedule, agents, saved states."""
