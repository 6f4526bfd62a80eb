"""M20, misconduct: officers who ask for bribes, what stays hidden, and what becomes of complaints (ODD 6.17).

Switched off, nobody asks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.calendar import QUARTER, month_of
from model.daybook import BRIBES
from model.kernels import kernel, making_arrays
from model.ledger import cause
from model.luck import decision, luck, poisson
from model.mechanism import Knockout, Measure, Mechanism, carries_out
from model.mechanisms.adoption import succeed
from model.news import tell_town
from model.parameters import Group, number, share
from model.rows import Row
from model.tables import Field

if TYPE_CHECKING:
    from model import police
    from model.mechanism import Given
    from model.mechanisms.adoption import Adoption
    from model.mechanisms.practices import Practices
    from model.model import TrustModel as World
    from model.police import Officer
    from model.register import Tally
    from model.rows import Reals, Rows
    from model.stage import Plant, Stage
    from model.state import Couple, Means

GOES_PUBLIC, WHO_IS_NAMED, COMPLAINS, ANSWERED, SANCTION, CAUGHT = (
    decision("goes public"),
    decision("who is named"),
    decision("complains"),
    decision("complaint answered"),
    decision("sanction"),
    decision("caught"),
)
HEARD_OF = decision("hears of a case")
SCANDAL = cause("scandal", 34)
TRIES = 64
"""Tries to find an officer who asked lately, when a case comes out."""


@dataclass(frozen=True, kw_only=True)
class Misconduct(Group):
    """What leads an officer to ask for a bribe, who learns of it, and who answers for it."""

    name: ClassVar[str] = "misconduct"
    evidence: ClassVar[tuple[str, ...]] = ("G05", "G06", "I06", "I08", "I09", "I10", "J03", "U10")

    base: float = number(
        0.6,
        "log of the chance",
        -30.0,
        3.0,
        "orders of magnitude: 2,500-12,000 a year",
        "asking, all else zero",
        off=-30.0,
    )
    offer: float = number(
        0.5,
        "log of the chance",
        0.0,
        3.0,
        "I06, J03; assumed",
        "a driver, or ground that a clique holds or narcos protect",
    )
    penury: float = number(
        0.3, "log of the chance", -0.5, 1.0, "I06; swept: higher pay has also raised bribes", "effect of bad conditions"
    )
    integrity: float = number(4.0, "log of the chance", 0.0, 10.0, "assumed", "effect of an officer's integrity")
    detection: float = number(2.0, "log of the chance", 0.0, 10.0, "assumed", "effect of being found out")
    norm: float = number(
        0.5, "log of the chance", 0.0, 3.0, "assumed", "effect of colleagues, if all of the facility asked"
    )
    control: float = share(0.1, "I10: unable to end it; assumed", "strength of internal control", role="lever")
    channel: float = share(0.05, "assumed", "strength of a complaint channel outside the police", role="lever")
    public: float = share(
        0.0004, "orders of magnitude: .5-4 cases a year", "requests that will become public, at least"
    )
    surfaces: float = share(
        0.16, "assumed: half of the cases within four months; swept", "of the cases that will come out, in a month"
    )
    reveal: float = number(5.0, "ratio", 0.0, 50.0, "assumed", "how much more, if all were found out")
    heard: float = share(
        0.3, "assumed: .3-.75 cases a year heard by an adult; swept", "residents who hear of a public case"
    )
    weight: float = number(
        0.151, "evidence", 0.0, 1.0, "calibrated: Q09", "weight of a public case for who hears of it", off=0.0
    )
    fades: float = share(
        0.922, "calibrated: Q09, a tenth is left after 135 days", "fast part of a public case", high=0.99
    )
    files: float = share(0.01, "assumed", "who is asked and complains of it to the police")
    channel_files: float = share(0.2, "assumed", "who would complain more, by a strong channel outside")
    answered: float = share(0.15, "I10; assumed", "complaints against officers that are answered", role="lever")
    sanction: float = share(0.2, "assumed", "answered complaints that end in suspension")
    caught: float = share(0.002, "I10; assumed", "requests that end in suspension, if all were found out")


HIDDEN = Field(
    name="hidden",
    of=np.float64,
    shape=(1,),
    about="Cases that are not known yet and will come out, in expectation: this alone.",
)


class Counts(Row):
    """What is counted in a month."""

    public_cases: float
    complaints_police: float
    complaints_answered: float
    suspended: float


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


WRITES = (
    "impressions", "officers.person", "officers.cohort", "officers.tick_since", "officers.asked", "officers.female",
    "officers.trained", "officers.aware", "officers.kiche", "officers.champion", "officers.manner",
    "officers.integrity", "officers.motivation", "officers.stress", "officers.safety", "officers.faith", "means.custom",
    "officers.tick_sector", "officers.schooling", "officers.tick_trained", "officers.skill", "officers.habit_team",
    "officers.habit_area", "officers.habit_analysis", "officers.habit_follow",
)  # fmt: skip
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
