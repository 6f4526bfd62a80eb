"""M33, private guards: several times as many as police, in front of some shops and for those alone."""
