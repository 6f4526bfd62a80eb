"""M31, certainty: what offenders believe about being caught, on the clocks of days and of months (ODD 6).

Police seen in a zone count within days, arrests for an offence and the news of them within months; how long a sentence
is moves nobody.  Presence at the place, within minutes, is deterrence.  Switched off, belief moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.calendar import MONTH
from model.daybook import HOMES, IN_QUARREL, INCIDENTS, RESPONSES, VISITS, Incident
from model.kernels import Tables, kernel
from model.kinds import ASSAULT, OFFENDERS, QUARREL
from model.mechanism import Knockout, Measure, Mechanism, carries_out
from model.parameters import Group, number, share
from model.rows import wide
from model.tables import Field

if TYPE_CHECKING:
    from model.measures import Month
    from model.mechanism import Given
    from model.mechanisms.offenders import Offender
    from model.model import TrustModel as World
    from model.rows import Reals, Rows
    from model.stage import Stage

UNCOUNTED = -1
USUAL = "calibrated: the status quo at Villa Canales"


@dataclass(frozen=True, kw_only=True)
class Certainty(Group):
    """How the chance of being caught is learned, and what it does to the wish to offend."""

    name: ClassVar[str] = "certainty"
    evidence: ClassVar[tuple[str, ...]] = ("Z11", "Z14")

    street: float = number(0.30, "elasticity", 0.0, 1.0, "calibrated: Q15, Q22", "elasticity of street crime", off=0.0)
    vehicles: float = number(0.30, "elasticity", 0.0, 1.0, "calibrated: Q15, Q22", "of vehicle crime", off=0.0)
    burglary: float = number(0.25, "elasticity", 0.0, 1.0, "calibrated: Q15, Q22", "of burglary", off=0.0)
    hire: float = number(0.25, "elasticity", 0.0, 1.0, "calibrated: Q15, Q22", "of killing for hire", off=0.0)
    quarrel: float = number(0.12, "elasticity", 0.0, 1.0, "calibrated: Q15, Q22", "of assault", off=0.0)
    informal: float = number(0.1, "ratio", 0.001, 1.0, "Q16; swept", "guardianship by neighbours, over police")
    highest: float = number(2.05, "ratio", 1.0, 2.5, "design: no belief raises the hazard more", "greatest factor")
    level: float = number(1.2, "ratio", 0.2, 3.0, USUAL, "what cover and absence take away in all, undone", off=1.0)
    learned: float = share(0.6, "not identified; swept 0.3-1", "of the belief, what is learned from arrests")
    days: float = number(1.5, "days", 0.1, 30.0, "Q16, Q17; swept 1.5-7", "half-life of police seen")
    months: float = number(5.0, "months", 0.1, 36.0, "assumed; swept", "half-life of arrests and offences")
    seen_half: float = number(0.2, "visits a cell and day", 0.001, 5.0, "assumed; swept", "patrol that is half seen")
    visible: float = share(1.0, "experiment", "visits that are seen")
    inside: float = share(0.5, "assumed; swept", "how far a couple is seen whose stretch is for homes")
    news: float = number(15.0, "offences", 0.0, 1000.0, "assumed", "weight of what was usual in the town's news")
    peers: float = number(60.0, "offences", 0.0, 5000.0, "assumed", "weight of peers and news in a zone's belief")
    released: float = share(0.5, "assumed", "what an arrest counts if the caught is let go at once")
    usual_seen: float = share(0.36, USUAL, "patrol seen, 0 to 1", low=0.01, high=0.99)
    usual_street: float = share(0.011, USUAL, "arrests an offence, street", low=0.0001)
    usual_vehicles: float = share(0.0104, USUAL, "the same of vehicle crime", low=0.0001)
    usual_burglary: float = share(0.0094, USUAL, "the same of burglary", low=0.0001)
    usual_hire: float = share(0.07, USUAL, "the same of killing for hire", low=0.0001)
    usual_quarrel: float = share(0.0062, USUAL, "the same of assault", low=0.0001)


SEEN = Field(name="seen_lately", of=np.float64, shape=("settlement",), about="Patrol seen in a zone, a cell and day.")
ARRESTED = Field(
    name="arrested_lately", of=np.float64, shape=(len(OFFENDERS), "settlement"), about="Arrests remembered by zone."
)
OFFENDED = Field(
    name="offended_lately", of=np.float64, shape=(len(OFFENDERS), "settlement"), about="Offences remembered by zone."
)
FELT = Field(
    name="felt", of=np.float64, shape=(len(OFFENDERS), "settlement"), first=1.0, about="Factor of the hazard by zone."
)


class Beliefs(Tables):
    """What is remembered by group and zone, and the numbers by which it moves the hazard; ``populated`` cells a zone.

    ``usual`` and ``elasticity`` are by group.
    """

    seen: Reals
    arrested: Reals
    offended: Reals
    felt: Reals
    populated: Reals
    usual: Reals
    elasticity: Reals
    numbers: Rows[Certainty]
    scale: float


@kernel
def group_of(row: Incident, offenders: Rows[Offender]) -> int:
    """Group whose belief an incident concerns; -1 for none."""
    if row.offender >= 0:
        return offenders[row.offender].group
    return QUARREL if row.kind == ASSAULT or row.motive == IN_QUARREL else UNCOUNTED


@kernel
def look_about(stage: Stage, beliefs: Beliefs) -> None:
    """Let the police that were seen in this shift be remembered, and what was seen before fade."""
    day, cells, p, seen = stage.day, stage.ground.cells, beliefs.numbers[0], beliefs.seen
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
def hear(stage: Stage, beliefs: Beliefs, offenders: Rows[Offender]) -> None:
    """Let arrests and offences fade, and count the offences of this shift."""
    day, kept = stage.day, 2.0 ** (-1.0 / (MONTH * beliefs.numbers[0].months))
    for group in range(len(beliefs.usual)):
        for zone in range(len(beliefs.seen)):
            beliefs.arrested[group, zone] *= kept
            beliefs.offended[group, zone] *= kept
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        group = group_of(row, offenders)
        if group != UNCOUNTED:
            beliefs.offended[group, max(stage.ground.cells[row.cell].settlement, 0)] += 1.0


@kernel
def weigh(beliefs: Beliefs) -> None:
    """Let every group in every zone weigh what it has seen and heard: the factor of the next shift."""
    p, scale = beliefs.numbers[0], beliefs.scale
    news, peers = scale * p.news, scale * p.peers
    for group in range(len(beliefs.usual)):
        usual, arrested, offended = beliefs.usual[group], 0.0, 0.0
        for zone in range(len(beliefs.seen)):
            arrested += beliefs.arrested[group, zone]
            offended += beliefs.offended[group, zone]
        told = (arrested + news * usual) / (offended + news) if offended + news > 0.0 else usual
        quiet = p.usual_seen * usual
        for zone in range(len(beliefs.seen)):
            heard = beliefs.offended[group, zone] + peers
            chance = (beliefs.arrested[group, zone] + peers * told) / heard if heard > 0.0 else told
            seen = beliefs.seen[zone] / (beliefs.seen[zone] + p.seen_half)
            caught = seen * (p.learned * chance + (1.0 - p.learned) * usual)
            ratio = (caught + p.informal * quiet) / ((1.0 + p.informal) * quiet)
            beliefs.felt[group, zone] = min(p.highest, ratio ** -beliefs.elasticity[group])


def beliefs_of(world: World) -> Beliefs:
    """Lay out what is remembered by group and zone."""
    state, p, cells = world.state, world.numbers["certainty"], world.town.cells
    zones = np.maximum(cells["settlement"][cells["population"] > 0], 0)
    populated = np.maximum(np.bincount(zones, minlength=world.town.n_settlements), 1).astype(float)
    usual = np.array([p[0][f"usual_{group}"] for group in OFFENDERS])
    elasticity = np.array([p[0][group] for group in OFFENDERS])
    scale = float(world.settings["population"].scale)
    remembered = state[SEEN], state[ARRESTED], state[OFFENDED], state[FELT]
    return Beliefs(*remembered, populated, usual, elasticity, p, scale)


def begin(world: World) -> None:
    """Let what is usual have been seen in every zone."""
    p = world.numbers["certainty"][0]
    world.state[SEEN][:] = p["seen_half"] * p["usual_seen"] / (1.0 - p["usual_seen"])


@kernel
def see_and_hear(stage: Stage, beliefs: Beliefs, offenders: Rows[Offender]) -> None:
    """Let offenders see the police, hear of arrests, and weigh both."""
    look_about(stage, beliefs)
    hear(stage, beliefs, offenders)
    weigh(beliefs)


@carries_out(see_and_hear)
def act(world: World) -> Given:
    """Let offenders take in what they saw and heard in this shift."""
    return world.stage(), world.laid(beliefs_of), world.state.offenders.rows


def seen_by_zone(world: World) -> Reals:
    """Return how far patrol is seen in every zone, 0 to 1."""
    seen: Reals = world.state[SEEN]
    half: float = world.numbers["certainty"][0]["seen_half"]
    return seen / (seen + half)


def seen_share(month: Month) -> float:
    """Patrol seen, 0 to 1, mean of the zones."""
    return float(np.mean(seen_by_zone(month.world)))


def felt_by(group: int) -> Measure:
    """Return the measure of a group's factor, mean of the zones."""
    return Measure("ratio", lambda month: float(np.mean(month.world.state[FELT][group])))


def chance_by(group: int) -> Measure:
    """Return the measure of the arrests that a group remembers, over its offences."""

    def read(month: Month) -> float:
        arrested, offended = month.world.state[ARRESTED][group].sum(), month.world.state[OFFENDED][group].sum()
        return float(arrested / offended) if offended > 0.0 else float("nan")

    return Measure("share", read)


IT = Mechanism(
    group=Certainty,
    tables=(SEEN, ARRESTED, OFFENDED, FELT),
    begin=begin,
    knockout=Knockout(("certainty_street", "certainty_quarrel")),
    measures={"presence_seen": Measure("share", seen_share)}
    | {f"certainty_{group}": felt_by(wide(n)) for n, group in enumerate(OFFENDERS)}
    | {f"caught_{group}": chance_by(wide(n)) for n, group in enumerate(OFFENDERS)},
)
