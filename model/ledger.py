"""The book of trust: the law of change, memory, and the only writer of trust (ODD 5).

Every change is booked under its cause and the resident's settlement, so that "why did trust fall here?" is a query.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.calendar import YEAR
from model.daybook import IMPRESSIONS
from model.kernels import AHEAD, fetch, kernel, making_arrays, scalar
from model.luck import decision, logistic, luck
from model.mechanism import Mechanism
from model.parameters import Group, number, share
from model.rows import Column, Reals, Row, Rows, code
from model.tables import Field

if TYPE_CHECKING:
    from model.daybook import Day
    from model.model import TrustModel as World
    from model.register import Mind
    from model.residents import Person
    from model.stage import Stage

CAUSES: dict[int, str] = {}
"""Names of the causes under which trust changes, by their lasting number: it is their account, and a key of luck."""
MOST_CAUSES = 64


def cause(name: str, number: int) -> int:
    """Return the number of a cause, which no other cause may ever have."""
    if not 0 <= number < MOST_CAUSES or CAUSES.setdefault(number, name) != name:
        raise ValueError(f"cause '{name}': number {number} is taken or not below {MOST_CAUSES}")
    return code(number)


FADING, DEATH, PUBLIC_EVENT = cause("fading", 0), cause("death", 15), cause("public_event", 16)
ARRIVAL, DEPARTURE = cause("arrival", 17), cause("departure", 18)
LEDGER = Field(
    name="ledger",
    of=np.float64,
    shape=(2, MOST_CAUSES, "settlement"),
    monthly=True,
    about="Change of summed trust by cause, as compensated sums: only the ledger writes it.",
)


class Belief(Row):
    """What a resident thinks of the police; ``trust`` is what the beliefs in this row amount to.

    ``mood`` is the offset of the whole municipality at the last end of a month.
    """

    fairness: Annotated[float, Column("belief that the police treat people well", "log-odds")]
    effectiveness: Annotated[float, Column("belief that the police come and solve", "log-odds")]
    base_fairness: Annotated[float, Column("disposition to which that belief fades", "log-odds")]
    base_effectiveness: Annotated[float, Column("disposition to which that belief fades", "log-odds")]
    mood: Annotated[float, Column("offset of the municipality that is in this row's trust", "log-odds")]
    trust: Annotated[float, Column("trust in the police as of the tick touched", "0-1")]
    evidence: Annotated[float, Column("own experiences counted so far", "count")]
    touched: Annotated[int, Column("when fading was last taken in", "tick", kind="i4")]


class Memory(Row):
    """When something last happened to a resident, which several mechanisms write; -1 for never.

    ``gone`` is -1 while the resident is here, else a tick since when not: killed (crime), dead or moved away
    (population_change), held (custody).
    """

    met: Annotated[int, Column("met the police: contacts, response, consultation, hearings, army", "tick", -1, "i4")]
    met_free: Annotated[int, Column("the same, of one's own will or in a talk", "tick", -1, "i4")]
    harmed: Annotated[int, Column("was harmed here", "tick", -1, "i4")]
    gone: Annotated[int, Column("is not here any more since", "tick", -1, "i4")]


DISPOSITION = decision("disposition")


@dataclass(frozen=True, kw_only=True)
class Trust(Group):
    """How beliefs about the police move, fade and start; what each kind of event weighs."""

    name: ClassVar[str] = "trust"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("G01", "G05", "G07", "T01", "T03", "T04", "Z01", "Z03")

    memory_years: float = number(
        1.0,
        "years",
        0.05,
        20.0,
        "not identified; swept 0.15-10 (Z03: weeks to months)",
        "half-life of an event",
    )
    negativity_fairness: float = number(
        1.5,
        "ratio",
        1.0,
        8.0,
        "Z01: studies disagree; swept, never calibrated",
        "weight of bad over good news",
    )
    negativity_effectiveness: float = number(
        4.0,
        "ratio",
        1.0,
        14.0,
        "Z01: studies disagree; swept, never calibrated",
        "the same for effectiveness",
    )
    lasting: float = share(0.1, "not identified; swept 0-0.5", "share of an event that moves the disposition", high=0.5)
    prior_weight: float = share(0.2, "not identified; swept 0-1", "weight of prior belief in the judged tone")
    inertia: float = number(8.0, "events", 0.5, 100.0, "assumed; swept", "own events that halve the next one")
    fairness: float = number(
        -0.1, "log-odds", -4.0, 4.0, "assumed", "mean belief in fairness at the start", role="site"
    )
    effectiveness: float = number(
        -0.6, "log-odds", -4.0, 4.0, "assumed", "mean belief in effectiveness at the start", role="site"
    )
    spread: float = number(0.9, "log-odds", 0.0, 3.0, "T01: spread of answers", "spread of beliefs between persons")
    women: float = number(0.25, "log-odds", -1.0, 1.0, "T04: +6 points", "women's belief above men's at the start")
    fear: float = number(0.0, "log-odds", -4.0, 4.0, "V20; assumed", "mean insecurity at the start", role="site")
    harm: float = number(0.4, "log-odds", 0.0, 2.0, "T14: negative; size assumed", "weight of being a victim")
    call: float = number(0.35, "log-odds", 0.0, 2.0, "H05, E18; assumed", "weight of how fast a call is answered")
    call_treatment: float = number(0.20, "log-odds", 0.0, 2.0, "Z04; assumed", "weight of treatment at a call")
    release: float = number(0.30, "log-odds", 0.0, 2.0, "H04; assumed", "weight of what justice does with the case")
    hearing: float = number(0.10, "log-odds", 0.0, 2.0, "F06, F10; assumed", "weight of police deference at a hearing")


@scalar("float64(float64,float64,float64,float64,float64,float64)")
def step_of(tone: float, weight: float, negativity: float, trust: float, prior_weight: float, slowness: float) -> float:
    """Change of one belief (log-odds) by an event of this tone, as judged with this trust.

    >>> round(float(step_of(-0.5, 0.2, 4.0, 0.5, 0.0, 1.0)), 3)
    -0.4
    """
    judged = (1.0 - prior_weight) * tone + prior_weight * (2.0 * trust - 1.0)
    slant = judged if judged > 0.0 else negativity * judged
    return weight * slant / slowness


@scalar("float64(float64,float64)")
def kept(shifts: float, memory_years: float) -> float:
    """Share of a past event that is still felt after so many shifts.

    >>> float(kept(1095.0, 1.0))
    0.5
    """
    return math.exp(-0.6931471805599453 * shifts / (YEAR * memory_years))


@kernel
def book(ledger: Reals, cause: int, settlement: int, change: float) -> None:
    """Add a change of trust to its account, with a compensated sum (Neumaier)."""
    total = ledger[0, cause, settlement]
    reached = total + change
    if abs(total) >= abs(change):
        ledger[1, cause, settlement] += (total - reached) + change
    else:
        ledger[1, cause, settlement] += (change - reached) + total
    ledger[0, cause, settlement] = reached


@kernel
def trust_of(fairness: float, effectiveness: float, mood: float) -> float:
    """Trust that belongs to two beliefs and the mood of the municipality.

    >>> float(trust_of(0.3, -0.3, 0.0))
    0.5
    """
    return logistic((fairness + effectiveness) / 2.0 + mood)


@kernel
def faded(belief: float, disposition: float, left: float) -> float:
    """Belief of which a share ``left`` of its distance from the disposition is left."""
    return disposition + (belief - disposition) * left


@kernel
def trust_now(mind: Mind, tick: int, memory_years: float) -> float:
    """Trust of a resident at this tick, without writing anything."""
    left = kept(float(tick - mind.touched), memory_years)
    fairness = faded(mind.fairness, mind.base_fairness, left)
    return trust_of(fairness, faded(mind.effectiveness, mind.base_effectiveness, left), mind.mood)


@kernel
def fade_by(mind: Mind, left: float) -> None:
    """Let both beliefs fade so that this share is left."""
    mind.fairness = faded(mind.fairness, mind.base_fairness, left)
    mind.effectiveness = faded(mind.effectiveness, mind.base_effectiveness, left)


@kernel
def recall(mind: Mind, left: float) -> float:
    """Let both beliefs fade so that this share is left; return trust now."""
    fade_by(mind, left)
    mind.trust = trust_of(mind.fairness, mind.effectiveness, mind.mood)
    return mind.trust


@kernel
def fade(mind: Mind, tick: int, memory_years: float, ledger: Reals, settlement: int) -> float:
    """Bring one resident up to date, book the fading, return trust now."""
    before = mind.trust
    if mind.touched == tick:
        return before
    now = recall(mind, kept(float(tick - mind.touched), memory_years))
    mind.touched = tick
    book(ledger, FADING, settlement, now - before)
    return now


@kernel
def learn_all(stage: Stage, first: int) -> None:
    """Let the impressions from row ``first`` on change the beliefs of those who had them."""
    n = stage.day.counts[IMPRESSIONS]
    for k in range(first, n):
        if k + AHEAD < n:
            fetch(stage.minds, stage.day.impressions[k + AHEAD].who)
            fetch(stage.ground.people, stage.day.impressions[k + AHEAD].who)
        impression = stage.day.impressions[k]
        mind = stage.minds[impression.who]
        if mind.gone >= 0:  # who was harmed earlier in the shift may have died since
            continue
        settlement = stage.ground.people[impression.who].settlement
        p = stage.trust[settlement]
        now = fade(mind, stage.tick, p.memory_years, stage.ledger, settlement)
        slowness = 1.0 + mind.evidence / p.inertia
        by_f = step_of(
            impression.tone_f,
            impression.weight_f,
            p.negativity_fairness,
            now,
            p.prior_weight,
            slowness,
        )
        by_e = step_of(
            impression.tone_e,
            impression.weight_e,
            p.negativity_effectiveness,
            now,
            p.prior_weight,
            slowness,
        )
        mind.fairness += by_f
        mind.effectiveness += by_e
        mind.base_fairness += p.lasting * by_f
        mind.base_effectiveness += p.lasting * by_e
        mind.evidence += impression.own
        mind.trust = trust_of(mind.fairness, mind.effectiveness, mind.mood)
        change = mind.trust - now
        impression.change = change
        book(stage.ledger, impression.cause, settlement, change)


@kernel
def impress(
    day: Day,
    minds: Rows[Mind],
    who: int,
    cause: int,
    tone_f: float,
    weight_f: float,
    tone_e: float,
    weight_e: float,
    own: int,
) -> None:
    """Write down that a resident had an impression; the dead have none, and weightless ones are not written."""
    if minds[who].gone >= 0 or (weight_f == 0.0 and weight_e == 0.0):
        return
    k = day.counts[IMPRESSIONS]
    impression = day.impressions[k]
    impression.who, impression.cause, impression.own = who, cause, own
    impression.tone_f, impression.weight_f = tone_f, weight_f
    impression.tone_e, impression.weight_e = tone_e, weight_e
    impression.change = 0.0
    day.counts[IMPRESSIONS] = k + 1


@kernel
def leave(mind: Mind, tick: int, memory_years: float, ledger: Reals, settlement: int, cause: int) -> None:
    """Take a resident out of the world, who dies or moves away: the trust that goes is booked."""
    now = fade(mind, tick, memory_years, ledger, settlement)
    book(ledger, cause, settlement, -now)
    mind.gone = tick


@kernel
def die(mind: Mind, tick: int, memory_years: float, ledger: Reals, settlement: int) -> None:
    """Take a resident who dies out of the world."""
    leave(mind, tick, memory_years, ledger, settlement, DEATH)


@kernel
def come_back(mind: Mind, tick: int, mood: float, memory_years: float, ledger: Reals, settlement: int) -> None:
    """Bring somebody back who had left: beliefs have faded meanwhile, and the trust that comes is booked."""
    mind.mood, mind.gone = mood, -1
    recall(mind, kept(float(tick - mind.touched), memory_years))
    mind.touched = tick
    book(ledger, ARRIVAL, settlement, mind.trust)


@kernel
def catch_up(
    mind: Mind, left: float, calm_before: float, mood: float, calm: float, tick: int, ledger: Reals, settlement: int
) -> tuple[float, float]:
    """Bring a resident up to date at a month's end, the month's public events included; return half of either odds.

    The odds are those of the beliefs, against the police; ``calm`` are those of the mood, so that trust takes three
    exponentials.
    """
    fade_by(mind, left)
    mind.touched = tick
    unfair, useless = math.exp(-0.5 * mind.fairness), math.exp(-0.5 * mind.effectiveness)
    now = 1.0 / (1.0 + unfair * useless * calm_before)
    book(ledger, FADING, settlement, now - mind.trust)
    if mind.mood != mood:
        before, now = now, 1.0 / (1.0 + unfair * useless * calm)
        book(ledger, PUBLIC_EVENT, settlement, now - before)
    mind.mood, mind.trust = mood, now
    return unfair, useless


@kernel
def noise(u: float) -> float:
    """Log-odds noise of unit variance from luck u."""
    return 0.5513 * math.log((u + 1e-12) / (1.0 - u + 1e-12))


@kernel
def first_mind(mind: Mind, person: Person, p: Trust, i: int, mood: float, tick: int, seed: int) -> None:
    """Give resident i the beliefs and dispositions with which everybody begins."""
    common = noise(luck(seed, DISPOSITION, 0, i, 0))
    women = p.women * (person.female - 0.5)
    own_f, own_e = noise(luck(seed, DISPOSITION, 0, i, 1)), noise(luck(seed, DISPOSITION, 0, i, 2))
    mind.base_fairness = p.fairness + p.spread * (0.8 * common + 0.6 * own_f) + women
    mind.base_effectiveness = p.effectiveness + p.spread * (0.8 * common + 0.6 * own_e) + women
    mind.fairness, mind.effectiveness = mind.base_fairness, mind.base_effectiveness
    mind.mood, mind.touched = mood, tick
    mind.trust = trust_of(mind.fairness, mind.effectiveness, mood)


@kernel
def first_minds(stage: Stage, first: int, end: int, mood: float) -> None:
    """Give the residents of some rows who are here the beliefs with which everybody begins."""
    people = stage.ground.people
    for i in range(first, end):
        if stage.minds[i].gone < 0:
            first_mind(stage.minds[i], people[i], stage.trust[people[i].settlement], i, mood, stage.tick, stage.seed)


def born(world: World, first: int, end: int) -> None:
    """Give first beliefs to those who are born or move here."""
    first_minds(world.stage(), first, end, float(world.state.mood[0]))


@making_arrays
def total_trust(minds: Rows[Mind], people: Rows[Person], n_settlements: int) -> Reals:
    """Sum of trust of the living by settlement, as stored, with compensated sums."""
    sums = np.zeros((2, 1, n_settlements))
    for i in range(len(minds)):
        if minds[i].gone < 0:
            book(sums, 0, people[i].settlement, minds[i].trust)
    total: Reals = sums[0, 0] + sums[1, 0]
    return total


IT = Mechanism(
    group=Trust,
    tables=(LEDGER,),
    mind=Belief,
    causes=(FADING, DEATH, PUBLIC_EVENT, ARRIVAL, DEPARTURE),
    writes=("impressions.change",),
    born=born,
)
