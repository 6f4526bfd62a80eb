"""M27, pressure for figures: chiefs who answer for a number send victims away and downgrade."""
