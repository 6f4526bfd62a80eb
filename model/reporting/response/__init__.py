"""M12, response: couples of the sector by time, litres and way, graver calls first; else a call is lost."""
