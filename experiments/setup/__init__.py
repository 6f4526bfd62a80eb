"""Setting up: whether this machine is fit for the program, and what a workshop without internet needs."""
