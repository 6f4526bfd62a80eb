"""Monthly measures of trust, fear, victimisation, crime and the criteria.

At the end of a month one loop over all residents brings them up to date and adds each to a table of classes (settlement
times flags such as *woman* or *victim*).  Means over groups of residents are sums over that table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from model.crime.crime_counts import OCCURRED, RECORDED, REPORTED
from model.engine.calendar import DAYS_A_YEAR, SHIFTS, YEAR
from model.engine.elementary import log
from model.engine.kernels import PREFETCH_DISTANCE, allocating_kernel, kernel, prefetch
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import UNIT_LOGISTIC_SCALE, keyed_uniform, logistic_quantile, stream_id
from model.engine.ratios import ratio_or_nan
from model.measures.criteria import CRITERIA, PART_READERS, WHOLE_TOWN_CRITERIA, criterion_scores, part_trace
from model.measures.plan_measures import STANDING_MEASURES, plan_standing
from model.town.crime_kinds import HOMICIDE
from model.town.residents import ADULT_AGE
from model.town.territory import FAR_MINUTES
from model.trust.belief_updating import odds_of_ineffectiveness, odds_of_unfairness
from model.trust.fear import update_resident_fear
from model.trust.ledger import add_to_ledger, update_to_month_end
from model.world.derived import constant
from model.world.mechanism import Measure, measures_from
from model.world.month import ADULT, CONTACT, COUNCIL, FAR, FREE, INDIGENOUS, VICTIM, WOMAN, YOUNG
from model.world.sampling import age_years

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.simulation.columns import ResidentState
    from model.simulation.world import Simulation, World
    from model.town.residents import Person
    from model.world.month import MonthSnapshot

SURVEY_SAMPLE_SIZE = 1500
"""Adults who are asked, as in the surveys themselves."""
SURVEY_ATTEMPTS = 16
"""Draws to find a living adult for a place in the sample."""
YOUNG_UNTIL = 30.0
"""Age in years below which residents belong to the group `young`."""
SURVEY_STREAM, ANSWER_STREAM = stream_id("survey"), stream_id("answer")
SURVEY_INSTRUMENTS = {"lapop": (7, 5), "latinobarometro": (4, 3)}
"""Number of answers of each instrument, and the lowest answer that counts as trusting (T01, T06)."""


@dataclass(frozen=True, init=False)
class Survey(ParameterGroup):
    """Thresholds and noise by which latent trust becomes a survey answer."""

    name: ClassVar[str] = "survey"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("T01", "T06")

    lapop: float
    latinobarometro: float
    reserve: float
    noise: float


@constant
def lasting_flags(sim: Simulation) -> NDArray[np.int16]:
    """Return the constant flags of every resident (sex, ethnicity, council, far from the police)."""
    people = sim.town.people
    far = sim.town.cells["minutes"][people["home"]] > FAR_MINUTES
    flags: NDArray[np.int16] = WOMAN * people["female"].astype(np.int16) + INDIGENOUS * people["indigenous"].astype(
        np.int16
    )
    flags += COUNCIL * people["council"].astype(np.int16) + FAR * far.astype(np.int16)
    return flags


@kernel
def happened_within_year(tick: int, last: int) -> int:
    """Return 1 if `last` lies within a year before `tick`, else 0; -1 stands for never."""
    # Branch-free, since the processor cannot predict these branches.
    return int(last >= 0) & int(tick - last < YEAR)


@kernel
def resident_flags(lasting: int, person: Person, mind: ResidentState, tick: int) -> int:
    """Return a resident's flags as one integer: constant, of age, and of the last year."""
    days = tick // SHIFTS - person.born
    flags = lasting + YOUNG * int(days < YOUNG_UNTIL * DAYS_A_YEAR) + ADULT * int(days >= ADULT_AGE * DAYS_A_YEAR)
    flags += VICTIM * happened_within_year(tick, mind.harmed) + CONTACT * happened_within_year(tick, mind.met)
    return flags + FREE * happened_within_year(tick, mind.met_free)


@kernel
def add_to_class_sums(row: FloatArray, mind: ResidentState, tick: int) -> None:
    """Add one resident to the sums of a class, in the order of `SUMMED_COLUMNS`."""
    row[0] += 1.0
    row[1] += mind.trust
    row[2] += 1.0 / (1.0 + odds_of_unfairness(mind))
    row[3] += 1.0 / (1.0 + odds_of_ineffectiveness(mind))
    row[4] += mind.fear
    row[5] += mind.careful
    row[6] += happened_within_year(tick, mind.harmed) | happened_within_year(tick, mind.harmed_outside)


@allocating_kernel
def update_residents(w: World, mood_odds: float) -> None:
    """Update all living residents to the end of a month and fill the tables of sums.

    Updates beliefs and fear in `minds`; writes forgetting and the nation's mood (``mood_odds``) to the ledger, and
    `class_table`, `cell_sums` and `total`.
    """
    lasting, fear, local, retained = w.lasting_flags, w.p.fear, w.local, w.retained_shares
    table, by_cell, total = w.class_table, w.cell_sums, w.trust_total
    table[:] = 0.0
    by_cell[:] = 0.0
    sums = np.zeros((2, 1, len(total)))  # one account per settlement: sum and its compensation
    people, tick = w.people, w.tick
    for i in range(w.arrived[0]):
        mind, person = w.minds[i], people[i]
        if mind.gone >= 0:
            continue
        z = person.settlement
        # Everybody was up to date at the last end of a month, so a table of shares by shifts replaces exp().
        since = tick - mind.touched
        update_to_month_end(w, i, retained[z, since, 0], retained[z, since, 1], mood_odds)
        add_to_ledger(sums, 0, z, mind.trust)
        by_cell[0, person.home] += 1.0
        by_cell[1, person.home] += mind.trust
        update_resident_fear(mind, local[z], fear[z])
        add_to_class_sums(table[z, resident_flags(lasting[i], person, mind, tick)], mind, tick)
    for z in range(len(total)):
        total[z] = sums[0, 0, z] + sums[1, 0, z]


@kernel
def draw_survey_answers(w: World, noise: float, felt: FloatArray) -> None:
    """Draw a sample of adults; write to ``felt`` the trust that each feels when asked, in log-odds.

    ``noise`` is the standard deviation of logistic noise around latent trust.
    """
    minds, seed, wave = w.minds, w.seed, w.month
    for s in range(len(felt)):
        ahead = int(keyed_uniform(seed, SURVEY_STREAM, wave, s + PREFETCH_DISTANCE, 0) * len(minds))
        prefetch(minds, ahead)
        prefetch(w.people, ahead)
        # Rejection sampling: redraw until the row is a living adult.
        for a in range(SURVEY_ATTEMPTS):
            i = int(keyed_uniform(seed, SURVEY_STREAM, wave, s, a) * len(minds))
            if i < w.arrived[0] and minds[i].gone < 0 and age_years(w.people[i], w.tick) >= ADULT_AGE:
                break
        u = keyed_uniform(seed, ANSWER_STREAM, wave, s, 0)
        felt[s] = -log(minds[i].calm * math.sqrt(odds_of_unfairness(minds[i]) * odds_of_ineffectiveness(minds[i])))
        felt[s] += noise * UNIT_LOGISTIC_SCALE * logistic_quantile(u)


def survey(sim: Simulation, instrument: str) -> dict[str, float]:
    """Return the result of a survey of 1,500 adults with the instrument of LAPOP or of Latinobarómetro.

    The result holds mean and spread (standard deviation) on 0-100, and the per cent who trust.  Compare surveys with
    this only, never with latent trust.
    """
    return run_surveys(sim)[instrument]


def run_surveys(sim: Simulation) -> dict[str, dict[str, float]]:
    """Return the results of all instruments (`SURVEY_INSTRUMENTS`) in one sample of adults."""
    p, felt = sim.p.survey[0], np.empty(SURVEY_SAMPLE_SIZE)
    draw_survey_answers(sim.w, float(p.noise), felt)
    results = {}
    for instrument, (n_answers, trusting) in SURVEY_INSTRUMENTS.items():
        # Graded response: the answer is the number of thresholds below what is felt.
        thresholds = float(getattr(p, instrument)) * (np.arange(1, n_answers) - n_answers / 2.0)
        thresholds += float(p.reserve) if instrument == "latinobarometro" else 0.0
        answers = 1 + np.searchsorted(thresholds, felt)
        results[instrument] = {
            "mean": float((answers.mean() - 1.0) / (n_answers - 1.0) * 100.0),
            "trusting": float((answers >= trusting).mean() * 100.0),
            "spread": float(answers.std() / (n_answers - 1.0) * 100.0),
        }
    return results


def group_mean_measure(group: str, column: str) -> Measure:
    """Return the measure of a mean over a group of residents."""
    return Measure("0-1", lambda month: month.mean(group, column))


def survey_measure(instrument: str, result: str, unit: str) -> Measure:
    """Return the measure of a survey result (mean, trusting or spread)."""
    return Measure(unit, lambda month: month.cached(survey_of_month)[instrument][result])


def survey_of_month(month: MonthSnapshot) -> dict[str, dict[str, float]]:
    """Return the results of all instruments in this month."""
    return run_surveys(month.world)


def count_homicides(month: MonthSnapshot) -> float:
    """Return the homicides of the month."""
    return float(month.crime_counts[OCCURRED, HOMICIDE])


def annual_homicide_rate(month: MonthSnapshot) -> float:
    """Return the homicides per 100,000 residents and year, from the rate of the month."""
    return ratio_or_nan(count_homicides(month) * 1e5 * DAYS_A_YEAR / month.world.days_of_month, month.count("all"))


def crime_count_share_measure(stage: int) -> Measure:
    """Return the measure of the share of crimes that reach a stage of the crime funnel."""
    return Measure(
        "share", lambda month: ratio_or_nan(month.crime_counts[stage].sum(), month.crime_counts[OCCURRED].sum())
    )


def criterion_measure(part: str) -> Measure:
    """Return the measure of the score of a criterion or of one of its parts."""
    return Measure("0-1", lambda month: month.cached(criterion_scores_of_month)[part])


def trace_measure(part: str) -> Measure:
    """Return the measure of the trace of a part, before it is mapped to a score."""
    return Measure("value", lambda month: month.cached(traces_of_month)[part])


def traces_of_month(month: MonthSnapshot) -> dict[str, float]:
    """Return the traces of all parts of the criteria."""
    return {part: part_trace(part, month) for part in PART_READERS}


def criterion_scores_of_month(month: MonthSnapshot) -> dict[str, float]:
    """Return the scores of all parts and criteria; nan for criteria that a scaled town does not preserve."""
    scores = criterion_scores(month.cached(traces_of_month), month.world.settings.anchors)
    if month.world.settings["population"].scale < 1.0:
        scores |= dict.fromkeys(WHOLE_TOWN_CRITERIA, math.nan)
    return scores


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
        "told_share": crime_count_share_measure(REPORTED),
        "recorded_share": crime_count_share_measure(RECORDED),
        "officers": Measure("officers", lambda month: float(len(month.world.w.officers))),
    }
    | measures_from(plan_standing, dict.fromkeys(STANDING_MEASURES, "share"))
)
CRITERIA_MEASURES = {part: criterion_measure(part) for part in (*CRITERIA, *PART_READERS)} | {
    f"{part}.trace": trace_measure(part) for part in PART_READERS
}
