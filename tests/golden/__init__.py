"""Golden sentences: every text that is generated for readers, as it stood when it was last meant to change."""
