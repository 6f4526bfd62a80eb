"""M29, the officers' side of trust: stress, felt safety, faith in the community, motivation.

Each state is a distance from the disposition in log-odds, moved monthly by what the officer did on duty and decaying
with a half-life.  Switched off, these states stay at the disposition.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.calendar import NIGHT, SHIFTS
from model.engine.elementary import LN_2, exp, exp_of_each
from model.engine.kernels import TableBundle, allocating_kernel, kernel
from model.engine.random_streams import logistic
from model.engine.rows import FloatArray, IntArray, Rows
from model.police.adoption.schema import Adoption
from model.police.contacts.schema import Contacts
from model.police.officers.schema import DUTY, MAX_STATE, DutyMonth, Officers
from model.police.practices.rules import conduct_log_odds
from model.police.practices.schema import Practices
from model.police.pressure.schema import Pressure
from model.police.resources.schema import Resources
from model.town.crime_kinds import HOMICIDE
from model.town.police import FacilityRow, Officer
from model.world.mechanism import Knockout, Mechanism, measures_from
from model.world.month import MonthSnapshot
from model.world.places import chief_positions_by_authority
from model.world.protocol import World
from model.world.shift_context import PoliceTables, ShiftContext
from model.world.shift_events import BY_CROWD, BY_GANG, INCIDENTS, MEETINGS, RESPONSES
from model.world.state import COUPLES, OFFICERS, CoupleRow
from model.world.steps import KernelArguments, kernel_step


class ConductTables(TableBundle):
    """Parameters that move the tone of officers, by settlement."""

    contacts: Rows[Contacts]
    adoption: Rows[Adoption]
    states: Rows[Officers]
    practices: Rows[Practices]
    pressure: Rows[Pressure]
    resources: Rows[Resources]


@kernel
def update_conduct(plant: PoliceTables, tables: ConductTables) -> None:
    """Write `officers.tone`: log-odds of fair treatment by training, boss, pressure, language and states."""
    officers, homes = plant.officers, plant.facilities
    for o in range(len(officers)):
        officer = officers[o]
        z = homes[officer.facility].settlement
        p, s = tables.contacts[z], tables.states[z]
        tone = p.training * tables.adoption[z].link_treatment * officer.skill
        penury = 1.0 - tables.resources[z].condition
        tone += conduct_log_odds(officer, tables.practices[z], tables.pressure[z].level, penury)
        tone += p.language * p.spoken * officer.kiche
        officer.tone = tone + s.faith_tone * officer.faith - s.stress_tone * officer.stress


@kernel
def makes_planned_visit(lead: Officer, p: Officers) -> float:
    """Return the probability that this lead makes a planned visit."""
    return logistic(p.kept + p.keen * lead.motivation + p.bold * lead.safety)


@allocating_kernel
def record_duty(
    shift: ShiftContext, couples: Rows[CoupleRow], plant: PoliceTables, chiefs: IntArray, duty: Rows[DutyMonth]
) -> None:
    """Record what the officers on duty experience in this shift; updates `duty`.

    ``chiefs`` are the positions of the chiefs by communal authority.  Reinforcements have the officers of their post
    and count nothing.
    """
    day, cells, tick = shift.day, shift.ground.cells, shift.tick
    for k in range(day.counts[RESPONSES]):
        couple = couples[day.responses[k].post]
        if plant.posts[day.responses[k].post].copy > 0:
            continue
        duty[couple.lead].calls += 1
        duty[couple.mate].calls += 1
    for k in range(day.counts[MEETINGS]):
        duty[chiefs[day.meetings[k].authority]].meetings += 1 - day.meetings[k].at_table
    # Killings and clashes burden every officer on duty of the facility that serves the place.
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
            if tick % SHIFTS == NIGHT:
                duty[o].nights += 1


@kernel
def moved_state(state: float, retained: float, push: float) -> float:
    """Return a state (log-odds) after a month: decayed to a retained share, pushed, within its limits."""
    return min(MAX_STATE, max(-MAX_STATE, state * retained + push))


@kernel
def update_officer_states(
    officers: Rows[Officer], homes: Rows[FacilityRow], duty: Rows[DutyMonth], states: Rows[Officers]
) -> None:
    """Update faith, motivation, safety and stress of every officer by the month's duty."""
    for o in range(len(officers)):
        officer, month = officers[o], duty[o]
        p = states[homes[officer.facility].settlement]
        retained = exp(-LN_2 / p.months)
        officer.faith = moved_state(officer.faith, retained, p.warmth * month.warmth + p.meeting * month.meetings)
        officer.motivation = moved_state(officer.motivation, retained, p.friendly * month.friendly)
        safety = p.meeting * month.meetings - p.attack * month.attacks
        officer.safety = moved_state(officer.safety, retained, safety)
        strain = p.attack * month.attacks + p.load * month.calls + p.night * month.nights
        officer.stress = moved_state(officer.stress, retained, strain)


@kernel_step(update_conduct)
def before_step(world: World) -> KernelArguments:
    """Update the tone of officers before the shift."""
    return world.plant, world.view(ConductTables)


@kernel_step(record_duty)
def step(world: World) -> KernelArguments:
    """Record what the officers experience in this shift."""
    return (
        world.shift_context(),
        world.state[COUPLES],
        world.plant,
        world.cached(chief_positions_by_authority),
        world.state[DUTY],
    )


def close_month(world: World) -> None:
    """Update the states of officers and clear the month of duty."""
    plant, duty = world.plant, world.state[DUTY]
    update_officer_states(plant.officers, plant.facilities, duty, world.parameters[Officers])
    duty[:] = np.zeros(1, duty.dtype)


def snapshot(month: MonthSnapshot) -> dict[str, float]:
    """Return the mean states of officers, 0 to 1."""
    officers, p = month.world.state[OFFICERS], month.world.parameters[Officers][0]
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
