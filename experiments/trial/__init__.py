"""The command `trial`: declare a field trial and diagnose it in simulated worlds (Blair et al. 2019)."""
