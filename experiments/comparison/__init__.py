"""Comparisons of policies: arms, effects, verdicts, decision measures."""
