"""Generated documents: `python -m experiments.tools.documents`."""
