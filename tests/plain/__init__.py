"""The slow twin: the town of `model/ODD.md` as plain Mesa agents, written from that text alone."""
