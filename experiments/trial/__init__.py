"""The command `trial`: randomised field trials, run in simulated towns and diagnosed against true effects."""
