"""M31, certainty: what offenders believe about being caught, on the clocks of days and of months (ODD 6).

Police seen in a zone count within days, arrests for an offence and the news of them within months; how long a sentence
is moves nobody.  Presence at the place, within minutes, is deterrence.  Switched off, belief moves nothing.
"""

from __future__ import annotations

import numpy as np

from model.crime.certainty.schema import ARRESTED_LATELY, FELT, OFFENDED_LATELY, SEEN_LATELY, UNCOUNTED_KIND, Certainty
from model.crime.offenders.schema import OFFENDER_SLOTS, OffenderRow
from model.engine.calendar import MONTH
from model.engine.kernels import TableBundle, kernel
from model.engine.rows import FloatArray, Rows, to_int64
from model.town.crime_kinds import ASSAULT, OFFENDERS, QUARREL
from model.world.binding import computed, of, population_scale
from model.world.mechanism import KernelArguments, Knockout, Measure, Mechanism, kernel_step
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import HOMES, IN_QUARREL, INCIDENTS, RESPONSES, VISITS, Incident


def populated_cells_by_zone(world: World) -> FloatArray:
    """Return the number of populated cells of each settlement, at least 1."""
    cells = world.town.cells
    zones = np.maximum(cells["settlement"][cells["population"] > 0], 0)
    return np.maximum(np.bincount(zones, minlength=world.town.n_settlements), 1).astype(np.float64)


def usual_certainty(world: World) -> FloatArray:
    """Return the usual certainty of arrest by group of offenders."""
    return np.array([world.parameters[Certainty][f"usual_{group}"][0] for group in OFFENDERS])


def certainty_elasticities(world: World) -> FloatArray:
    """Return the elasticity of offending to the certainty of arrest, by group of offenders."""
    return np.array([world.parameters[Certainty][group][0] for group in OFFENDERS])


class CertaintyTables(TableBundle):
    """What is remembered by group and zone, and the numbers by which it moves the hazard; ``populated`` cells a zone.

    ``usual`` and ``elasticity`` are by group.
    """

    seen_lately: FloatArray = of(SEEN_LATELY)
    arrested_lately: FloatArray = of(ARRESTED_LATELY)
    offended_lately: FloatArray = of(OFFENDED_LATELY)
    felt: FloatArray = of(FELT)
    populated: FloatArray = computed(populated_cells_by_zone)
    usual: FloatArray = computed(usual_certainty)
    elasticity: FloatArray = computed(certainty_elasticities)
    parameters: Rows[Certainty]
    scale: float = computed(population_scale)


@kernel
def offender_group_of(row: Incident, offenders: Rows[OffenderRow]) -> int:
    """Group whose belief an incident concerns; -1 for none."""
    if row.offender >= 0:
        return offenders[row.offender].group
    return QUARREL if row.kind == ASSAULT or row.motive == IN_QUARREL else UNCOUNTED_KIND


@kernel
def update_visible_patrol(stage: ShiftContext, beliefs: CertaintyTables) -> None:
    """Let the police that were seen in this shift be remembered, and what was seen before fade."""
    day, cells, p, seen = stage.day, stage.ground.cells, beliefs.parameters[0], beliefs.seen_lately
    kept = 2.0 ** (-1.0 / (3.0 * p.days))
    for zone in range(len(seen)):
        seen[zone] *= kept
    each = (1.0 - kept) * 3.0 * p.visible
    for k in range(day.counts[VISITS]):
        if day.visits[k].alive == 1:
            zone = max(cells[day.visits[k].cell].settlement, 0)
            part = p.inside if day.visits[k].kind == HOMES else 1.0
            seen[zone] += part * each / beliefs.populated[zone]
    for k in range(day.counts[RESPONSES]):
        zone = max(cells[day.responses[k].cell].settlement, 0)
        seen[zone] += each / beliefs.populated[zone]


@kernel
def update_arrest_memory(stage: ShiftContext, beliefs: CertaintyTables, offenders: Rows[OffenderRow]) -> None:
    """Let arrests and offences fade, and count the offences of this shift."""
    day, kept = stage.day, 2.0 ** (-1.0 / (MONTH * beliefs.parameters[0].months))
    for group in range(len(beliefs.usual)):
        for zone in range(len(beliefs.seen_lately)):
            beliefs.arrested_lately[group, zone] *= kept
            beliefs.offended_lately[group, zone] *= kept
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        group = offender_group_of(row, offenders)
        if group != UNCOUNTED_KIND:
            beliefs.offended_lately[group, max(stage.ground.cells[row.cell].settlement, 0)] += 1.0


@kernel
def update_certainty_factors(beliefs: CertaintyTables) -> None:
    """Let every group in every zone weigh what it has seen and heard: the factor of the next shift."""
    p, scale = beliefs.parameters[0], beliefs.scale
    news, peers = scale * p.news, scale * p.peers
    for group in range(len(beliefs.usual)):
        usual, arrested, offended = beliefs.usual[group], 0.0, 0.0
        for zone in range(len(beliefs.seen_lately)):
            arrested += beliefs.arrested_lately[group, zone]
            offended += beliefs.offended_lately[group, zone]
        told = (arrested + news * usual) / (offended + news) if offended + news > 0.0 else usual
        quiet = p.usual_seen * usual
        for zone in range(len(beliefs.seen_lately)):
            heard = beliefs.offended_lately[group, zone] + peers
            chance = (beliefs.arrested_lately[group, zone] + peers * told) / heard if heard > 0.0 else told
            seen = beliefs.seen_lately[zone] / (beliefs.seen_lately[zone] + p.seen_half)
            caught = seen * (p.learned * chance + (1.0 - p.learned) * usual)
            ratio = (caught + p.informal * quiet) / ((1.0 + p.informal) * quiet)
            beliefs.felt[group, zone] = min(p.highest, ratio ** -beliefs.elasticity[group])


def initialise(world: World) -> None:
    """Let what is usual have been seen in every zone."""
    p = world.parameters[Certainty][0]
    world.state[SEEN_LATELY][:] = p.seen_half * p.usual_seen / (1.0 - p.usual_seen)


@kernel
def update_certainty(stage: ShiftContext, beliefs: CertaintyTables, offenders: Rows[OffenderRow]) -> None:
    """Let offenders see the police, hear of arrests, and weigh both."""
    update_visible_patrol(stage, beliefs)
    update_arrest_memory(stage, beliefs, offenders)
    update_certainty_factors(beliefs)


@kernel_step(update_certainty)
def step(world: World) -> KernelArguments:
    """Let offenders take in what they saw and heard in this shift."""
    return world.shift_context(), world.view(CertaintyTables), world.state[OFFENDER_SLOTS].rows


def patrol_seen_by_zone(world: World) -> FloatArray:
    """Return how far patrol is seen in every zone, 0 to 1."""
    seen: FloatArray = world.state[SEEN_LATELY]
    half: float = world.parameters[Certainty][0].seen_half
    return seen / (seen + half)


def mean_patrol_seen(month: MonthSnapshot) -> float:
    """Patrol seen, 0 to 1, mean of the zones."""
    return float(np.mean(patrol_seen_by_zone(month.world)))


def certainty_factor_measure(group: int) -> Measure:
    """Return the measure of a group's factor, mean of the zones."""
    return Measure("ratio", lambda month: float(np.mean(month.world.state[FELT][group])))


def arrest_share_measure(group: int) -> Measure:
    """Return the measure of the arrests that a group remembers, over its offences."""

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
