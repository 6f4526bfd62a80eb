"""Discrete choices of agents: utilities of options, the draw, and a record with the reason."""
