"""What the decision view computes: measures that somebody can take, twin worlds in the background, and verdicts."""
