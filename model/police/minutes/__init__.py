"""M43, minutes: what becomes of the 480 minutes of a couple's shift, which always add up."""
