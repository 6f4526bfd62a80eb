"""Initial state: residents in steady state with the town's events; newcomers copy others."""
