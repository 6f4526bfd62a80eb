"""Sweeps and sensitivity: many runs of one study, in a store that loses and doubles none."""
