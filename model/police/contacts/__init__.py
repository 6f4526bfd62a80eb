"""M4, contacts by kind: who is met, how, and what it teaches."""
