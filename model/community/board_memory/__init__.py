"""Memory of communal boards: calls, hearings, requests and cases, as each board has experienced them."""
