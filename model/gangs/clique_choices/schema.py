"""Declarations of clique choices: parameters, columns, tables and constants."""

from __future__ import annotations

from model.engine.choices import matter

STANCE = matter(
    "clique stance", "clique", ("quiet", "hold", "press"), ("income", "risk", "rivals", "strategy"), ordered=True
)
RENT = matter("clique rent", "clique", ("down", "keep", "up"), ("revenue",), ordered=True)
PUNISH = matter(
    "clique punishment",
    "clique",
    ("spare", "punish"),
    ("refused", "risk", "told", "stance", "leader", "strategy"),
    ordered=True,
)
RECRUITS = matter("clique recruits", "clique", ("none", "replace", "grow"), ("hands", "income", "risk"), ordered=True)
CELLS = matter("clique cells", "clique", ("give", "keep", "take"), ("hands", "worth", "stance"), ordered=True)
ATTACK = matter(
    "clique attack",
    "clique",
    ("leave", "attack"),
    ("owed", "stance", "risk", "losses", "leader", "strategy", "hands"),
    ordered=True,
)
PACT = matter("clique pact", "clique", ("break", "honour"), ("losses", "owed", "stance"), ordered=True)
NEVER_SO = -60.0
"""Log-odds of what cannot be chosen."""
WEEKS_A_MONTH = 4.33
