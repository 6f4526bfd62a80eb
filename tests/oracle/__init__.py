"""The slow reference model: the town of the ODD as plain Mesa agents, written from that text alone.

`python -m experiments.tools.documents` writes the text, from `model/docs/frame.md` and the `NAME.md` of mechanisms.
"""
