"""Ask the formula of reporting how one resident weighs whether to tell somebody of an invented crime.

No case becomes part of the world: the kernel that writes utilities is called on a row of its own, between two shifts,
and the room that it writes to is written anew before every real choice.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.classroom.lesson import say
from model.engine.rows import zero_rows
from model.reporting.reporting.rules import ReportingTables, channel_utilities
from model.town.crime_kinds import ROBBERY
from model.trust.belief_updating.rules import odds_of_ineffectiveness, odds_of_unfairness
from model.world.shift_events import AT_STATION, BY_PHONE, CHANNELS, Incident

LOSS, SEVERITY = 350.0, 0.3
"""Quetzales and severity (0-1) of the robbery that a resident is asked about."""
ADULT = 18
DAYS = 365.25


@dataclass(frozen=True)
class ImaginedRobbery:
    """A robbery that a resident might suffer, and what may be different about it."""

    severity: float = SEVERITY
    loss: float = LOSS
    trust: float | None = None
    at_hand: bool = False


def can_be_shown(world: Any) -> Any:
    """Return the residents who can be shown: adults whom gangs, rents and violence at home have not touched."""
    minds, people = world.state.minds, world.town.people
    age = (world.tick // 3 - people["born"]) / DAYS
    untouched = (minds["member"] < 0) & (minds["pays"] < 0) & (world.state.homes["hurt"] < 0)
    return (minds["gone"] < 0) & (age >= ADULT) & untouched


def find_resident(world: Any, cell: int | None, turn: int) -> int | None:
    """Return a resident who can be shown, of the nearest populated cell to one of the map, or of anywhere.

    ``turn`` counts the requests for one place, so that another is found each time.
    """
    shown = can_be_shown(world)
    homes = world.town.people["home"]
    rows = np.flatnonzero(shown & (homes == cell)) if cell is not None else np.flatnonzero(shown)
    if not len(rows):
        return None
    return int(rows[np.random.default_rng([world.seed, turn]).integers(len(rows))])


def pulls_of(world: Any, who: int, case: ImaginedRobbery) -> Any:
    """Return exp(utility) of every channel for a case, 0 where it is closed."""
    rows = zero_rows(Incident, 1)
    row = rows[0]
    row.teller = row.victim = who
    row.kind, row.severity, row.loss, row.clique = int(ROBBERY), case.severity, case.loss, -1
    tables = world.view(ReportingTables)
    trust = float(world.trust()[who]) if case.trust is None else case.trust
    channel_utilities(world.shift_context(), row, tables, trust, case.at_hand)
    return tables.pull.copy()


def chance_to_tell(pulls: Any) -> float:
    """Return the probability that somebody is told.

    >>> chance_to_tell(np.array([1.0, 0.0]))
    0.5
    """
    return float(pulls.sum() / (1.0 + pulls.sum()))


def terms(world: Any, who: int) -> list[tuple[str, float]]:
    """Return the terms of the utility of a telephone call in log-odds: one input added at a time."""
    neutral = ImaginedRobbery(severity=0.0, loss=0.0, trust=0.5)
    stages = [
        ("readiness", neutral),
        ("severity", ImaginedRobbery(loss=0.0, trust=0.5)),
        ("loss", ImaginedRobbery(trust=0.5)),
        ("trust_term", ImaginedRobbery()),
    ]
    found, before = [], 0.0
    for name, case in stages:
        now = math.log(pulls_of(world, who, case)[BY_PHONE])
        found.append((name, now - before))
        before = now
    return found


def describe(world: Any, who: int, language: str) -> dict[str, Any]:
    """Return a resident as the page shows them: beliefs, terms, chances, and one change at a time."""
    mind, person = world.state.minds[who], world.town.people[who]
    trust, pulls = float(world.trust()[who]), pulls_of(world, who, ImaginedRobbery())
    total = 1.0 + float(pulls.sum())
    unfair, useless = float(odds_of_unfairness(mind)), float(odds_of_ineffectiveness(mind))
    values = {"n": f"{100 * trust:.0f}"}
    shares = {"nobody": 1.0 / total} | dict(zip(CHANNELS, (pulls / total).tolist(), strict=False))
    ifs = {
        "as_is": ImaginedRobbery(),
        "if_trust": ImaginedRobbery(trust=0.8),
        "if_couple": ImaginedRobbery(at_hand=True),
        "if_grave": ImaginedRobbery(severity=2 * SEVERITY),
    }
    return {
        "who": say(
            language,
            "invented",
            who=say(language, "woman" if person["female"] else "man"),
            age=int((world.tick // 3 - person["born"]) / DAYS),
        ),
        "asked": say(language, "robbed", loss=f"{LOSS:.0f}"),
        "beliefs": [
            [say(language, "trust"), trust],
            [say(language, "fairness"), 1.0 / (1.0 + unfair)],
            [say(language, "effectiveness"), 1.0 / (1.0 + useless)],
            [say(language, "fear"), float(mind["fear"])],
        ],
        "terms": [[say(language, name, **values), size, name == "readiness"] for name, size in terms(world, who)],
        "way": float(np.log(pulls[AT_STATION] / pulls[BY_PHONE])),
        "chances": [[say(language, f"tell_{name}"), 100.0 * one] for name, one in shares.items() if one > 0.0],
        "ifs": [
            [say(language, name), 100.0 * chance_to_tell(pulls_of(world, who, case))] for name, case in ifs.items()
        ],
    }
