"""Initial state of residents: steady state with the town's own events; newcomers copy similar residents."""
