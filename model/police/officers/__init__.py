"""M29, the officers' side of trust: stress, felt safety, faith in the community, motivation."""
