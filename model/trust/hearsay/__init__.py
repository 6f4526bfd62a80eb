"""M21, hearsay: what happened to somebody is told at home, and along ties of kin, neighbourhood and work."""
