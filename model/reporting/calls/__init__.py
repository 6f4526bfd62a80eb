"""M12 in part, other calls: quarrels, accidents, noise, and what leaders ask of an officer whom they know."""
