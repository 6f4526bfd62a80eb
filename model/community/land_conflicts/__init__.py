"""M10, conflicts over land, water and boundaries, mostly brought to the communal authority."""
