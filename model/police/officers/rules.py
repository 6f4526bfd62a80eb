"""M29, the officers' side of trust: stress, felt safety, faith in the community, motivation (ODD 6.18).

Switched off, these states are frozen as at the start: no officer is more or less of anything than by disposition.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.kernels import TableBundle, allocating_kernel, kernel
from model.engine.random_streams import logistic
from model.engine.rows import FloatArray, IntArray, Rows
from model.police.adoption.schema import Adoption
from model.police.contacts.schema import Contacts
from model.police.officers.schema import DUTY, MAX_STATE, NIGHT_SHIFT, DutyMonth, Officers
from model.police.practices.rules import conduct_log_odds
from model.police.practices.schema import Practices
from model.police.pressure.schema import Pressure
from model.police.resources.schema import Resources
from model.town.crime_kinds import HOMICIDE
from model.town.police import FacilityRow, Officer
from model.world.mechanism import KernelArguments, Knockout, Mechanism, kernel_step, measures_from
from model.world.month import MonthSnapshot
from model.world.places import chief_positions_by_authority
from model.world.protocol import World
from model.world.shift_context import PoliceTables, ShiftContext
from model.world.shift_events import BY_CROWD, BY_GANG, INCIDENTS, MEETINGS, RESPONSES
from model.world.state import COUPLES, OFFICERS, CoupleRow


class ConductTables(TableBundle):
    """What officers' tone goes by."""

    contacts: Rows[Contacts]
    adoption: Rows[Adoption]
    states: Rows[Officers]
    practices: Rows[Practices]
    pressure: Rows[Pressure]
    resources: Rows[Resources]


@kernel
def update_conduct(plant: PoliceTables, by: ConductTables) -> None:
    """Write into each officer's tone what training, boss, orders, language and states add to the odds of fairness."""
    officers, homes = plant.officers, plant.facilities
    for o in range(len(officers)):
        officer = officers[o]
        z = homes[officer.facility].settlement
        p, s = by.contacts[z], by.states[z]
        tone = p.training * by.adoption[z].link_treatment * officer.skill
        tone += conduct_log_odds(officer, by.practices[z], by.pressure[z].level, 1.0 - by.resources[z].condition)
        tone += p.language * p.spoken * officer.kiche
        officer.tone = tone + s.faith_tone * officer.faith - s.stress_tone * officer.stress


@kernel
def makes_planned_visit(lead: Officer, p: Officers) -> float:
    """Chance that this lead makes a planned visit."""
    return logistic(p.kept + p.keen * lead.motivation + p.bold * lead.safety)


@allocating_kernel
def record_duty(
    stage: ShiftContext, couples: Rows[CoupleRow], plant: PoliceTables, chiefs: IntArray, duty: Rows[DutyMonth]
) -> None:
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
            if tick % 3 == NIGHT_SHIFT:
                duty[o].nights += 1


@kernel
def moved_state(state: float, left: float, push: float) -> float:
    """Return a state after a month: faded, pushed, within its limits."""
    return min(MAX_STATE, max(-MAX_STATE, state * left + push))


@kernel
def update_officer_states(
    officers: Rows[Officer], homes: Rows[FacilityRow], duty: Rows[DutyMonth], states: Rows[Officers]
) -> None:
    """Let the month's duty move the states of every officer."""
    for o in range(len(officers)):
        officer, lived = officers[o], duty[o]
        p = states[homes[officer.facility].settlement]
        left = math.exp(-0.6931471805599453 / p.months)
        officer.faith = moved_state(officer.faith, left, p.warmth * lived.warmth + p.meeting * lived.meetings)
        officer.motivation = moved_state(officer.motivation, left, p.friendly * lived.friendly)
        safety = p.meeting * lived.meetings - p.attack * lived.attacks
        officer.safety = moved_state(officer.safety, left, safety)
        strain = p.attack * lived.attacks + p.load * lived.calls + p.night * lived.nights
        officer.stress = moved_state(officer.stress, left, strain)


@kernel_step(update_conduct)
def before_step(world: World) -> KernelArguments:
    """Brief the officers for this shift."""
    return world.plant, world.view(ConductTables)


@kernel_step(record_duty)
def step(world: World) -> KernelArguments:
    """Note what the officers live through."""
    return (
        world.shift_context(),
        world.state[COUPLES],
        world.plant,
        world.cached(chief_positions_by_authority),
        world.state[DUTY],
    )


def close_month(world: World) -> None:
    """Move the states; a new month of duty begins."""
    plant, duty = world.plant, world.state[DUTY]
    update_officer_states(plant.officers, plant.facilities, duty, world.parameters[Officers])
    duty[:] = np.zeros(1, duty.dtype)


def snapshot(month: MonthSnapshot) -> dict[str, float]:
    """Return the measures of how officers feel: means, from 0 to 1."""
    officers, p = month.world.state[OFFICERS], month.world.parameters[Officers][0]
    return {f"officers_{name}": mean_state(officers[name], getattr(p, name)) for name in ("faith", "safety", "stress")}


def mean_state(distance: FloatArray, usual: float) -> float:
    """Return the mean of a state whose disposition is ``usual``, nan of no officers."""
    if not len(distance):
        return math.nan
    odds = np.exp(distance) * usual
    return float(np.mean(odds / (1.0 - usual + odds)))


MECHANISM = Mechanism(
    group=Officers,
    tables=(DUTY,),
    writes=("officers.tone", "officers.motivation", "officers.stress", "officers.safety", "officers.faith"),
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
