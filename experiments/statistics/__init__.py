"""Statistics of paired runs: effects, intervals, contrasts, sensitivity."""
