"""M20, misconduct: officers who ask for bribes, hidden cases that become public, and complaints.

Switched off, nobody asks.
"""

from __future__ import annotations

import numpy as np

from model.engine.calendar import QUARTER, month_of
from model.engine.elementary import exp
from model.engine.kernels import TableBundle, allocating_kernel, kernel
from model.engine.random_streams import keyed_uniform, poisson_quantile
from model.engine.rows import FloatArray, Rows
from model.police.adoption.rules import AdoptionTables, replace_officer
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
from model.town.police import Officer
from model.trust.public_events import spread_public_event
from model.world.binding import computed, of, population_scale
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import BRIBES
from model.world.state import MEANS, CoupleRow, FacilityResources
from model.world.steps import KernelArguments, kernel_step


class MisconductTables(TableBundle):
    """Couples, officers with those who replace them, hidden cases, and the parameters of misconduct."""

    couples: Rows[CoupleRow]
    staff: AdoptionTables
    hidden: FloatArray = of(HIDDEN)
    misconduct: Rows[Misconduct]
    scale: float = computed(population_scale)


@kernel
def detection_probability(p: Misconduct) -> float:
    """Return the probability of detection by internal control and an outside channel together, 0 to 1."""
    return 1.0 - (1.0 - p.control) * (1.0 - p.channel)


@kernel
def asks_for_bribe(officer: Officer, offers: float, penury: float, custom: float, p: Misconduct, u: float) -> bool:
    """Return whether an officer asks for a bribe, by the uniform ``u``.

    Parameters
    ----------
    offers
        Opportunities: 1 for a driver, 1 for ground that a clique holds or traffickers protect.
    penury
        Bad conditions of the station, 0 to 1.
    custom
        Share of the facility's officers who asked in the last quarter.
    """
    x = p.base + p.offer * offers + p.penury * penury + p.norm * custom
    x -= p.integrity * officer.integrity + p.detection * detection_probability(p)
    return u < exp(min(0.0, x))


@kernel
def apply_consequences(shift: ShiftContext, tables: MisconductTables) -> None:
    """Let bribe requests lead to complaints, suspension and hidden cases.

    Updates ``hidden``, the expected cases that will become public, and counts; suspended officers are replaced.
    """
    officers, hidden = tables.staff.officers, tables.hidden
    day, cells, row, tick, seed = shift.day, shift.ground.cells, shift.tally[0], shift.tick, shift.seed
    for k in range(day.counts[BRIBES]):
        bribe = day.bribes[k]
        post, nth, o = bribe.post, bribe.nth, tables.couples[bribe.post].lead
        p = tables.misconduct[max(cells[bribe.cell].settlement, 0)]
        gone = keyed_uniform(seed, CAUGHT_STREAM, tick, post, nth) < p.caught * detection_probability(p)
        hidden[0] += p.public * (1.0 + p.reveal * detection_probability(p))
        if keyed_uniform(seed, COMPLAINS_STREAM, tick, post, nth) < p.files + p.channel_files * p.channel:
            row.complaints_police += 1.0
            if keyed_uniform(seed, COMPLAINT_ANSWERED_STREAM, tick, post, nth) < p.answered:
                row.complaints_answered += 1.0
                gone = gone or keyed_uniform(seed, SANCTION_STREAM, tick, post, nth) < p.sanction
        # Unless the officer has been replaced already in this shift: a successor has not asked.
        if gone and officers[o].asked == tick:
            row.suspended += 1.0
            replace_officer(tables.staff, o, shift.month, tick, seed)


@kernel
def publish_cases(shift: ShiftContext, tables: MisconductTables) -> int:
    """Publish hidden cases by one draw of the month for the municipality; return their number.

    Updates ``hidden`` and counts; an officer who is named is suspended and replaced.

    Notes
    -----
    A draw for each request would change wherever a policy changes the contacts.  A single case moves the trust of all
    who hear of it, so that twin worlds would differ by chance alone.  The mean is divided by the scale of the
    population: each resident of a scaled-down town hears of as many cases.
    """
    officers, hidden, tick, seed = tables.staff.officers, tables.hidden, shift.tick, shift.seed
    due = tables.misconduct[0].surfaces * hidden[0]
    hidden[0] -= due
    cases = poisson_quantile(keyed_uniform(seed, GOES_PUBLIC, tick, 0, 0), due / tables.scale)
    for k in range(cases):
        shift.tally[0].public_cases += 1.0
        # Rejection sampling of an officer who asked for a bribe in the last quarter.
        for a in range(NAMING_ATTEMPTS):
            o = int(keyed_uniform(seed, WHO_IS_NAMED, tick, k, a) * len(officers))
            asked = officers[o].asked
            if asked >= 0 and tick - asked < QUARTER:
                shift.tally[0].suspended += 1.0
                replace_officer(tables.staff, o, shift.month, tick, seed)
                break
    return cases


@allocating_kernel
def update_bribery_norms(officers: Rows[Officer], means: Rows[FacilityResources], tick: int) -> None:
    """Update `means.custom`, the share of each facility's officers who asked for a bribe in the last quarter."""
    staff, asked = np.zeros(len(means)), np.zeros(len(means))
    for o in range(len(officers)):
        staff[officers[o].facility] += 1.0
        if officers[o].asked >= 0 and tick - officers[o].asked < QUARTER:
            asked[officers[o].facility] += 1.0
    for f in range(len(means)):
        means[f].custom = asked[f] / staff[f] if staff[f] > 0.0 else 0.0


@kernel_step(apply_consequences)
def step(world: World) -> KernelArguments:
    """Let the bribe requests of this shift have their consequences."""
    return world.shift_context(), world.view(MisconductTables)


def close_month(world: World) -> None:
    """Update bribery norms, publish hidden cases and spread the news of them."""
    state = world.state
    update_bribery_norms(world.plant.officers, state[MEANS], world.tick)
    p = world.parameters[Misconduct][0]
    if world.month == month_of(world.calendar.first_tick) and p.surfaces > 0.0:
        # Start with the hidden cases that such months accumulate (geometric series); else the first year lacks them.
        state[HIDDEN][0] /= p.surfaces
    cases = publish_cases(world.shift_context(), world.view(MisconductTables))
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
