"""Declarations of collective violence: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.calendar import MONTH
from model.engine.causes import cause
from model.engine.parameters import Group, number, share
from model.engine.random_streams import decision
from model.engine.rows import Row

NAMED, SUSPECT, CROWD, COMES, THRESHOLD = (
    decision("suspect named"),
    decision("suspect"),
    decision("crowd"),
    decision("joins crowd"),
    decision("threshold"),
)
POLICE_STOP, AUTHORITY_STOPS, TOGETHER, KILLS, ATTACKS = (
    decision("police stop crowd"),
    decision("authority stops crowd"),
    decision("stop crowd together"),
    decision("crowd kills"),
    decision("crowd attacks police"),
)
GRAVE, MOST, FEWEST, TRIES = 0.6, 60, 8, 8
"""Severity from which a crime may draw a crowd; most of a crowd that are looked at, fewest that make one; assumed."""
RECENT = MONTH
NAME = 3221225472
"""What a crowd does after incident m is incident NAME + m mod 2**28."""
AVERTED, INJURED, KILLED = range(3)
COLLECTIVE_VIOLENCE = cause("collective_violence", 26)


@dataclass(frozen=True, kw_only=True)
class CollectiveViolence(Group):
    """When a crowd gathers against a suspect, who joins, and who stops it."""

    name: ClassVar[str] = "collective_violence"
    evidence: ClassVar[tuple[str, ...]] = ("F07", "F16", "F17", "F18", "X01", "X02", "X03", "X04", "X05")

    named: float = share(0.02, "assumed", "grave crimes after which somebody there is named by rumour", off=0.0)
    held: float = share(0.2, "F07; assumed", "arrests after grave crimes that people see", off=0.0)
    calm: float = number(1.4, "log-odds", -5.0, 10.0, "X02, X03: about 1 per 100,000; assumed", "threshold at rest")
    spread: float = number(1.0, "log-odds", 0.0, 4.0, "assumed", "spread of thresholds between persons")
    anger: float = number(1.0, "log-odds", 0.0, 5.0, "X05; assumed", "what recent harm to oneself takes off it")
    ties: float = number(0.6, "log-odds", 0.0, 5.0, "assumed", "what recent harm to a tie takes off it")
    rumour: float = number(0.3, "log-odds", 0.0, 5.0, "assumed", "what a name by rumour takes off it")
    courts: float = number(0.8, "log-odds", 0.0, 5.0, "F16; assumed", "what disbelief in courts takes off it, 0 to 1")
    police: float = number(
        1.6, "log-odds", 0.0, 5.0, "F16: falls with trust; assumed", "what distrust takes off, 0 to 1"
    )
    gathers: float = share(0.5, "assumed", "of those near who come, where nobody is organised")
    acting: float = share(0.3, "assumed", "share of a crowd that must act")
    minutes: float = number(45.0, "minutes", 0.0, 480.0, "X05; assumed", "time in which it can still be stopped")
    police_stop: float = share(0.4, "X05; assumed", "crowds that police in time stop")
    authority_stops: float = share(
        0.6, "X05; assumed", "crowds that a legitimate authority of an organised community stops"
    )
    together: float = share(0.5, "X05; assumed", "of those that neither stops alone, stopped by both")
    lethal: float = share(0.33, "X02: 216 deaths in 651 events", "crowds not stopped that kill")
    attack: float = share(0.4, "F17, X04; assumed", "crowds not stopped that attack the police who guard a suspect")
    withdrawn: float = number(
        3.0, "weeks", 0.0, 52.0, "X04; assumed", "time for which police stay away after an attack"
    )
    weight: float = number(
        0.295,
        "evidence",
        0.0,
        2.0,
        "F17, F18; assumed: -3 points; swept 0 to -8",
        "weight of a crowd that nobody stopped",
    )
    averted: float = number(
        0.0743, "evidence", 0.0, 1.0, "F17; assumed: +2 points; swept 0-4", "weight of a crowd that the police averted"
    )


class Counts(Row):
    """What is counted in a month."""

    suspects_named: float
    crowds: float
    crowds_core: float
    crowds_far: float
    crowds_averted: float
    crowds_injured: float
    crowds_killed: float
    police_attacked: float


WRITES = (
    "minds.harmed", "minds.gone", "boards.withdrawn", "boards.legitimacy", "boards.shown", "boards.showings",
    "visits.alive", "incidents", "impressions",
)  # fmt: skip
