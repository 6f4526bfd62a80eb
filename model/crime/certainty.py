"""M31, certainty: offenders' beliefs about being caught, updated within days and within months.

Patrol seen in a zone counts within days, arrests for offences and the news of them within months, each with
elasticities of its own.  The length of sentences has no effect.  Police presence at the place, within minutes, is
`deterrence`.  Switched off, belief moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.engine.calendar import MONTH, SHIFTS
from model.engine.domains import POSITIVE
from model.engine.elementary import LN_2, exp, power
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.rows import to_int64
from model.engine.tables import ArraySpec
from model.town.crime_kinds import ASSAULT, OFFENDERS, QUARREL
from model.world.derived import constant, derived
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.shift_events import IN_QUARREL, INCIDENTS, RESPONSES, VISITS
from model.world.steps import step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.simulation.world import Simulation, World
    from model.world.month import MonthSnapshot
    from model.world.shift_events import Incident

UNCOUNTED_KIND = -1
"""Group of incidents that move no belief."""


@dataclass(frozen=True, init=False)
class Certainty(ParameterGroup):
    """Learning of the chance of being caught, and the elasticity of offending to it."""

    name: ClassVar[str] = "certainty"
    evidence: ClassVar[tuple[str, ...]] = ("Z11", "Z14")

    seen_street: float
    seen_vehicles: float
    seen_burglary: float
    seen_hire: float
    seen_quarrel: float
    street: float
    vehicles: float
    burglary: float
    hire: float
    quarrel: float
    informal: float
    highest: float
    level: float
    learned: float
    days: float
    months: float
    seen_half: float
    visible: float
    inside: float
    news: float
    peers: float
    released: float
    usual_seen: float
    usual_street: float
    usual_vehicles: float
    usual_burglary: float
    usual_hire: float
    usual_quarrel: float


SEEN_LATELY = ArraySpec(
    name="seen_lately",
    of=np.float64,
    shape=("settlement",),
    about="Patrol seen in a zone, a cell and day.",
    domain=POSITIVE,
)
ARRESTED_LATELY = ArraySpec(
    name="arrested_lately",
    of=np.float64,
    shape=(len(OFFENDERS), "settlement"),
    about="Arrests remembered by zone.",
    domain=POSITIVE,
)
OFFENDED_LATELY = ArraySpec(
    name="offended_lately",
    of=np.float64,
    shape=(len(OFFENDERS), "settlement"),
    about="Offences remembered by zone.",
    domain=POSITIVE,
)
ZONE_HAZARD = ArraySpec(
    name="zone_hazard",
    of=np.float64,
    shape=(len(OFFENDERS), "settlement"),
    first=1.0,
    about="Factor of the hazard by zone.",
    domain=POSITIVE,
)


@constant
def populated_cells_by_zone(sim: Simulation) -> FloatArray:
    """Return the number of populated cells of each settlement, at least 1."""
    cells = sim.town.cells
    zones = np.maximum(cells["settlement"][cells["population"] > 0], 0)
    return np.maximum(np.bincount(zones, minlength=sim.town.n_settlements), 1).astype(np.float64)


@derived
def usual_certainty(sim: Simulation) -> FloatArray:
    """Return the usual certainty of arrest by group of offenders."""
    return np.array([sim.p.certainty[f"usual_{group}"][0] for group in OFFENDERS])


@derived
def arrest_elasticities(sim: Simulation) -> FloatArray:
    """Return the elasticity of offending to the certainty of arrest, by group of offenders."""
    return np.array([sim.p.certainty[group][0] for group in OFFENDERS])


@derived
def patrol_elasticities(sim: Simulation) -> FloatArray:
    """Return the elasticity of offending to the patrol seen in a zone, by group of offenders."""
    return np.array([sim.p.certainty[f"seen_{group}"][0] for group in OFFENDERS])


@kernel
def offender_group_of(w: World, row: Incident) -> int:
    """Return the group of offenders whose beliefs an incident changes, or `UNCOUNTED_KIND`."""
    if row.offender >= 0:
        return w.offenders[row.offender].group
    return QUARREL if row.kind == ASSAULT or row.motive == IN_QUARREL else UNCOUNTED_KIND


@kernel
def update_visible_patrol(w: World) -> None:
    """Update `seen_lately`: decay, then the visits and responses of this shift."""
    cells, p, seen = w.cells, w.p.certainty[0], w.seen_lately
    # Exponential moving average of visits a cell and day, whose half-life is p.days.
    kept = exp(-LN_2 / (SHIFTS * p.days))
    for zone in range(len(seen)):
        seen[zone] *= kept
    each = (1.0 - kept) * SHIFTS * p.visible
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        if visit.alive == 1:
            zone = max(cells[visit.cell].settlement, 0)
            seen[zone] += w.visit_visibility[visit.kind] * each / w.populated_cells_by_zone[zone]
    for k in range(w.counts[RESPONSES]):
        zone = max(cells[w.responses[k].cell].settlement, 0)
        seen[zone] += each / w.populated_cells_by_zone[zone]


@kernel
def update_arrest_memory(w: World) -> None:
    """Update `arrested_lately` and `offended_lately`: decay, then the offences of this shift."""
    kept = exp(-LN_2 / (MONTH * w.p.certainty[0].months))
    for group in range(len(w.usual_certainty)):
        for zone in range(len(w.seen_lately)):
            w.arrested_lately[group, zone] *= kept
            w.offended_lately[group, zone] *= kept
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        group = offender_group_of(w, row)
        if group != UNCOUNTED_KIND:
            w.offended_lately[group, max(w.cells[row.cell].settlement, 0)] += 1.0


@kernel
def guarded_ratio(now: float, usual: float, informal: float) -> float:
    """Return what keeps offenders away over the usual, guardianship by neighbours included, which stays."""
    return (now + informal * usual) / ((1.0 + informal) * usual)


@kernel
def update_certainty_factors(w: World) -> None:
    """Update `felt`, the factor of the hazard in the next shift, by group and zone."""
    p, scale = w.p.certainty[0], w.population_scale
    news, peers = scale * p.news, scale * p.peers
    for group in range(len(w.usual_certainty)):
        usual, arrested, offended = w.usual_certainty[group], 0.0, 0.0
        for zone in range(len(w.seen_lately)):
            arrested += w.arrested_lately[group, zone]
            offended += w.offended_lately[group, zone]
        # Shrinkage: news of the whole town weigh against the usual share, a zone's own arrests against the news.
        heard = (arrested + news * usual) / (offended + news) if offended + news > 0.0 else usual
        for zone in range(len(w.seen_lately)):
            known = w.offended_lately[group, zone] + peers
            chance = (w.arrested_lately[group, zone] + peers * heard) / known if known > 0.0 else heard
            seen = w.seen_lately[zone] / (w.seen_lately[zone] + p.seen_half)
            believed = p.learned * chance + (1.0 - p.learned) * usual
            patrol = power(guarded_ratio(seen, p.usual_seen, p.informal), -w.patrol_elasticities[group])
            arrests = power(guarded_ratio(believed, usual, p.informal), -w.arrest_elasticities[group])
            w.zone_hazard[group, zone] = min(p.highest, patrol * arrests)


def initialise(sim: Simulation) -> None:
    """Set the patrol seen in every zone to its usual level."""
    p = sim.p.certainty[0]
    sim.w.seen_lately[:] = p.seen_half * p.usual_seen / (1.0 - p.usual_seen)


@step
def deter(w: World) -> None:
    """Update the beliefs of offenders about being caught, and with them `felt`."""
    update_visible_patrol(w)
    update_arrest_memory(w)
    update_certainty_factors(w)


def patrol_seen_by_zone(sim: Simulation) -> FloatArray:
    """Return the visibility of patrol in every zone, 0 to 1."""
    seen: FloatArray = sim.w.seen_lately
    half: float = sim.p.certainty[0].seen_half
    return seen / (seen + half)


def mean_patrol_seen(month: MonthSnapshot) -> float:
    """Return the visibility of patrol, 0 to 1, mean of the zones."""
    return float(np.mean(patrol_seen_by_zone(month.world)))


def certainty_factor_measure(group: int) -> Measure:
    """Return the measure of a group's factor of the hazard, mean of the zones."""
    return Measure("ratio", lambda month: float(np.mean(month.world.w.zone_hazard[group])))


def arrest_share_measure(group: int) -> Measure:
    """Return the measure of remembered arrests over remembered offences of a group."""

    def read(month: MonthSnapshot) -> float:
        arrested, offended = (
            month.world.w.arrested_lately[group].sum(),
            month.world.w.offended_lately[group].sum(),
        )
        return float(arrested / offended) if offended > 0.0 else float("nan")

    return Measure("share", read)


MECHANISM = Mechanism(
    group=Certainty,
    tables=(SEEN_LATELY, ARRESTED_LATELY, OFFENDED_LATELY, ZONE_HAZARD),
    initialise=initialise,
    knockout=Knockout(("certainty_street", "certainty_quarrel")),
    measures={"presence_seen": Measure("share", mean_patrol_seen)}
    | {f"certainty_{group}": certainty_factor_measure(to_int64(n)) for n, group in enumerate(OFFENDERS)}
    | {f"caught_{group}": arrest_share_measure(to_int64(n)) for n, group in enumerate(OFFENDERS)},
)
