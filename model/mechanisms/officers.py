"""M29, the officers' side of trust: stress, felt safety, faith in the community, motivation (ODD 6.18).

Switched off, these states are frozen as at the start: no officer is more or less of anything than by disposition.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.daybook import BY_CROWD, BY_GANG, INCIDENTS, MEETINGS, RESPONSES
from model.kernels import Tables, kernel, making_arrays
from model.kinds import HOMICIDE
from model.luck import logistic
from model.mechanism import Knockout, Mechanism, carries_out, portrayed
from model.mechanisms.communal_authority import chiefs_of
from model.mechanisms.practices import tone_of
from model.parameters import Group, number, share
from model.rows import Row
from model.state import OFFICERS
from model.tables import Table

if TYPE_CHECKING:
    from model.measures import Month
    from model.mechanism import Given
    from model.mechanisms.adoption import Adoption
    from model.mechanisms.contacts import Contacts
    from model.mechanisms.practices import Practices
    from model.mechanisms.pressure import Pressure
    from model.mechanisms.resources import Resources
    from model.model import TrustModel as World
    from model.police import FacilityRow, Officer
    from model.rows import Ints, Reals, Rows
    from model.stage import Plant, Stage
    from model.state import Couple

MOST = 2.0
"""Farthest that a state can be from the disposition, in log-odds."""
NIGHT = 2


@dataclass(frozen=True, kw_only=True)
class Officers(Group):
    """What moves officers' states, how long it lasts, and what it does to their work."""

    name: ClassVar[str] = "officers"
    evidence: ClassVar[tuple[str, ...]] = ("C16", "C24", "C25", "F18", "G06", "G12", "G13", "I05", "I11", "I12")

    months: float = number(6.0, "months", 0.5, 60.0, "assumed; swept", "half-life of a state")
    warmth: float = number(
        0.002, "log-odds", 0.0, 0.05, "G06, G13; assumed", "faith by a contact, for trust 1 over neutral", off=0.0
    )
    meeting: float = number(0.05, "log-odds", 0.0, 1.0, "F18; assumed", "faith and felt safety by a meeting", off=0.0)
    friendly: float = number(0.001, "log-odds", 0.0, 0.05, "G12; assumed", "motivation by a friendly contact", off=0.0)
    attack: float = number(
        0.05, "log-odds", 0.0, 1.0, "C24, I12; assumed", "stress, and felt safety lost, by a killing or clash nearby",
        off=0.0,
    )  # fmt: skip
    load: float = number(0.003, "log-odds", 0.0, 0.2, "I11; assumed", "stress by a call served", off=0.0)
    night: float = number(0.001, "log-odds", 0.0, 0.2, "assumed", "stress by a night on duty", off=0.0)
    faith_tone: float = number(0.3, "log-odds", 0.0, 2.0, "concept M29; assumed", "effect of faith on fair treatment")
    stress_tone: float = number(0.3, "log-odds", 0.0, 2.0, "C24; assumed", "effect of stress against fair treatment")
    kept: float = number(3.5, "log-odds", -2.0, 40.0, "assumed", "planned visits that are made at all", off=40.0)
    keen: float = number(0.5, "log-odds", 0.0, 3.0, "G12; assumed", "effect of motivation on that")
    bold: float = number(0.3, "log-odds", 0.0, 3.0, "F18; assumed", "effect of felt safety on that")
    faith: float = share(0.45, "assumed", "trust in the community by disposition")
    safety: float = share(0.45, "C24, I12; assumed", "felt safety by disposition")
    stress: float = share(0.5, "C24; assumed", "stress by disposition")


class Duty(Row):
    """What an officer lived through this month."""

    nights: int
    calls: int
    friendly: int
    attacks: int
    meetings: int
    warmth: float


DUTY = Table(
    name="duty", row=Duty, per="officer", about="The month of every officer: this; contacts adds what was friendly."
)


class Tones(Tables):
    """What officers' tone goes by."""

    contacts: Rows[Contacts]
    adoption: Rows[Adoption]
    states: Rows[Officers]
    practices: Rows[Practices]
    pressure: Rows[Pressure]
    resources: Rows[Resources]


@kernel
def brief(plant: Plant, by: Tones) -> None:
    """Write into each officer's tone what training, boss, orders, language and states add to the odds of fairness."""
    officers, homes = plant.officers, plant.facilities
    for o in range(len(officers)):
        officer = officers[o]
        z = homes[officer.facility].settlement
        p, s = by.contacts[z], by.states[z]
        tone = p.training * by.adoption[z].link_treatment * officer.skill
        tone += tone_of(officer, by.practices[z], by.pressure[z].level, 1.0 - by.resources[z].condition)
        tone += p.language * p.spoken * officer.kiche
        officer.tone = tone + s.faith_tone * officer.faith - s.stress_tone * officer.stress


@kernel
def goes(lead: Officer, p: Officers) -> float:
    """Chance that this lead makes a planned visit."""
    return logistic(p.kept + p.keen * lead.motivation + p.bold * lead.safety)


@making_arrays
def live_through(stage: Stage, couples: Rows[Couple], plant: Plant, chiefs: Ints, duty: Rows[Duty]) -> None:
    """Note what the officers on duty live through in this shift."""
    day, cells, tick = stage.day, stage.ground.cells, stage.tick
    for k in range(day.counts[RESPONSES]):
        couple = couples[day.responses[k].post]
        if plant.posts[day.responses[k].post].copy > 0:
            continue
        duty[couple.lead].calls += 1
        duty[couple.mate].calls += 1
    for k in range(day.counts[MEETINGS]):
        duty[chiefs[day.meetings[k].authority]].meetings += 1
    attacks = np.zeros(len(plant.facilities), np.int64)
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        if (row.kind == HOMICIDE or row.motive in (BY_GANG, BY_CROWD)) and cells[row.cell].facility >= 0:
            attacks[cells[row.cell].facility] += 1
    for post in range(len(couples)):
        couple = couples[post]
        if couple.on == 0 or plant.posts[post].copy > 0:
            continue
        for o in (couple.lead, couple.mate):
            duty[o].attacks += attacks[plant.posts[post].facility]
            if tick % 3 == NIGHT:
                duty[o].nights += 1


@kernel
def moved(state: float, left: float, push: float) -> float:
    """Return a state after a month: faded, pushed, within its limits."""
    return min(MOST, max(-MOST, state * left + push))


@kernel
def settle_states(officers: Rows[Officer], homes: Rows[FacilityRow], duty: Rows[Duty], states: Rows[Officers]) -> None:
    """Let the month's duty move the states of every officer."""
    for o in range(len(officers)):
        officer, lived = officers[o], duty[o]
        p = states[homes[officer.facility].settlement]
        left = math.exp(-0.6931471805599453 / p.months)
        officer.faith = moved(officer.faith, left, p.warmth * lived.warmth + p.meeting * lived.meetings)
        officer.motivation = moved(officer.motivation, left, p.friendly * lived.friendly)
        safety = p.meeting * lived.meetings - p.attack * lived.attacks
        officer.safety = moved(officer.safety, left, safety)
        strain = p.attack * lived.attacks + p.load * lived.calls + p.night * lived.nights
        officer.stress = moved(officer.stress, left, strain)


def tones_of(world: World) -> Tones:
    """Lay out what officers' tone goes by."""
    n = world.numbers
    return Tones(n["contacts"], n["adoption"], n["officers"], n["practices"], n["pressure"], n["resources"])


@carries_out(brief)
def prepare(world: World) -> Given:
    """Brief the officers for this shift."""
    return world.plant, world.laid(tones_of)


@carries_out(live_through)
def act(world: World) -> Given:
    """Note what the officers live through."""
    return world.stage(), world.state.couples, world.plant, world.once(chiefs_of), world.state.duty


def month_end(world: World) -> None:
    """Move the states; a new month of duty begins."""
    plant, duty = world.plant, world.state.duty
    settle_states(plant.officers, plant.facilities, duty, world.numbers["officers"])
    duty[:] = np.zeros(1, duty.dtype)


def portrait(month: Month) -> dict[str, float]:
    """Return the measures of how officers feel: means, from 0 to 1."""
    officers, p = month.world.state[OFFICERS], month.world.numbers["officers"][0]
    return {f"officers_{name}": mean_state(officers[name], p[name]) for name in ("faith", "safety", "stress")}


def mean_state(distance: Reals, usual: float) -> float:
    """Return the mean of a state whose disposition is ``usual``, nan of no officers."""
    if not len(distance):
        return math.nan
    odds = np.exp(distance) * usual
    return float(np.mean(odds / (1.0 - usual + odds)))


IT = Mechanism(
    group=Officers,
    tables=(DUTY,),
    writes=("officers.tone", "officers.motivation", "officers.stress", "officers.safety", "officers.faith"),
    knockout=Knockout(("officers_faith", "officers_safety", "officers_stress", "visits")),
    measures=portrayed(
        portrait,
        {
            "officers_faith": "0-1",
            "officers_safety": "0-1",
            "officers_stress": "0-1",
        },
    ),
)
