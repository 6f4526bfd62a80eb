"""M21, hearsay: residents tell their experiences at home and along ties of kin, neighbourhood and work."""
