"""M43, minutes: use of the 480 minutes of a couple's shift, which always add up."""
