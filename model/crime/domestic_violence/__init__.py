"""M9, violence at home: whom it hits, how it goes on; where women look for help stands in seeking_help."""
