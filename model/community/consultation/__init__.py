"""M18, consultation: meetings of communities and police, attendance, requests and answers."""
