"""M27, pressure for figures: chiefs judged by crime figures turn victims away and downgrade crimes."""
