"""M20, misconduct: officers who ask for bribes, what stays hidden, and what becomes of complaints (ODD 6.17).

Switched off, nobody asks.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.calendar import QUARTER, month_of
from model.engine.kernels import allocating_kernel, kernel
from model.engine.random_streams import keyed_uniform, poisson_quantile
from model.engine.rows import FloatArray, Rows
from model.police.adoption.rules import replace_officer
from model.police.adoption.schema import Adoption
from model.police.misconduct.schema import (
    CAUGHT_STREAM,
    COMPLAINS_STREAM,
    COMPLAINT_ANSWERED_STREAM,
    GOES_PUBLIC,
    HEARD_OF,
    HIDDEN,
    NAMING_ATTEMPTS,
    SANCTION_STREAM,
    SCANDAL,
    WHO_IS_NAMED,
    WRITTEN_COLUMNS,
    Misconduct,
    MisconductCounts,
)
from model.police.practices.schema import Practices
from model.town import police
from model.town.police import Officer, PlantParameters
from model.trust.public_events import spread_public_event
from model.world.columns import TALLY, MonthlyCounts
from model.world.mechanism import KernelArguments, Knockout, Measure, Mechanism, kernel_step
from model.world.protocol import World
from model.world.shift_context import PoliceTables, ShiftContext
from model.world.shift_events import BRIBES
from model.world.state import COUPLES, MEANS, CoupleRow, FacilityResources


@kernel
def detection_probability(p: Misconduct) -> float:
    """How well misconduct is found out, by internal control and the channel outside together."""
    return 1.0 - (1.0 - p.control) * (1.0 - p.channel)


@kernel
def asks_for_bribe(officer: Officer, offers: float, penury: float, custom: float, p: Misconduct, u: float) -> bool:
    """Whether an officer asks for a bribe, given how many offers lie in the air, by luck u."""
    x = p.base + p.offer * offers + p.penury * penury + p.norm * custom
    x -= p.integrity * officer.integrity + p.detection * detection_probability(p)
    return u < math.exp(min(0.0, x))


@kernel
def apply_consequences(
    stage: ShiftContext,
    couples: Rows[CoupleRow],
    plant: PoliceTables,
    numbers: Rows[Misconduct],
    adoption: Rows[Adoption],
    practices: Rows[Practices],
    persons: Rows[police.PlantParameters],
    hidden: FloatArray,
) -> None:
    """Let requests be complained of and found out, and add to what will come out; who is found out is suspended."""
    day, cells, row, tick, seed = stage.day, stage.ground.cells, stage.tally[0], stage.tick, stage.seed
    for k in range(day.counts[BRIBES]):
        bribe = day.bribes[k]
        cell, nth, o = bribe.cell, bribe.nth, couples[bribe.post].lead
        p = numbers[max(cells[cell].settlement, 0)]
        gone = keyed_uniform(seed, CAUGHT_STREAM, tick, cell, nth) < p.caught * detection_probability(p)
        hidden[0] += p.public * (1.0 + p.reveal * detection_probability(p))
        if keyed_uniform(seed, COMPLAINS_STREAM, tick, cell, nth) < p.files + p.channel_files * p.channel:
            row.complaints_police += 1.0
            if keyed_uniform(seed, COMPLAINT_ANSWERED_STREAM, tick, cell, nth) < p.answered:
                row.complaints_answered += 1.0
                gone = gone or keyed_uniform(seed, SANCTION_STREAM, tick, cell, nth) < p.sanction
        if gone and plant.officers[o].asked == tick:
            row.suspended += 1.0
            z = plant.facilities[plant.officers[o].facility].settlement
            replace_officer(plant.officers, o, persons[z], adoption[z], practices[z], stage.month, tick, seed)


@kernel
def publish_cases(
    plant: PoliceTables,
    numbers: Rows[Misconduct],
    adoption: Rows[Adoption],
    practices: Rows[Practices],
    persons: Rows[police.PlantParameters],
    hidden: FloatArray,
    scale: float,
    tally: Rows[MonthlyCounts],
    month: int,
    tick: int,
    seed: int,
) -> int:
    """Let cases of the last months become public, by one luck of the month for the municipality; return how many.

    A lot for each request would be drawn anew wherever a policy changes who meets whom, and one case that flips
    moves the trust of all who hear of it: twins would differ by luck alone.  In a town of a quarter the size as many
    cases come out, so that each resident hears of as many.
    """
    due = numbers[0].surfaces * hidden[0]
    hidden[0] -= due
    cases = poisson_quantile(keyed_uniform(seed, GOES_PUBLIC, tick, 0, 0), due / scale)
    for k in range(cases):
        tally[0].public_cases += 1.0
        for a in range(NAMING_ATTEMPTS):
            o = int(keyed_uniform(seed, WHO_IS_NAMED, tick, k, a) * len(plant.officers))
            asked = plant.officers[o].asked
            if asked >= 0 and tick - asked < QUARTER:
                tally[0].suspended += 1.0
                z = plant.facilities[plant.officers[o].facility].settlement
                replace_officer(plant.officers, o, persons[z], adoption[z], practices[z], month, tick, seed)
                break
    return cases


@allocating_kernel
def update_bribery_norms(officers: Rows[Officer], means: Rows[FacilityResources], tick: int) -> None:
    """Take down at each facility the share of officers who asked in the last quarter."""
    staff, asked = np.zeros(len(means)), np.zeros(len(means))
    for o in range(len(officers)):
        staff[officers[o].facility] += 1.0
        if officers[o].asked >= 0 and tick - officers[o].asked < QUARTER:
            asked[officers[o].facility] += 1.0
    for f in range(len(means)):
        means[f].custom = asked[f] / staff[f] if staff[f] > 0.0 else 0.0


@kernel_step(apply_consequences)
def step(world: World) -> KernelArguments:
    """Let what was asked for in this shift have its consequences."""
    state, n = world.state, world.parameters
    groups = n[Misconduct], n[Adoption], n[Practices], n[PlantParameters]
    return world.shift_context(), state[COUPLES], world.plant, *groups, state[HIDDEN]


def close_month(world: World) -> None:
    """Note what is customary at each facility; cases come out, and those who hear of them learn."""
    state, numbers = world.state, world.parameters
    update_bribery_norms(world.plant.officers, state[MEANS], world.tick)
    p = numbers[Misconduct][0]
    if world.month == month_of(world.calendar.first_tick) and p.surfaces > 0.0:
        # cases hidden before the start, as many as such months accumulate; else the first year lacks them
        state[HIDDEN][0] /= p.surfaces
    cases = publish_cases(
        world.plant,
        numbers[Misconduct],
        numbers[Adoption],
        numbers[Practices],
        numbers[PlantParameters],
        state[HIDDEN],
        world.settings["population"].scale,
        state[TALLY],
        world.month,
        world.tick,
        world.seed,
    )
    for k in range(cases):
        spread_public_event(world, HEARD_OF, k, p.heard, SCANDAL, p.weight)


MECHANISM = Mechanism(
    group=Misconduct,
    tables=(HIDDEN,),
    counts=MisconductCounts,
    causes=(SCANDAL,),
    writes=WRITTEN_COLUMNS,
    knockout=Knockout(("bribes", "complaints_police")),
    measures={
        "public_cases": Measure("cases"),
        "complaints_police": Measure("complaints"),
        "complaints_answered": Measure("complaints"),
        "suspended": Measure("officers"),
    },
)
