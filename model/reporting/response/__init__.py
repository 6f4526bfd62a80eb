"""M12, response: couples answer calls within limits of time, fuel and distance, graver calls first."""
