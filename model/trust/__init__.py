"""Trust in the police: beliefs, the ledger, news, hearsay and fear."""
