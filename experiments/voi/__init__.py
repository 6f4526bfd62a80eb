"""The command `voi`: which knowledge would improve a choice between policies most."""
