"""M35, deliberation: what boards decide of cases, watches, police, requests and protocols (ODD, deliberation)."""
