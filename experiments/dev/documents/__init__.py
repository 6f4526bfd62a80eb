"""Generated documents: `python -m experiments.dev.documents`."""
