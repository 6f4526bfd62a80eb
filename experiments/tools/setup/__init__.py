"""Checks of a machine, new municipalities, workshop bundles."""
