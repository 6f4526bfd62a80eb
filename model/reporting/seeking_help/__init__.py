"""M9, seeking help: where victims of domestic violence turn, and the help that they get."""
