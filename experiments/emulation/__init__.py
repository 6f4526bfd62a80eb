"""Emulators: Gaussian processes that approximate the model, with their error, within fitted ranges."""
