"""Show how one resident weighs whether to tell somebody of an invented crime.

No case becomes part of the world: the choice is weighed between two shifts, by the formula of `report_weighing`.
"""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from experiments.classroom.lesson import say
from experiments.comparison.report_weighing import Telling, circumstances
from model.gangs.narcos.schema import PROTECTED
from model.reporting.reporting.schema import Reporting
from model.town.crime_kinds import ROBBERY
from model.trust.belief_updating.rules import odds_of_ineffectiveness, odds_of_unfairness

LOSS, SEVERITY = 350.0, 0.3
"""Quetzales and severity (0-1) of the robbery that a resident is asked about."""
TRUSTING = 0.8
"""Trust (0-1) of one of the changes that are tried."""
ADULT = 18
DAYS = 365.25


def can_be_shown(world: Any) -> Any:
    """Return the residents who can be shown: adults whom gangs, narcos, rents and violence at home have not touched."""
    minds, people = world.state.minds, world.town.people
    age = (world.tick // 3 - people["born"]) / DAYS
    untouched = (minds["member"] < 0) & (minds["pays"] < 0) & (world.state.homes["hurt"] < 0)
    untouched &= world.state[PROTECTED][people["home"]] < 0
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


def imagined_robbery(world: Any, who: int) -> Telling:
    """Return the choice whom to tell of a robbery that a resident might suffer now, with no couple at hand."""
    z = int(world.town.people[who]["settlement"])
    return Telling(
        **circumstances(world, who, int(ROBBERY), world.state.boards[z]),
        tick=world.tick,
        taken="nobody",
        uniform=0.0,
        severity=SEVERITY,
        loss=LOSS,
        trust=float(world.trust()[who] + world.parameters[Reporting][z]["lift"]),
        at_hand=False,
    )


def describe(world: Any, who: int, language: str) -> dict[str, Any]:
    """Return a resident as the page shows them: beliefs, terms, chances, and one change at a time."""
    said = partial(say, language)
    mind, person = world.state.minds[who], world.town.people[who]
    age = int((world.tick // 3 - person["born"]) / DAYS)
    trust, telling = float(world.trust()[who]), imagined_robbery(world, who)
    unfair, useless = float(odds_of_unfairness(mind)), float(odds_of_ineffectiveness(mind))
    values = {"n": f"{100 * trust:.0f}"}
    phone = telling.terms("phone")  # log-odds over telling nobody
    terms = {
        "readiness": phone["intercept"] + phone["kind"],
        "severity": phone["severity"],
        "loss": phone["loss"],
        "trust_term": phone["trust"],
    }
    ifs = {
        "as_is": telling,
        "if_trust": replace(telling, trust=TRUSTING),
        "if_couple": replace(telling, at_hand=True),
        "if_grave": replace(telling, severity=2 * SEVERITY),
    }
    return {
        "who": said("invented", who=said("woman" if person["female"] else "man"), age=age),
        "asked": said("robbed", loss=f"{LOSS:.0f}"),
        "beliefs": [
            [said("trust"), trust],
            [said("fairness"), 1.0 / (1.0 + unfair)],
            [said("effectiveness"), 1.0 / (1.0 + useless)],
            [said("fear"), float(mind["fear"])],
        ],
        "terms": [[said(name, **values), size, name == "readiness"] for name, size in terms.items()],
        "way": sum(telling.terms("station").values()) - sum(phone.values()),
        "chances": [[said(f"tell_{name}"), 100.0 * one] for name, one in telling.chances().items() if one > 0.0],
        "ifs": [[said(name), 100.0 * case.told_share()] for name, case in ifs.items()],
    }
