"""Emulators: Gaussian processes that stand in for the model, with their error, within the range that they have seen."""
