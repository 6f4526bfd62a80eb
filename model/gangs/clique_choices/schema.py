"""Declarations of the choices of cliques: options and terms of their utility."""

from __future__ import annotations

from model.engine.choices import declare_choice

STANCE_CHOICE = declare_choice(
    "clique stance", "clique", ("quiet", "hold", "press"), ("income", "risk", "rivals", "strategy"), ordered=True
)
RENT_CHOICE = declare_choice("clique rent", "clique", ("down", "keep", "up"), ("revenue",), ordered=True)
PUNISH_CHOICE = declare_choice(
    "clique punishment",
    "clique",
    ("spare", "punish"),
    ("refused", "risk", "told", "stance", "leader", "strategy"),
    ordered=True,
)
RECRUITS_CHOICE = declare_choice(
    "clique recruits", "clique", ("none", "replace", "grow"), ("hands", "income", "risk"), ordered=True
)
CELLS_CHOICE = declare_choice(
    "clique cells", "clique", ("give", "keep", "take"), ("hands", "worth", "stance"), ordered=True
)
ATTACK_CHOICE = declare_choice(
    "clique attack",
    "clique",
    ("leave", "attack"),
    ("owed", "stance", "risk", "losses", "leader", "strategy", "hands"),
    ordered=True,
)
PACT_CHOICE = declare_choice("clique pact", "clique", ("break", "honour"), ("losses", "owed", "stance"), ordered=True)
EXCLUDED_UTILITY = -60.0
"""Utility, in log-odds, of an option that is not available."""
WEEKS_A_MONTH = 4.33
"""Weeks of rent in a month: 52 / 12, rounded."""
SMALLEST_RATIO = 1e-9
"""Keeps logarithms of ratios finite."""
