"""M20, misconduct: officers who ask for bribes, what stays hidden, and what becomes of complaints (ODD 6.17).

Switched off, nobody asks.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.calendar import QUARTER, month_of
from model.engine.kernels import kernel, making_arrays
from model.engine.random_streams import luck, poisson
from model.engine.rows import Reals, Rows
from model.police.adoption.rules import succeed
from model.police.adoption.schema import Adoption
from model.police.misconduct.schema import (
    ANSWERED,
    CAUGHT,
    COMPLAINS,
    GOES_PUBLIC,
    HEARD_OF,
    HIDDEN,
    SANCTION,
    SCANDAL,
    TRIES,
    WHO_IS_NAMED,
    WRITES,
    Counts,
    Misconduct,
)
from model.police.practices.schema import Practices
from model.town import police
from model.town.police import Officer
from model.trust.public_events import tell_town
from model.world.columns import Tally
from model.world.mechanism import Given, Knockout, Measure, Mechanism, carries_out
from model.world.protocol import World
from model.world.shift_context import Plant, Stage
from model.world.shift_events import BRIBES
from model.world.state import Couple, Means


@kernel
def found_out(p: Misconduct) -> float:
    """How well misconduct is found out, by internal control and the channel outside together."""
    return 1.0 - (1.0 - p.control) * (1.0 - p.channel)


@kernel
def asks(officer: Officer, offers: float, penury: float, custom: float, p: Misconduct, u: float) -> bool:
    """Whether an officer asks for a bribe, given how many offers lie in the air, by luck u."""
    x = p.base + p.offer * offers + p.penury * penury + p.norm * custom
    x -= p.integrity * officer.integrity + p.detection * found_out(p)
    return u < math.exp(min(0.0, x))


@kernel
def answer_for(
    stage: Stage,
    couples: Rows[Couple],
    plant: Plant,
    numbers: Rows[Misconduct],
    adoption: Rows[Adoption],
    practices: Rows[Practices],
    persons: Rows[police.Plant],
    hidden: Reals,
) -> None:
    """Let requests be complained of and found out, and add to what will come out; who is found out is suspended."""
    day, cells, row, tick, seed = stage.day, stage.ground.cells, stage.tally[0], stage.tick, stage.seed
    for k in range(day.counts[BRIBES]):
        bribe = day.bribes[k]
        cell, nth, o = bribe.cell, bribe.nth, couples[bribe.post].lead
        p = numbers[max(cells[cell].settlement, 0)]
        gone = luck(seed, CAUGHT, tick, cell, nth) < p.caught * found_out(p)
        hidden[0] += p.public * (1.0 + p.reveal * found_out(p))
        if luck(seed, COMPLAINS, tick, cell, nth) < p.files + p.channel_files * p.channel:
            row.complaints_police += 1.0
            if luck(seed, ANSWERED, tick, cell, nth) < p.answered:
                row.complaints_answered += 1.0
                gone = gone or luck(seed, SANCTION, tick, cell, nth) < p.sanction
        if gone and plant.officers[o].asked == tick:
            row.suspended += 1.0
            z = plant.facilities[plant.officers[o].facility].settlement
            succeed(plant.officers, o, persons[z], adoption[z], practices[z], stage.month, tick, seed)


@kernel
def come_out(
    plant: Plant,
    numbers: Rows[Misconduct],
    adoption: Rows[Adoption],
    practices: Rows[Practices],
    persons: Rows[police.Plant],
    hidden: Reals,
    scale: float,
    tally: Rows[Tally],
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
    cases = poisson(luck(seed, GOES_PUBLIC, tick, 0, 0), due / scale)
    for k in range(cases):
        tally[0].public_cases += 1.0
        for a in range(TRIES):
            o = int(luck(seed, WHO_IS_NAMED, tick, k, a) * len(plant.officers))
            asked = plant.officers[o].asked
            if asked >= 0 and tick - asked < QUARTER:
                tally[0].suspended += 1.0
                z = plant.facilities[plant.officers[o].facility].settlement
                succeed(plant.officers, o, persons[z], adoption[z], practices[z], month, tick, seed)
                break
    return cases


@making_arrays
def note_customs(officers: Rows[Officer], means: Rows[Means], tick: int) -> None:
    """Take down at each facility the share of officers who asked in the last quarter."""
    staff, asked = np.zeros(len(means)), np.zeros(len(means))
    for o in range(len(officers)):
        staff[officers[o].facility] += 1.0
        if officers[o].asked >= 0 and tick - officers[o].asked < QUARTER:
            asked[officers[o].facility] += 1.0
    for f in range(len(means)):
        means[f].custom = asked[f] / staff[f] if staff[f] > 0.0 else 0.0


@carries_out(answer_for)
def act(world: World) -> Given:
    """Let what was asked for in this shift have its consequences."""
    state, n = world.state, world.numbers
    groups = n["misconduct"], n["adoption"], n["practices"], n["plant"]
    return world.stage(), state.couples, world.plant, *groups, state.hidden


def month_end(world: World) -> None:
    """Note what is customary at each facility; cases come out, and those who hear of them learn."""
    state, numbers = world.state, world.numbers
    note_customs(world.plant.officers, state.means, world.tick)
    p = numbers["misconduct"][0]
    if world.month == month_of(world.calendar.first_tick) and p["surfaces"] > 0.0:
        state.hidden[0] /= p[
            "surfaces"
        ]  # those of before, as many as such months hold up, or the first year lacks them
    cases = come_out(
        world.plant,
        numbers["misconduct"],
        numbers["adoption"],
        numbers["practices"],
        numbers["plant"],
        state.hidden,
        world.settings["population"].scale,
        state.tally,
        world.month,
        world.tick,
        world.seed,
    )
    for k in range(cases):
        tell_town(world, HEARD_OF, k, p["heard"], SCANDAL, 0.0, p["weight"], 0.6, p["fades"])


IT = Mechanism(
    group=Misconduct,
    tables=(HIDDEN,),
    counts=Counts,
    causes=(SCANDAL,),
    writes=WRITES,
    knockout=Knockout(("bribes", "complaints_police")),
    measures={
        "public_cases": Measure("cases"),
        "complaints_police": Measure("complaints"),
        "complaints_answered": Measure("complaints"),
        "suspended": Measure("officers"),
    },
)
