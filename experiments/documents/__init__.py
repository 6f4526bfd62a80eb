"""Documents that are generated from the code: `python -m experiments.documents`."""
