"""Studies of many runs: sweeps and sensitivity analysis."""
