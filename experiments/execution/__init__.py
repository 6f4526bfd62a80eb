"""Run jobs: worker processes, shared towns, paired worlds, one run."""
