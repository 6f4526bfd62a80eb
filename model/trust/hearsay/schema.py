"""Declarations of hearsay: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.community.consultation.schema import INFORMED
from model.engine.causes import cause
from model.engine.parameters import Group, share
from model.engine.random_streams import decision
from model.gangs.extortion.schema import PAYMENT
from model.police.misconduct.schema import SCANDAL
from model.trust.ledger.schema import PUBLIC_EVENT

HEARD = decision("hearsay")
HEARSAY, AT_HOME = cause("hearsay", 14), cause("at_home", 36)
KEPT_QUIET = (PAYMENT, PUBLIC_EVENT, SCANDAL, INFORMED)
"""What is no news between two people: the rent of each week, and what the town is told of anyway."""
MOST_AT_HOME = 12
"""Housemates who are told, at most."""


@dataclass(frozen=True, kw_only=True)
class Hearsay(Group):
    """How often news is told, and what it weighs for those who hear it."""

    name: ClassVar[str] = "hearsay"
    evidence: ClassVar[tuple[str, ...]] = ("G05", "G06", "Z01")

    tell_good: float = share(0.10, "assumed; swept", "ties told of good news", off=0.0)
    tell_bad: float = share(0.30, "G05, Z01: bad news is told more; assumed", "ties told of bad news", off=0.0)
    weight: float = share(0.35, "not identified; swept 0-0.6", "weight of what is heard against what is lived")
    at_home: float = share(
        0.35, "assumed; swept 0-1", "weight, for those who live with somebody, of that one's harm or abuse", off=0.0
    )
