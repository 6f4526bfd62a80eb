"""M4, contacts by kind: which residents couples meet, how they treat them, and what that adds to trust."""
