"""Trust in the police: beliefs, the ledger, public events, hearsay and fear."""
