"""The police: rosters, patrols, officers, contacts, misconduct, plans, chiefs."""
