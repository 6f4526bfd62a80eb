"""The four books of crime: what happened, what the state was told, complaints, headquarters' record."""
