"""Monthly measures: one pass over all residents into a class table, and everything that is a sum over it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from model.crime.crime_counts.schema import OCCURRED, RECORDED, TOLD
from model.engine.calendar import DAYS_A_YEAR, YEAR
from model.engine.kernels import PREFETCH_DISTANCE, allocating_kernel, kernel, prefetch
from model.engine.parameters import ParameterGroup, parameter
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.ratios import ratio_or_nan
from model.engine.rows import FloatArray, Rows
from model.measures.criteria import CRITERIA, WHOLE_TOWN_CRITERIA, criterion_scores
from model.measures.criteria import PART_READERS as PARTS
from model.measures.criteria import part_trace as trace_in
from model.measures.plan_measures import STANDING_MEASURES, plan_standing
from model.town.crime_kinds import HOMICIDE
from model.town.residents import Person
from model.town.territory import FAR_MINUTES
from model.trust.belief_updating.rules import odds_of_ineffectiveness, odds_of_unfairness
from model.trust.fear.rules import update_fear
from model.trust.fear.schema import Fear, LocalConditions
from model.trust.ledger.rules import add_to_ledger, update_to_month_end
from model.world.columns import MINDS, ResidentState
from model.world.mechanism import Measure, measures_from
from model.world.month import ADULT, CONTACT, COUNCIL, FAR, FREE, INDIGENOUS, VICTIM, WOMAN, YOUNG, MonthSnapshot
from model.world.protocol import World
from model.world.sampling import age_years
from model.world.shift_context import PlaceTables, ShiftContext
from model.world.state import OFFICERS

SURVEY_SAMPLE_SIZE = 1500
SURVEY_STREAM, ANSWER_STREAM = stream_id("survey"), stream_id("answer")
SURVEY_INSTRUMENTS = {"lapop": (7, 5), "latinobarometro": (4, 3)}
"""Answers, and the first answer that counts as trusting (T01, T06)."""


@dataclass(frozen=True, kw_only=True)
class Survey(ParameterGroup):
    """How latent trust becomes an answer."""

    name: ClassVar[str] = "survey"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("T01", "T06")

    lapop: float = parameter(
        0.859, "log-odds", 0.05, 3.0, "calibrated: T01", "distance of the thresholds of LAPOP's seven answers"
    )
    latinobarometro: float = parameter(
        2.64, "log-odds", 0.05, 5.0, "calibrated: T06", "the same of Latinobarómetro's four"
    )
    reserve: float = parameter(
        0.776, "log-odds", -2.0, 3.0, "calibrated: T01 and T06 differ by 7 points", "how far its thresholds lie higher"
    )
    noise: float = parameter(1.47, "log-odds", 0.0, 3.0, "calibrated: Q07", "spread of answers around the same trust")


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
def happened_within_year(tick: int, last: int) -> int:
    """Whether something happened in the last year, as 1 or 0; -1 is never.  Without branches, which here are luck."""
    return int(last >= 0) & int(tick - last < YEAR)


@kernel
def resident_flags(lasting: int, person: Person, mind: ResidentState, tick: int) -> int:
    """Flags of one resident, as one number."""
    days = tick // 3 - person.born
    flags = lasting + YOUNG * int(days < 30.0 * DAYS_A_YEAR) + ADULT * int(days >= 18.0 * DAYS_A_YEAR)
    flags += VICTIM * happened_within_year(tick, mind.harmed) + CONTACT * happened_within_year(tick, mind.met)
    return flags + FREE * happened_within_year(tick, mind.met_free)


@kernel
def add_to_class_sums(row: FloatArray, mind: ResidentState, tick: int) -> None:
    """Enter one resident into the sums of their class."""
    row[0] += 1.0
    row[1] += mind.trust
    row[2] += 1.0 / (1.0 + odds_of_unfairness(mind))
    row[3] += 1.0 / (1.0 + odds_of_ineffectiveness(mind))
    row[4] += mind.fear
    row[5] += mind.careful
    row[6] += happened_within_year(tick, mind.harmed) | happened_within_year(tick, mind.harmed_outside)


@allocating_kernel
def update_residents(
    stage: ShiftContext,
    lasting: NDArray[np.int16],
    fear: Rows[Fear],
    local: Rows[LocalConditions],
    calm: float,
    left: FloatArray,
    table: FloatArray,
    by_cell: FloatArray,
    total: FloatArray,
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
        update_to_month_end(mind, left[z, since, 0], left[z, since, 1], calm, tick, stage.ledger, z)
        add_to_ledger(sums, 0, z, mind.trust)
        by_cell[0, person.home] += 1.0
        by_cell[1, person.home] += mind.trust
        update_fear(mind, local[z], fear[z])
        add_to_class_sums(table[z, resident_flags(lasting[i], person, mind, tick)], mind, tick)
    for z in range(len(total)):
        total[z] = sums[0, 0, z] + sums[1, 0, z]


@kernel
def draw_survey_answers(
    heard: FloatArray, ground: PlaceTables, minds: Rows[ResidentState], noise: float, wave: int, tick: int, seed: int
) -> None:
    """Ask a sample of adults "how much do you trust the police?"; ``heard`` is what they feel, in log-odds."""
    for s in range(len(heard)):
        prefetch(minds, int(keyed_uniform(seed, SURVEY_STREAM, wave, s + PREFETCH_DISTANCE, 0) * len(minds)))
        for a in range(16):
            i = int(keyed_uniform(seed, SURVEY_STREAM, wave, s, a) * len(minds))
            if i < ground.come[0] and minds[i].gone < 0 and age_years(ground.people[i], tick) >= 18.0:
                break
        u = keyed_uniform(seed, ANSWER_STREAM, wave, s, 0)
        heard[s] = -math.log(
            minds[i].calm * math.sqrt(odds_of_unfairness(minds[i]) * odds_of_ineffectiveness(minds[i]))
        )
        heard[s] += noise * 0.5513 * math.log((u + 1e-12) / (1.0 - u + 1e-12))


def survey(world: World, instrument: str) -> dict[str, float]:
    """Ask a sample of 1,500 adults as LAPOP (seven answers) or Latinobarómetro (four) would.

    Returns mean and spread (standard deviation) on 0-100 and the per cent who trust.  Surveys are compared with this
    only, never with latent trust.
    """
    return run_surveys(world)[instrument]


def run_surveys(world: World) -> dict[str, dict[str, float]]:
    """Ask one sample, whose answers are taken by every instrument."""
    numbers, heard = world.parameters[Survey][0], np.empty(SURVEY_SAMPLE_SIZE)
    noise = float(numbers.noise)
    draw_survey_answers(heard, world.ground, world.state[MINDS], noise, world.month, world.tick, world.seed)
    found = {}
    for instrument, (n_answers, trusting) in SURVEY_INSTRUMENTS.items():
        thresholds = float(getattr(numbers, instrument)) * (np.arange(1, n_answers) - n_answers / 2.0)
        thresholds += float(numbers.reserve) if instrument == "latinobarometro" else 0.0
        answers = 1 + np.searchsorted(thresholds, heard)
        found[instrument] = {
            "mean": float((answers.mean() - 1.0) / (n_answers - 1.0) * 100.0),
            "trusting": float((answers >= trusting).mean() * 100.0),
            "spread": float(answers.std() / (n_answers - 1.0) * 100.0),
        }
    return found


def group_mean_measure(group: str, what: str) -> Measure:
    """Return the measure of a mean over a group of residents."""
    return Measure("0-1", lambda month: month.mean(group, what))


def survey_measure(instrument: str, what: str, unit: str) -> Measure:
    """Return the measure of what an instrument would find."""
    return Measure(unit, lambda month: month.cached(survey_of_month)[instrument][what])


def survey_of_month(month: MonthSnapshot) -> dict[str, dict[str, float]]:
    """Ask both instruments in this month."""
    return run_surveys(month.world)


def count_homicides(month: MonthSnapshot) -> float:
    """Homicides of the month."""
    return float(month.crime_counts[OCCURRED, HOMICIDE])


def annual_homicide_rate(month: MonthSnapshot) -> float:
    """Homicides per 100,000 residents, annualised."""
    return ratio_or_nan(count_homicides(month) * 1e5 * 365.25 / month.world.days_of_month, month.count("all"))


def crime_count_share_measure(book: int) -> Measure:
    """Return the measure of one book over what occurred."""
    return Measure(
        "share", lambda month: ratio_or_nan(month.crime_counts[book].sum(), month.crime_counts[OCCURRED].sum())
    )


def criterion_measure(part: str) -> Measure:
    """Return the measure of a criterion or of one of its parts."""
    return Measure("0-1", lambda month: month.cached(criterion_scores_of_month)[part])


def trace_measure(part: str) -> Measure:
    """Return the measure of what a part is judged by."""
    return Measure("value", lambda month: month.cached(traces_of_month)[part])


def traces_of_month(month: MonthSnapshot) -> dict[str, float]:
    """Take the traces of all parts of the criteria."""
    return {part: trace_in(part, month) for part in PARTS}


def criterion_scores_of_month(month: MonthSnapshot) -> dict[str, float]:
    """Judge the traces by the anchors."""
    found = criterion_scores(month.cached(traces_of_month), month.world.settings.anchors)
    if month.world.settings["population"].scale < 1.0:
        found |= dict.fromkeys(WHOLE_TOWN_CRITERIA, math.nan)
    return found


CENTRAL_MEASURES = (
    {"trust_mean": group_mean_measure("all", "trust")}
    | {
        f"trust_{group}": group_mean_measure(group, "trust")
        for group in (*("contact", "no_contact", "women", "men", "indigenous", "young", "council", "victims", "far"),)
    }
    | {
        "fairness_mean": group_mean_measure("all", "fairness"),
        "effectiveness_mean": group_mean_measure("all", "effectiveness"),
        "survey_lapop": survey_measure("lapop", "mean", "0-100"),
        "survey_lapop_trusting": survey_measure("lapop", "trusting", "%"),
        "survey_lapop_spread": survey_measure("lapop", "spread", "0-100"),
        "survey_latinobarometro_spread": survey_measure("latinobarometro", "spread", "0-100"),
        "survey_latinobarometro": survey_measure("latinobarometro", "trusting", "%"),
        "residents": Measure("people", lambda month: month.count("all")),
        "victims_share": Measure(
            "share", lambda month: ratio_or_nan(month.count("adult_victims"), month.count("adults"))
        ),
        "victims_anywhere_share": Measure("share", lambda month: month.mean("adults", "victims_anywhere")),
        "contact_share": Measure(
            "share", lambda month: ratio_or_nan(month.count("adults_with_contact"), month.count("adults"))
        ),
        "homicides": Measure("deaths", count_homicides),
        "homicides_per_100k": Measure("per 100,000 a year", annual_homicide_rate),
        "told_share": crime_count_share_measure(TOLD),
        "recorded_share": crime_count_share_measure(RECORDED),
        "officers": Measure("officers", lambda month: float(len(month.world.state[OFFICERS]))),
    }
    | measures_from(plan_standing, dict.fromkeys(STANDING_MEASURES, "share"))
)
CRITERIA_MEASURES = {part: criterion_measure(part) for part in (*CRITERIA, *PARTS)} | {
    f"{part}.trace": trace_measure(part) for part in PARTS
}
