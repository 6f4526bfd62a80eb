"""M25, the heavy hand with both faces: army patrols, mass detention under a state of exception."""
