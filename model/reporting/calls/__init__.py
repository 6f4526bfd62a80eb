"""M12 in part, other calls: quarrels, accidents, noise, and calls of leaders to an officer's own phone."""
