"""M18, requests: what communities ask for, and whether anybody answers within 30 days."""
