"""`answer --only value`: which knowledge would improve a choice between policies most."""
