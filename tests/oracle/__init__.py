"""The slow reference model: the town of `model/docs/ODD.md` as plain Mesa agents, written from that text alone."""
