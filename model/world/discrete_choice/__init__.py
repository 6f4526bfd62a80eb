"""Discrete choices of agents: utilities of options, the choice drawn, and a record of each with its reason."""
