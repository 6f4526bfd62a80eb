"""Calibration, and comparison of the model with data and with what studies have measured."""
