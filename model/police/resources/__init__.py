"""M19, resources: vehicles break, fuel is rationed, lines fail; municipality and communities help."""
