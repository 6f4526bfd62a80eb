"""Declarations of crises: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.causes import cause
from model.engine.parameters import Group, number, share
from model.engine.random_streams import decision
from model.engine.rows import Row

BREAKS_OUT, CRISIS_PLACE, CRISIS_JOINS = decision("crisis"), decision("crisis place"), decision("crisis joins")
CRISIS_WHO, CRISIS_COMES, CRISIS_HEARD = decision("crisis who"), decision("crisis comes"), decision("crisis heard")
YOUNGEST = 14.0
"""Age from which people take part; assumed."""
CRISIS = cause("crisis", 25)


@dataclass(frozen=True, kw_only=True)
class Crises(Group):
    """How often police or army are sent against people, who is there, and what it costs."""

    name: ClassVar[str] = "crises"
    evidence: ClassVar[tuple[str, ...]] = ("G15", "J08", "V19")

    rate: float = number(
        0.1, "a year", 0.0, 12.0, "J08: sporadic; assumed", "crises besides those of the timeline", role="site", off=0.0
    )
    dated: float = share(1.0, "design", "size of the crises of the timeline", off=0.0)
    joins: float = share(0.5, "assumed", "communities that join, if wholly organised")
    crowd: float = share(0.03, "assumed", "residents of such a community who are there", high=0.5)
    weight: float = number(
        0.463, "evidence", 0.0, 3.0, "G15; assumed: -10 points; swept -4 to -20", "weight for who was there", off=0.0
    )
    silence: float = number(
        4.0, "months", 0.0, 24.0, "concept: months; assumed", "time without meetings with the police"
    )
    heard: float = share(0.5, "assumed", "residents who hear of a crisis of size 1")
    news: float = number(0.151, "evidence", 0.0, 1.0, "G15; assumed: as a public case, Q09", "weight of hearing of it")


class Counts(Row):
    """What is counted in a month."""

    crises: float
    crisis_crowd: float
    meetings_silenced: float
