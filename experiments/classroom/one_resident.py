"""Show how one resident decides whether to tell somebody of an invented crime.

The world is not changed: the choice is evaluated between two shifts, by the formula of `report_weighing`.
"""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from experiments.classroom.lesson import lesson_text
from experiments.comparison.report_weighing import ReportingChoice, StateAtChoice, circumstances
from model.gangs.narcos import PROTECTED
from model.reporting.reporting import Reporting
from model.town.crime_kinds import ROBBERY
from model.trust.belief_updating import odds_of_ineffectiveness, odds_of_unfairness
from model.trust.service import LOCAL_SERVICE

ROBBERY_LOSS, ROBBERY_SEVERITY = 350.0, 0.3
"""Loss (quetzales) and severity (0-1) of the invented robbery."""
HIGH_TRUST = 0.8
"""Trust (0-1) in one of the counterfactual cases."""
ADULT_AGE = 18
DAYS_A_YEAR = 365.25


def can_be_shown(world: Any) -> Any:
    """Return a mask of the residents who may be shown: adults without gangs, narcos, rents or violence at home."""
    minds, people = world.state.minds, world.town.people
    age = (world.tick // 3 - people["born"]) / DAYS_A_YEAR
    is_untouched = (minds["member"] < 0) & (minds["pays"] < 0) & (world.state.homes["hurt"] < 0)
    is_untouched &= world.state[PROTECTED][people["home"]] < 0
    return (minds["gone"] < 0) & (age >= ADULT_AGE) & is_untouched


def find_resident(world: Any, cell: int | None, n_picks: int) -> int | None:
    """Return a random resident who may be shown, of a cell or of the whole town (None); None if there is nobody.

    ``n_picks`` counts the requests, so that each one finds another resident.
    """
    can_show = can_be_shown(world)
    homes = world.town.people["home"]
    rows = np.flatnonzero(can_show & (homes == cell)) if cell is not None else np.flatnonzero(can_show)
    if not len(rows):
        return None
    return int(rows[np.random.default_rng([world.seed, n_picks]).integers(len(rows))])


def imagined_robbery(world: Any, who: int) -> ReportingChoice:
    """Return the choice of whom to tell of a robbery suffered now, with no police couple at hand."""
    z, state = int(world.town.people[who]["settlement"]), world.state
    now = StateAtChoice(state.boards[z], state.minds[who], state[LOCAL_SERVICE][z])
    return ReportingChoice(
        **circumstances(world, who, int(ROBBERY), world.tick, now),
        taken="nobody",
        uniform=0.0,
        severity=ROBBERY_SEVERITY,
        loss=ROBBERY_LOSS,
        trust=float(world.trust()[who] + world.parameters[Reporting][z]["lift"]),
        at_hand=False,
    )


def describe_resident(world: Any, who: int, language: str) -> dict[str, Any]:
    """Return the data of a resident for the page: beliefs, terms and chances of the choice, counterfactuals."""
    text = partial(lesson_text, language)
    mind, person = world.state.minds[who], world.town.people[who]
    age = int((world.tick // 3 - person["born"]) / DAYS_A_YEAR)
    trust, telling = float(world.trust()[who]), imagined_robbery(world, who)
    unfair, useless = float(odds_of_unfairness(mind)), float(odds_of_ineffectiveness(mind))
    values = {"n": f"{100 * trust:.0f}"}
    phone = telling.terms("phone")  # log-odds over telling nobody
    terms = {
        "readiness": phone["intercept"] + phone["kind"],
        "severity": phone["severity"],
        "loss": phone["loss"],
        "trust_term": phone["trust"],
    } | {name: phone[name] for name in ("service", "support") if name in phone}
    cases = {
        "as_is": telling,
        "if_trust": replace(telling, trust=HIGH_TRUST),
        "if_couple": replace(telling, at_hand=True),
        "if_grave": replace(telling, severity=2 * ROBBERY_SEVERITY),
    }
    return {
        "who": text("invented", who=text("woman" if person["female"] else "man"), age=age),
        "asked": text("robbed", loss=f"{ROBBERY_LOSS:.0f}"),
        "beliefs": [
            [text("trust"), trust],
            [text("fairness"), 1.0 / (1.0 + unfair)],
            [text("effectiveness"), 1.0 / (1.0 + useless)],
            [text("fear"), float(mind["fear"])],
        ],
        "terms": [[text(name, **values), size, name == "readiness"] for name, size in terms.items()],
        "way": sum(telling.terms("station").values()) - sum(phone.values()),
        "chances": [
            [text(f"tell_{name}"), 100.0 * chance] for name, chance in telling.chances().items() if chance > 0.0
        ],
        "ifs": [[text(name), 100.0 * case.told_share()] for name, case in cases.items()],
    }
