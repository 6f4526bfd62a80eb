"""Benchmark of speed and memory."""
