"""M31, certainty: offenders' beliefs about being caught, updated within days and within months.

Patrol seen in a zone counts within days, arrests for offences and the news of them within months, each with
elasticities of its own.  The length of sentences has no effect.  Police presence at the place, within minutes, is
`deterrence`.  Switched off, belief moves nothing.
"""

from __future__ import annotations

import numpy as np

from model.crime.certainty.schema import ARRESTED_LATELY, FELT, OFFENDED_LATELY, SEEN_LATELY, UNCOUNTED_KIND, Certainty
from model.crime.offenders.schema import OFFENDER_SLOTS, OffenderRow
from model.crime.visit_visibility import visit_visibility
from model.engine.calendar import MONTH, SHIFTS
from model.engine.elementary import LN_2, exp, power
from model.engine.kernels import TableBundle, kernel
from model.engine.rows import FloatArray, Rows, to_int64
from model.town.crime_kinds import ASSAULT, OFFENDERS, QUARREL
from model.world.binding import computed, of, population_scale
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import IN_QUARREL, INCIDENTS, RESPONSES, VISITS, Incident
from model.world.steps import KernelArguments, kernel_step


def populated_cells_by_zone(world: World) -> FloatArray:
    """Return the number of populated cells of each settlement, at least 1."""
    cells = world.town.cells
    zones = np.maximum(cells["settlement"][cells["population"] > 0], 0)
    return np.maximum(np.bincount(zones, minlength=world.town.n_settlements), 1).astype(np.float64)


def usual_certainty(world: World) -> FloatArray:
    """Return the usual certainty of arrest by group of offenders."""
    return np.array([world.parameters[Certainty][f"usual_{group}"][0] for group in OFFENDERS])


def arrest_elasticities(world: World) -> FloatArray:
    """Return the elasticity of offending to the certainty of arrest, by group of offenders."""
    return np.array([world.parameters[Certainty][group][0] for group in OFFENDERS])


def patrol_elasticities(world: World) -> FloatArray:
    """Return the elasticity of offending to the patrol seen in a zone, by group of offenders."""
    return np.array([world.parameters[Certainty][f"seen_{group}"][0] for group in OFFENDERS])


class CertaintyTables(TableBundle):
    """Memory of patrol, arrests and offences by group and zone, and the parameters of beliefs.

    ``populated`` is the number of populated cells by zone; ``usual`` and the elasticities are by group.
    ``visibility`` says by kind of visit how far it is seen.
    """

    seen_lately: FloatArray = of(SEEN_LATELY)
    arrested_lately: FloatArray = of(ARRESTED_LATELY)
    offended_lately: FloatArray = of(OFFENDED_LATELY)
    felt: FloatArray = of(FELT)
    populated: FloatArray = computed(populated_cells_by_zone)
    usual: FloatArray = computed(usual_certainty)
    to_arrests: FloatArray = computed(arrest_elasticities)
    to_patrol: FloatArray = computed(patrol_elasticities)
    visibility: FloatArray = computed(visit_visibility)
    parameters: Rows[Certainty]
    scale: float = computed(population_scale)


@kernel
def offender_group_of(row: Incident, offenders: Rows[OffenderRow]) -> int:
    """Return the group of offenders whose beliefs an incident changes, or `UNCOUNTED_KIND`."""
    if row.offender >= 0:
        return offenders[row.offender].group
    return QUARREL if row.kind == ASSAULT or row.motive == IN_QUARREL else UNCOUNTED_KIND


@kernel
def update_visible_patrol(shift: ShiftContext, tables: CertaintyTables) -> None:
    """Update `seen_lately`: decay, then the visits and responses of this shift."""
    day, cells, p, seen = shift.day, shift.ground.cells, tables.parameters[0], tables.seen_lately
    # Exponential moving average of visits a cell and day, whose half-life is p.days.
    kept = exp(-LN_2 / (SHIFTS * p.days))
    for zone in range(len(seen)):
        seen[zone] *= kept
    each = (1.0 - kept) * SHIFTS * p.visible
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.alive == 1:
            zone = max(cells[visit.cell].settlement, 0)
            seen[zone] += tables.visibility[visit.kind] * each / tables.populated[zone]
    for k in range(day.counts[RESPONSES]):
        zone = max(cells[day.responses[k].cell].settlement, 0)
        seen[zone] += each / tables.populated[zone]


@kernel
def update_arrest_memory(shift: ShiftContext, tables: CertaintyTables, offenders: Rows[OffenderRow]) -> None:
    """Update `arrested_lately` and `offended_lately`: decay, then the offences of this shift."""
    day, kept = shift.day, exp(-LN_2 / (MONTH * tables.parameters[0].months))
    for group in range(len(tables.usual)):
        for zone in range(len(tables.seen_lately)):
            tables.arrested_lately[group, zone] *= kept
            tables.offended_lately[group, zone] *= kept
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        group = offender_group_of(row, offenders)
        if group != UNCOUNTED_KIND:
            tables.offended_lately[group, max(shift.ground.cells[row.cell].settlement, 0)] += 1.0


@kernel
def guarded_ratio(now: float, usual: float, informal: float) -> float:
    """Return what keeps offenders away over the usual, guardianship by neighbours included, which stays."""
    return (now + informal * usual) / ((1.0 + informal) * usual)


@kernel
def update_certainty_factors(tables: CertaintyTables) -> None:
    """Update `felt`, the factor of the hazard in the next shift, by group and zone."""
    p, scale = tables.parameters[0], tables.scale
    news, peers = scale * p.news, scale * p.peers
    for group in range(len(tables.usual)):
        usual, arrested, offended = tables.usual[group], 0.0, 0.0
        for zone in range(len(tables.seen_lately)):
            arrested += tables.arrested_lately[group, zone]
            offended += tables.offended_lately[group, zone]
        # Shrinkage: news of the whole town weigh against the usual share, a zone's own arrests against the news.
        heard = (arrested + news * usual) / (offended + news) if offended + news > 0.0 else usual
        for zone in range(len(tables.seen_lately)):
            known = tables.offended_lately[group, zone] + peers
            chance = (tables.arrested_lately[group, zone] + peers * heard) / known if known > 0.0 else heard
            seen = tables.seen_lately[zone] / (tables.seen_lately[zone] + p.seen_half)
            believed = p.learned * chance + (1.0 - p.learned) * usual
            patrol = power(guarded_ratio(seen, p.usual_seen, p.informal), -tables.to_patrol[group])
            arrests = power(guarded_ratio(believed, usual, p.informal), -tables.to_arrests[group])
            tables.felt[group, zone] = min(p.highest, patrol * arrests)


def initialise(world: World) -> None:
    """Set the patrol seen in every zone to its usual level."""
    p = world.parameters[Certainty][0]
    world.state[SEEN_LATELY][:] = p.seen_half * p.usual_seen / (1.0 - p.usual_seen)


@kernel
def update_certainty(shift: ShiftContext, tables: CertaintyTables, offenders: Rows[OffenderRow]) -> None:
    """Update the beliefs of offenders about being caught, and with them `felt`."""
    update_visible_patrol(shift, tables)
    update_arrest_memory(shift, tables, offenders)
    update_certainty_factors(tables)


@kernel_step(update_certainty)
def step(world: World) -> KernelArguments:
    """Update the beliefs of offenders by the patrol, arrests and offences of this shift."""
    return world.shift_context(), world.view(CertaintyTables), world.state[OFFENDER_SLOTS].rows


def patrol_seen_by_zone(world: World) -> FloatArray:
    """Return the visibility of patrol in every zone, 0 to 1."""
    seen: FloatArray = world.state[SEEN_LATELY]
    half: float = world.parameters[Certainty][0].seen_half
    return seen / (seen + half)


def mean_patrol_seen(month: MonthSnapshot) -> float:
    """Return the visibility of patrol, 0 to 1, mean of the zones."""
    return float(np.mean(patrol_seen_by_zone(month.world)))


def certainty_factor_measure(group: int) -> Measure:
    """Return the measure of a group's factor of the hazard, mean of the zones."""
    return Measure("ratio", lambda month: float(np.mean(month.world.state[FELT][group])))


def arrest_share_measure(group: int) -> Measure:
    """Return the measure of remembered arrests over remembered offences of a group."""

    def read(month: MonthSnapshot) -> float:
        arrested, offended = (
            month.world.state[ARRESTED_LATELY][group].sum(),
            month.world.state[OFFENDED_LATELY][group].sum(),
        )
        return float(arrested / offended) if offended > 0.0 else float("nan")

    return Measure("share", read)


MECHANISM = Mechanism(
    group=Certainty,
    tables=(SEEN_LATELY, ARRESTED_LATELY, OFFENDED_LATELY, FELT),
    initialise=initialise,
    knockout=Knockout(("certainty_street", "certainty_quarrel")),
    measures={"presence_seen": Measure("share", mean_patrol_seen)}
    | {f"certainty_{group}": certainty_factor_measure(to_int64(n)) for n, group in enumerate(OFFENDERS)}
    | {f"caught_{group}": arrest_share_measure(to_int64(n)) for n, group in enumerate(OFFENDERS)},
)
