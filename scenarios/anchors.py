"""Read the anchors of the criteria from `criteria.toml`."""

import tomllib
from functools import cache
from pathlib import Path

from model.engine.scenario import CriterionAnchor

CRITERIA_FILE = Path(__file__).with_name("criteria.toml")


@cache
def read_anchors() -> tuple[CriterionAnchor, ...]:
    """Return the anchors of all parts of all criteria, in the order of the file."""
    tables = tomllib.loads(CRITERIA_FILE.read_text(encoding="utf-8"))
    return tuple(
        CriterionAnchor(
            part=f"{criterion}.{part}",
            absent=float(anchor.get("absent", 0.0)),
            full=float(anchor["full"]),
            reason=anchor["reason"],
        )
        for criterion, parts in tables.items()
        for part, anchor in parts.items()
    )
