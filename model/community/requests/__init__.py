"""M18, requests: demands of communities on the police, answered within 30 days or not."""
