"""M14, communal authorities: a jurisdiction with its own law in Totonicapán, boards by agreement elsewhere."""
