"""M31, certainty: what offenders believe about being caught, on the clocks of days and of months (ODD 6).

Police seen in a zone count within days, arrests for an offence and the news of them within months; how long a sentence
is moves nobody.  Presence at the place, within minutes, is deterrence.  Switched off, belief moves nothing.
"""

from __future__ import annotations

import numpy as np

from model.crime.certainty.schema import ARRESTED, FELT, OFFENDED, SEEN, UNCOUNTED, Certainty
from model.crime.offenders.schema import Offender
from model.engine.calendar import MONTH
from model.engine.kernels import Tables, kernel
from model.engine.rows import Reals, Rows, wide
from model.town.crime_kinds import ASSAULT, OFFENDERS, QUARREL
from model.world.mechanism import Given, Knockout, Measure, Mechanism, carries_out
from model.world.month import Month
from model.world.protocol import World
from model.world.shift_context import Stage
from model.world.shift_events import HOMES, IN_QUARREL, INCIDENTS, RESPONSES, VISITS, Incident


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
