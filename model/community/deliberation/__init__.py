"""M35, deliberation: decisions of boards on cases, watches, police, requests and protocols."""
