"""The command `trial`: designs of field trials by lot, run in simulated towns, and diagnosed against true effects."""
