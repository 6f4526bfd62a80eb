"""The heavy hand (M25): army patrols, mass detention on suspicion, and their costs."""
