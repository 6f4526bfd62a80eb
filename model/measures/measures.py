"""Monthly measures: one pass over all residents into a class table, and everything that is a sum over it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from model.crime.crime_counts.schema import OCCURRED, RECORDED, TOLD
from model.engine.calendar import DAYS_A_YEAR, YEAR
from model.engine.kernels import AHEAD, fetch, kernel, making_arrays
from model.engine.parameters import Group, number
from model.engine.random_streams import decision, luck
from model.engine.ratios import over
from model.engine.rows import Reals, Rows
from model.measures.criteria import CRITERIA, ONLY_WHOLE, scores
from model.measures.criteria import TRACES as PARTS
from model.measures.criteria import trace_of as trace_in
from model.measures.plan_measures import STANDING, standing
from model.town.crime_kinds import HOMICIDE
from model.town.residents import Person
from model.town.territory import FAR_MINUTES
from model.trust.belief_updating.rules import odds_unfair, odds_useless
from model.trust.fear.rules import feel
from model.trust.fear.schema import Fear, Local
from model.trust.ledger.rules import book, catch_up
from model.world.columns import Mind
from model.world.mechanism import Measure, portrayed
from model.world.month import ADULT, CONTACT, COUNCIL, FAR, FREE, INDIGENOUS, VICTIM, WOMAN, YOUNG, Month
from model.world.protocol import World
from model.world.sampling import age_of
from model.world.shift_context import Ground, Stage
from model.world.state import OFFICERS

SAMPLE = 1500
SURVEY, ANSWER = decision("survey"), decision("answer")
INSTRUMENTS = {"lapop": (7, 5), "latinobarometro": (4, 3)}
"""Answers, and the first answer that counts as trusting (T01, T06)."""


@dataclass(frozen=True, kw_only=True)
class Survey(Group):
    """How latent trust becomes an answer."""

    name: ClassVar[str] = "survey"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("T01", "T06")

    lapop: float = number(
        0.859, "log-odds", 0.05, 3.0, "calibrated: T01", "distance of the thresholds of LAPOP's seven answers"
    )
    latinobarometro: float = number(
        2.64, "log-odds", 0.05, 5.0, "calibrated: T06", "the same of Latinobarómetro's four"
    )
    reserve: float = number(
        0.776, "log-odds", -2.0, 3.0, "calibrated: T01 and T06 differ by 7 points", "how far its thresholds lie higher"
    )
    noise: float = number(1.47, "log-odds", 0.0, 3.0, "calibrated: Q07", "spread of answers around the same trust")


def lasting_flags(world: World) -> NDArray[np.int16]:
    """Return the flags of every resident that never change, so that a month's end need not look them up."""
    people = world.town.people
    far = world.town.cells["minutes"][people["home"]] > FAR_MINUTES
    flags: NDArray[np.int16] = WOMAN * people["female"].astype(np.int16) + INDIGENOUS * people["indigenous"].astype(
        np.int16
    )
    flags += COUNCIL * people["council"].astype(np.int16) + FAR * far.astype(np.int16)
    return flags


@kernel
def lately(tick: int, last: int) -> int:
    """Whether something happened in the last year, as 1 or 0; -1 is never.  Without branches, which here are luck."""
    return int(last >= 0) & int(tick - last < YEAR)


@kernel
def flags_of(lasting: int, person: Person, mind: Mind, tick: int) -> int:
    """Flags of one resident, as one number."""
    days = tick // 3 - person.born
    flags = lasting + YOUNG * int(days < 30.0 * DAYS_A_YEAR) + ADULT * int(days >= 18.0 * DAYS_A_YEAR)
    flags += VICTIM * lately(tick, mind.harmed) + CONTACT * lately(tick, mind.met)
    return flags + FREE * lately(tick, mind.met_free)


@kernel
def enter(row: Reals, mind: Mind, tick: int) -> None:
    """Enter one resident into the sums of their class."""
    row[0] += 1.0
    row[1] += mind.trust
    row[2] += 1.0 / (1.0 + odds_unfair(mind))
    row[3] += 1.0 / (1.0 + odds_useless(mind))
    row[4] += mind.fear
    row[5] += mind.careful
    row[6] += lately(tick, mind.harmed) | lately(tick, mind.harmed_outside)


@making_arrays
def settle(
    stage: Stage,
    lasting: NDArray[np.int16],
    fear: Rows[Fear],
    local: Rows[Local],
    calm: float,
    left: Reals,
    table: Reals,
    by_cell: Reals,
    total: Reals,
) -> None:
    """Bring every living resident up to date, book what is forgotten and the nation's mood, and fill the class table.

    ``table[settlement, flags]`` holds the sums of residents, trust, beliefs, fear and precaution;
    ``by_cell`` residents and their summed trust by home cell; ``total[settlement]`` the compensated sum of trust.
    """
    table[:] = 0.0
    by_cell[:] = 0.0
    sums = np.zeros((2, 1, len(total)))
    people, tick = stage.ground.people, stage.tick
    for i in range(stage.ground.come[0]):
        mind, person = stage.minds[i], people[i]
        if mind.gone >= 0:
            continue
        z = person.settlement
        # everybody here was up to date at the last end of a month
        since = tick - mind.touched
        catch_up(mind, left[z, since, 0], left[z, since, 1], calm, tick, stage.ledger, z)
        book(sums, 0, z, mind.trust)
        by_cell[0, person.home] += 1.0
        by_cell[1, person.home] += mind.trust
        feel(mind, local[z], fear[z])
        enter(table[z, flags_of(lasting[i], person, mind, tick)], mind, tick)
    for z in range(len(total)):
        total[z] = sums[0, 0, z] + sums[1, 0, z]


@kernel
def ask(heard: Reals, ground: Ground, minds: Rows[Mind], noise: float, wave: int, tick: int, seed: int) -> None:
    """Ask a sample of adults "how much do you trust the police?"; ``heard`` is what they feel, in log-odds."""
    for s in range(len(heard)):
        fetch(minds, int(luck(seed, SURVEY, wave, s + AHEAD, 0) * len(minds)))
        for a in range(16):
            i = int(luck(seed, SURVEY, wave, s, a) * len(minds))
            if i < ground.come[0] and minds[i].gone < 0 and age_of(ground.people[i], tick) >= 18.0:
                break
        u = luck(seed, ANSWER, wave, s, 0)
        heard[s] = -math.log(minds[i].calm * math.sqrt(odds_unfair(minds[i]) * odds_useless(minds[i])))
        heard[s] += noise * 0.5513 * math.log((u + 1e-12) / (1.0 - u + 1e-12))


def survey(world: World, instrument: str) -> dict[str, float]:
    """Ask a sample of 1,500 adults as LAPOP (seven answers) or Latinobarómetro (four) would.

    Returns mean and spread (standard deviation) on 0-100 and the per cent who trust.  Surveys are compared with this
    only, never with latent trust.
    """
    return surveys(world)[instrument]


def surveys(world: World) -> dict[str, dict[str, float]]:
    """Ask one sample, whose answers are taken by every instrument."""
    numbers, heard = world.numbers["survey"][0], np.empty(SAMPLE)
    noise = float(numbers["noise"])
    ask(heard, world.ground, world.state.minds, noise, world.month, world.tick, world.seed)
    found = {}
    for instrument, (n_answers, trusting) in INSTRUMENTS.items():
        thresholds = float(numbers[instrument]) * (np.arange(1, n_answers) - n_answers / 2.0)
        thresholds += float(numbers["reserve"]) if instrument == "latinobarometro" else 0.0
        answers = 1 + np.searchsorted(thresholds, heard)
        found[instrument] = {
            "mean": float((answers.mean() - 1.0) / (n_answers - 1.0) * 100.0),
            "trusting": float((answers >= trusting).mean() * 100.0),
            "spread": float(answers.std() / (n_answers - 1.0) * 100.0),
        }
    return found


def mean_of(group: str, what: str) -> Measure:
    """Return the measure of a mean over a group of residents."""
    return Measure("0-1", lambda month: month.mean(group, what))


def asked(instrument: str, what: str, unit: str) -> Measure:
    """Return the measure of what an instrument would find."""
    return Measure(unit, lambda month: month.once(surveyed)[instrument][what])


def surveyed(month: Month) -> dict[str, dict[str, float]]:
    """Ask both instruments in this month."""
    return surveys(month.world)


def homicides(month: Month) -> float:
    """Homicides of the month."""
    return float(month.books[OCCURRED, HOMICIDE])


def yearly_rate(month: Month) -> float:
    """Homicides per 100,000 residents, annualised."""
    return over(homicides(month) * 1e5 * 365.25 / month.world.days_of_month, month.count("all"))


def share_booked(book: int) -> Measure:
    """Return the measure of one book over what occurred."""
    return Measure("share", lambda month: over(month.books[book].sum(), month.books[OCCURRED].sum()))


def part_of(part: str) -> Measure:
    """Return the measure of a criterion or of one of its parts."""
    return Measure("0-1", lambda month: month.once(judged)[part])


def trace_of(part: str) -> Measure:
    """Return the measure of what a part is judged by."""
    return Measure("value", lambda month: month.once(traced)[part])


def traced(month: Month) -> dict[str, float]:
    """Take the traces of all parts of the criteria."""
    return {part: trace_in(part, month) for part in PARTS}


def judged(month: Month) -> dict[str, float]:
    """Judge the traces by the anchors."""
    found = scores(month.once(traced), month.world.settings.anchors)
    if month.world.settings["population"].scale < 1.0:
        found |= dict.fromkeys(ONLY_WHOLE, math.nan)
    return found


CENTRAL_MEASURES = (
    {"trust_mean": mean_of("all", "trust")}
    | {
        f"trust_{group}": mean_of(group, "trust")
        for group in (*("contact", "no_contact", "women", "men", "indigenous", "young", "council", "victims", "far"),)
    }
    | {
        "fairness_mean": mean_of("all", "fairness"),
        "effectiveness_mean": mean_of("all", "effectiveness"),
        "survey_lapop": asked("lapop", "mean", "0-100"),
        "survey_lapop_trusting": asked("lapop", "trusting", "%"),
        "survey_lapop_spread": asked("lapop", "spread", "0-100"),
        "survey_latinobarometro_spread": asked("latinobarometro", "spread", "0-100"),
        "survey_latinobarometro": asked("latinobarometro", "trusting", "%"),
        "residents": Measure("people", lambda month: month.count("all")),
        "victims_share": Measure("share", lambda month: over(month.count("adult_victims"), month.count("adults"))),
        "victims_anywhere_share": Measure("share", lambda month: month.mean("adults", "victims_anywhere")),
        "contact_share": Measure(
            "share", lambda month: over(month.count("adults_with_contact"), month.count("adults"))
        ),
        "homicides": Measure("deaths", homicides),
        "homicides_per_100k": Measure("per 100,000 a year", yearly_rate),
        "told_share": share_booked(TOLD),
        "recorded_share": share_booked(RECORDED),
        "officers": Measure("officers", lambda month: float(len(month.world.state[OFFICERS]))),
    }
    | portrayed(standing, dict.fromkeys(STANDING, "share"))
)
CRITERIA_MEASURES = {part: part_of(part) for part in (*CRITERIA, *PARTS)} | {
    f"{part}.trace": trace_of(part) for part in PARTS
}
