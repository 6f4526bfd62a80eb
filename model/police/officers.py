"""M29, the officers' side of trust: stress, felt safety, faith in the community, motivation.

Each state is a distance from the disposition in log-odds, moved monthly by what the officer did on duty and decaying
with a half-life.  Switched off, these states stay at the disposition.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.engine.calendar import NIGHT, SHIFTS
from model.engine.domains import COUNT
from model.engine.elementary import LN_2, exp, exp_of_each
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import logistic
from model.engine.rows import Row
from model.engine.tables import RowTableSpec
from model.police.practices import conduct_log_odds
from model.town.crime_kinds import HOMICIDE
from model.world.mechanism import Knockout, Mechanism, measures_from
from model.world.shift_events import BY_CROWD, BY_GANG, INCIDENTS, MEETINGS, RESPONSES
from model.world.steps import step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.simulation.world import Simulation, World
    from model.town.police import Officer
    from model.world.month import MonthSnapshot

MAX_STATE = 2.0
"""Largest distance of a state from the disposition, in log-odds; assumed."""


@dataclass(frozen=True, init=False)
class Officers(ParameterGroup):
    """Parameters of officers' states: what moves them, their half-life, and their effects on work."""

    name: ClassVar[str] = "officers"
    evidence: ClassVar[tuple[str, ...]] = ("C16", "C24", "C25", "F18", "G06", "G12", "G13", "I05", "I11", "I12")

    months: float
    warmth: float
    meeting: float
    friendly: float
    attack: float
    load: float
    night: float
    faith_tone: float
    stress_tone: float
    kept: float
    keen: float
    bold: float
    faith: float
    safety: float
    stress: float


class DutyMonth(Row):
    """Experiences of an officer on duty in this month."""

    nights: Annotated[int, COUNT]
    calls: Annotated[int, COUNT]
    friendly: Annotated[int, COUNT]
    attacks: Annotated[int, COUNT]
    meetings: Annotated[int, COUNT]
    warmth: float


DUTY = RowTableSpec(
    name="duty",
    row=DutyMonth,
    per="officer",
    about="The month of every officer.",
)


@kernel
def makes_planned_visit(lead: Officer, p: Officers) -> float:
    """Return the probability that this lead makes a planned visit."""
    return logistic(p.kept + p.keen * lead.motivation + p.bold * lead.safety)


@kernel
def moved_state(state: float, retained: float, push: float) -> float:
    """Return a state (log-odds) after a month: decayed to a retained share, pushed, within its limits."""
    return min(MAX_STATE, max(-MAX_STATE, state * retained + push))


@kernel
def update_officer_states(w: World) -> None:
    """Update faith, motivation, safety and stress of every officer by the month's duty."""
    for o in range(len(w.officers)):
        officer, month = w.officers[o], w.duty[o]
        p = w.p.officers[w.facilities[officer.facility].settlement]
        retained = exp(-LN_2 / p.months)
        officer.faith = moved_state(officer.faith, retained, p.warmth * month.warmth + p.meeting * month.meetings)
        officer.motivation = moved_state(officer.motivation, retained, p.friendly * month.friendly)
        safety = p.meeting * month.meetings - p.attack * month.attacks
        officer.safety = moved_state(officer.safety, retained, safety)
        strain = p.attack * month.attacks + p.load * month.calls + p.night * month.nights
        officer.stress = moved_state(officer.stress, retained, strain)


@step
def brief_officers(w: World) -> None:
    """Write `officers.tone`: log-odds of fair treatment by training, boss, pressure, language and states."""
    officers, homes = w.officers, w.facilities
    for o in range(len(officers)):
        officer = officers[o]
        z = homes[officer.facility].settlement
        p, s = w.p.contacts[z], w.p.officers[z]
        tone = p.training * w.p.adoption[z].link_treatment * officer.skill
        penury = 1.0 - w.p.resources[z].condition
        tone += conduct_log_odds(officer, w.p.practices[z], w.p.pressure[z].level, penury)
        tone += p.language * p.spoken * officer.kiche
        officer.tone = tone + s.faith_tone * officer.faith - s.stress_tone * officer.stress


@step(allocates=True)
def live_through(w: World) -> None:
    """Record what the officers on duty experience in this shift; updates `duty`.

    Reinforcements have the officers of their post and count nothing.
    """
    couples, duty = w.couples, w.duty
    cells, tick = w.cells, w.tick
    for k in range(w.counts[RESPONSES]):
        couple = couples[w.responses[k].post]
        if w.posts[w.responses[k].post].copy > 0:
            continue
        duty[couple.lead].calls += 1
        duty[couple.mate].calls += 1
    for k in range(w.counts[MEETINGS]):
        duty[w.chief_of_board[w.meetings[k].authority]].meetings += 1 - w.meetings[k].at_table
    # Killings and clashes burden every officer on duty of the facility that serves the place.
    attacks = np.zeros(len(w.facilities), np.int64)
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        if (row.kind == HOMICIDE or row.motive in (BY_GANG, BY_CROWD)) and cells[row.cell].facility >= 0:
            attacks[cells[row.cell].facility] += 1
    for post in range(len(couples)):
        couple = couples[post]
        if couple.on == 0 or w.posts[post].copy > 0:
            continue
        for o in (couple.lead, couple.mate):
            duty[o].attacks += attacks[w.posts[post].facility]
            if tick % SHIFTS == NIGHT:
                duty[o].nights += 1


def renew_states(sim: Simulation) -> None:
    """Update the states of officers and clear the month of duty."""
    duty = sim.w.duty
    update_officer_states(sim.w)
    duty[:] = np.zeros(1, duty.dtype)


def snapshot(month: MonthSnapshot) -> dict[str, float]:
    """Return the mean states of officers, 0 to 1."""
    officers, p = month.world.w.officers, month.world.p.officers[0]
    return {f"officers_{name}": mean_state(officers[name], getattr(p, name)) for name in ("faith", "safety", "stress")}


def mean_state(distance: FloatArray, usual: float) -> float:
    """Return the mean of a state, 0 to 1, from its distances (log-odds) to the disposition ``usual``; nan of none."""
    if not len(distance):
        return math.nan
    odds = exp_of_each(distance) * usual
    return float(np.mean(odds / (1.0 - usual + odds)))


MECHANISM = Mechanism(
    group=Officers,
    tables=(DUTY,),
    knockout=Knockout(("officers_faith", "officers_safety", "officers_stress", "visits")),
    measures=measures_from(
        snapshot,
        {
            "officers_faith": "0-1",
            "officers_safety": "0-1",
            "officers_stress": "0-1",
        },
    ),
)
