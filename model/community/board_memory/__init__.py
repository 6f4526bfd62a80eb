"""What boards remember of police and state: calls, hearings, requests, cases (ODD, deliberation)."""
