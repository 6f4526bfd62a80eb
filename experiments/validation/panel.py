"""A simulated panel survey of two waves, designed like the published panels: Q01-Q03, Q06, Q07.

A hundred thousand adults of the reference town are interviewed twice, a year apart, with the survey's answer scale. In
the second wave they report their experiences of the last twelve months. Events of the town are supplemented by those of
the towns of the published panels. The second answer is regressed on these experiences, on victimisation and on the
first answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from experiments.validation.impression_replay import (
    CONTACT_CAUSES,
    PANEL_EVENTS,
    Numbers,
    Reals,
    Tape,
    evidence_of_year,
    retained_shares,
    steady_state_evidence,
    successors_in_class,
)
from experiments.validation.sizes import EVENT_BY_NAME
from model.trust.belief_updating import EVIDENCE_COLUMNS, REFERENCE_ASYMMETRY

INTERVIEWED = 100_000
MEAN_TRUST = 0.40
"""Mean trust of the reference town."""
ADDED_RATE = {"abuse": 0.05, "bribe": 0.08, "meeting": 0.15}
"""Events per adult and year in addition to those of the town; assumed."""
CLASS_SHARE = {"abuse": 0.5, "bribe": 0.5, "meeting": 0.0}
"""Share of them that is proportional to the contact rate of the adult's class; assumed."""
SELECTION_SIGN = {"abuse": -1.0, "bribe": -1.0, "meeting": 1.0}
"""Sign of self-selection: distrust goes with more abuse and bribes, trust with more meetings."""
SELECTION = 0.3
"""Log rate of exposure per standard deviation of disposition; a convention, 0 and .6 are reported too."""
N_ANSWERS = 7
SEED = 1
N_PANELS = 4
"""Panels over which coefficients are averaged, so that random variation moves no weight."""


@dataclass(frozen=True)
class People:
    """Adults of the reference town: their random numbers, which depend on no weight."""

    common: Reals
    by_belief: Reals
    female: Reals

    @property
    def standard_disposition(self) -> Reals:
        """Disposition in standard deviations."""
        disposition = 0.8 * self.common + 0.3 * self.by_belief.sum(axis=0)
        standardised: Reals = (disposition - disposition.mean()) / disposition.std()
        return standardised


@dataclass(frozen=True)
class PanelEvents:
    """Events of one kind in the panel: adult, years before the second wave, and annual rate of each adult."""

    who: NDArray[np.int64]
    age: Reals
    rate: Reals


@dataclass(frozen=True)
class Panel:
    """Results of a panel: coefficients and their standard errors by regressor, in points of 100."""

    coefficients: dict[str, float]
    errors: dict[str, float]
    correlation: float
    gap_left: float
    """Share of the trust gap of abused people that is left a year later (Q06)."""


def logistic_noise(rng: np.random.Generator, *size: int) -> Reals:
    """Return log-odds noise of unit variance, as the model draws it."""
    u = rng.random(size)
    noise: Reals = 0.5513 * np.log((u + 1e-12) / (1.0 - u + 1e-12))
    return noise


def people_of(tape: Tape, seed: int = SEED) -> People:
    """Draw the random numbers of a town's adults."""
    rng = np.random.default_rng([seed, 1])
    return People(logistic_noise(rng, tape.adults), logistic_noise(rng, 2, tape.adults), tape.female)


def dispositions_of(people: People, numbers: Numbers, intercept: float) -> Reals:
    """Return both dispositions (0-1) of all adults."""
    mean = intercept + numbers["trust.women"] * (people.female - 0.5)
    split = numbers["trust.fairer"] * np.array([[0.5], [-0.5]])
    return 1.0 / (
        1.0 + np.exp(-mean - split - numbers["trust.spread"] * (0.8 * people.common + 0.6 * people.by_belief))
    )


def odds_of(disposition: Reals, counts: dict[str, Reals]) -> Reals:
    """Return the log-odds of trust of all adults (`model.trust.belief_updating.trust_of` without a mood)."""
    fair = disposition[0] + counts["fair_fast"] + counts["fair_slow"]
    unfair = 1.0 - disposition[0] + counts["unfair_fast"] + counts["unfair_slow"]
    solved = disposition[1] + counts["solved_fast"] + counts["solved_slow"]
    failed = 1.0 - disposition[1] + counts["failed_fast"] + counts["failed_slow"]
    odds: Reals = 0.5 * np.log(fair * solved / (unfair * failed))
    return odds


def trust_of(disposition: Reals, counts: dict[str, Reals]) -> Reals:
    """Return the trust (0-1) of all adults."""
    trust: Reals = 1.0 / (1.0 + np.exp(-odds_of(disposition, counts)))
    return trust


def dispositions_at_level(
    people: People, counts: dict[str, Reals], numbers: Numbers, level: float = MEAN_TRUST
) -> Reals:
    """Return dispositions with the intercept at which mean trust is ``level``."""

    def excess(intercept: float) -> float:
        return float(trust_of(dispositions_of(people, numbers, intercept), counts).mean()) - level

    return dispositions_of(people, numbers, float(brentq(excess, -12.0, 12.0, xtol=1e-7)))


def lapop_thresholds(numbers: Mapping[str, float]) -> NDArray[np.floating]:
    """Return the log-odds of trust above which people give the next answer to LAPOP's question."""
    return numbers["survey.lapop"] * (np.arange(1, N_ANSWERS) - N_ANSWERS / 2.0)


def answers_of(odds: Reals, numbers: Numbers, noise: Reals) -> Reals:
    """Return answers to LAPOP's question on 0-100 (`model.measures.measures.surveys`)."""
    above = np.searchsorted(lapop_thresholds(numbers), odds + numbers["survey.noise"] * noise)
    return (100.0 / (N_ANSWERS - 1)) * above.astype(np.float64)


def events_of(tape: Tape, people: People, kind: str, selection: float, years: int, seed: int) -> PanelEvents:
    """Draw the events of one kind for all adults in ``years`` before the second wave."""
    contact_rate = tape.rate(*CONTACT_CAUSES)
    by_class = CLASS_SHARE[kind]
    added_rate = ADDED_RATE[kind] * (1.0 - by_class + by_class * contact_rate / contact_rate.mean())
    tilt = np.exp(selection * SELECTION_SIGN[kind] * people.standard_disposition)
    rate = (tape.rate(kind) + added_rate) * tilt / tilt.mean()
    rng = np.random.default_rng([seed, 2, PANEL_EVENTS.index(kind)])
    who = np.repeat(np.arange(tape.adults), rng.poisson(rate * years))
    return PanelEvents(who, years * rng.random(len(who)), rate)


def evidence_of_events(events: PanelEvents, kind: str, numbers: Numbers, years: int, wave: int) -> dict[str, Reals]:
    """Return the evidence that events of a kind leave at a wave (0, 1), by evidence column."""
    weight, fast = numbers[f"contacts.weight_{kind}"], numbers["trust.fast_panel"]
    names = ("fair", "solved") if kind == "meeting" else ("unfair", "failed")
    weight *= 1.0 if kind == "meeting" else numbers["trust.asymmetry"] / REFERENCE_ASYMMETRY
    age = events.age - (1 - wave)
    before = age >= 0.0
    evidence: dict[str, Reals] = {}
    for memory, part, half in (("fast", fast, numbers["trust.fast_days"] / 365.0),
                               ("slow", 1.0 - fast, numbers["trust.memory_years"])):  # fmt: skip
        remaining = np.bincount(events.who[before], 0.5 ** (age[before] / half), minlength=len(events.rate))
        remaining += events.rate * half / np.log(2.0) * 0.5 ** ((years - 1 + wave) / half)
        for name, share in zip(names, (1.0, EVENT_BY_NAME[kind].number(numbers, "effective_weight")), strict=True):
            evidence[f"{name}_{memory}"] = weight * part * share * remaining
    return evidence


def sum_of_evidence(*parts: dict[str, Reals]) -> dict[str, Reals]:
    """Return the sum of evidence by evidence column."""
    return {name: sum((part[name] for part in parts if name in part), np.zeros(1)) for name in EVIDENCE_COLUMNS}


def panel_of(tape: Tape, numbers: Numbers, selection: float = SELECTION, seed: int = SEED) -> Panel:
    """Simulate one panel."""
    people = people_of(tape, seed)
    years = int(np.ceil(5.0 * numbers["trust.memory_years"])) + 1
    year = evidence_of_year(tape, numbers, without=PANEL_EVENTS)
    first, retained = steady_state_evidence(tape, year, numbers), retained_shares(1.0, numbers)
    successor = successors_in_class(tape)
    second = {name: retained[name[-4:]] * first[name] + year[name][successor] for name in EVIDENCE_COLUMNS}
    events = {kind: events_of(tape, people, kind, selection, years, seed) for kind in PANEL_EVENTS}
    evidence = [
        [evidence_of_events(events[kind], kind, numbers, years, wave) for kind in PANEL_EVENTS] for wave in (0, 1)
    ]
    waves = [sum_of_evidence(first, *evidence[0]), sum_of_evidence(second, *evidence[1])]
    disposition = dispositions_at_level(people, waves[0], numbers)
    odds = np.array([odds_of(disposition, counts) for counts in waves])
    noise = logistic_noise(np.random.default_rng([seed, 3]), 2, tape.adults)
    sample = np.random.default_rng([seed, 4]).permutation(tape.adults)[:INTERVIEWED]
    answers = np.array([answers_of(odds[wave], numbers, noise[wave])[sample] for wave in (0, 1)])
    experienced = {
        kind: np.bincount(events_of_kind.who[events_of_kind.age <= 1.0], minlength=tape.adults) > 0
        for kind, events_of_kind in events.items()
    }
    experienced["victim"] = tape.experienced("harm")[successor]
    slopes, errors = regress_on_exposure(answers, {name: exposed[sample] for name, exposed in experienced.items()})
    abused = events["abuse"]
    abused_earlier = np.bincount(abused.who[(abused.age > 1.0) & (abused.age <= 2.0)], minlength=tape.adults) > 0
    gaps = [float(wave[abused_earlier[sample]].mean() - wave[~abused_earlier[sample]].mean()) for wave in answers]
    correlation = float(np.corrcoef(answers)[0, 1])
    return Panel(slopes, errors, correlation, gaps[1] / gaps[0])


def panels_of(tape: Tape, numbers: Numbers, selection: float = SELECTION) -> Panel:
    """Simulate several panels, each of other people, and return their mean."""
    panels = [panel_of(tape, numbers, selection, seed) for seed in range(SEED, SEED + N_PANELS)]
    slopes = {name: float(np.mean([panel.coefficients[name] for panel in panels])) for name in panels[0].coefficients}
    errors = {
        name: float(np.mean([panel.errors[name] for panel in panels])) / N_PANELS**0.5 for name in panels[0].errors
    }
    correlation, kept = (
        float(np.mean(values))
        for values in zip(*((panel.correlation, panel.gap_left) for panel in panels), strict=True)
    )
    return Panel(slopes, errors, correlation, kept)


def regress_on_exposure(answers: Reals, experienced: dict[str, Any]) -> tuple[dict[str, float], dict[str, float]]:
    """Regress the second answer on experiences and the first answer; return coefficients and standard errors."""
    columns = [np.ones(answers.shape[1]), *(exposure.astype(float) for exposure in experienced.values()), answers[0]]
    design = np.stack(columns, axis=1)
    inverse = np.linalg.inv(design.T @ design)
    slopes = inverse @ (design.T @ answers[1])
    residuals = answers[1] - design @ slopes
    errors = np.sqrt(np.diag(inverse) * residuals.var(ddof=design.shape[1]))
    names = ("constant", *experienced, "answer")
    return dict(zip(names, slopes.tolist(), strict=True)), dict(zip(names, errors.tolist(), strict=True))
