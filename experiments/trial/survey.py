"""Surveys of a trial: who is asked, who answers, and the means of units, for many surveys of the same worlds.

Random numbers are drawn by resident, survey and wave, so that worlds with and without the policy share them. Those
asked are adults who lived in the unit before the policy; who has died or left since does not answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit

from experiments.trial.design import TrialSurvey
from experiments.trial.units import Codes, Flags
from model.engine.calendar import DAYS_A_YEAR, SHIFTS, YEAR
from model.engine.random_streams import UNIT_LOGISTIC_SCALE, stream_id
from model.measures.measures import SURVEY_INSTRUMENTS
from model.town.residents import ADULT_AGE

if TYPE_CHECKING:
    from model.simulation.model import TrustModel

type Reals = NDArray[np.float64]

TRUST, MET, VICTIM = OUTCOMES = ("trust", "met_police", "victim")
"""Outcomes of the survey on 0-100: LAPOP's question, contact with the police, and crime suffered in twelve months."""
ASKED_STREAM, ANSWER_STREAM, RESPONSE_STREAM, PLACE_STREAM = (
    stream_id(f"{name} in a trial") for name in ("asked", "answer", "response", "place")
)
N_ANSWERS = SURVEY_INSTRUMENTS["lapop"][0]
STEP = 100.0 / (N_ANSWERS - 1)
"""Points between two answers."""


@dataclass(frozen=True)
class AnswerScale:
    """Thresholds (log-odds of trust) between answers, and standard deviation of the noise around latent trust."""

    thresholds: Reals
    noise: float

    @classmethod
    def of(cls, world: "TrustModel") -> "AnswerScale":
        """Return the scale of LAPOP's question in a world."""
        p = world.p.survey[0]
        return cls(float(p.lapop) * (np.arange(1.0, N_ANSWERS) - N_ANSWERS / 2.0), float(p.noise))

    def answers(self, odds: Reals, uniforms: Reals) -> Reals:
        """Return answers on 0-100 of persons with log-odds of trust and uniform random numbers."""
        felt = odds + self.noise * UNIT_LOGISTIC_SCALE * logit(np.clip(uniforms, 1e-12, 1.0 - 1e-12))
        return STEP * np.searchsorted(self.thresholds, felt).astype(np.float64)

    def chances(self, odds: Reals) -> Reals:
        """Return the probability that each person's answer lies above each threshold (persons × thresholds)."""
        scale = max(self.noise * UNIT_LOGISTIC_SCALE, 1e-9)
        chances: Reals = expit((odds[:, None] - self.thresholds) / scale)
        return chances

    def expected(self, odds: Reals) -> Reals:
        """Return the expected answer of each person, which has no noise."""
        expected: Reals = STEP * self.chances(odds).sum(axis=1)
        return expected

    def person_sd(self, odds: Reals) -> float:
        """Return the standard deviation of one answer of a person at random."""
        squares = STEP**2 * self.chances(odds) @ (2.0 * np.arange(1, N_ANSWERS) - 1.0)
        return float(np.sqrt(max(0.0, squares.mean() - self.expected(odds).mean() ** 2)))


@dataclass(frozen=True)
class AdultFrame:
    """Sampling frame: rows of adults who live in the town before the policy, ordered by unit.

    ``starts`` are the first places of units in it, and its length at the end.
    """

    rows: Codes
    unit: Codes
    settlement: Codes
    starts: Codes
    n_residents: int

    @classmethod
    def of(cls, world: "TrustModel", of_settlement: Codes) -> "AdultFrame":
        """Return the frame of a world."""
        people, minds = world.town.people, world.minds
        age = (world.tick // SHIFTS - people["born"]) / DAYS_A_YEAR
        present = (minds["gone"] < 0) & (np.arange(len(minds)) < int(world.w.arrived[0]))
        rows = np.flatnonzero(present & (age >= ADULT_AGE))
        unit = of_settlement[people["settlement"][rows]]
        order = np.argsort(unit, kind="stable")
        rows, unit = rows[order], unit[order]
        starts = np.searchsorted(unit, np.arange(int(of_settlement.max()) + 2))
        return cls(rows, unit, people["settlement"][rows].astype(np.int64), starts, len(minds))

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.starts) - 1


@dataclass(frozen=True)
class WaveState:
    """State of the adults of a frame when they are asked: who is there, log-odds of trust, and the other outcomes."""

    there: Flags
    odds: Reals
    other: Mapping[str, Reals]

    @classmethod
    def of(cls, world: "TrustModel", frame: AdultFrame) -> "WaveState":
        """Return the state in a world after the last shift of a month."""
        minds, tick = world.minds[frame.rows], world.tick
        trust = np.clip(world.trust()[frame.rows], 1e-9, 1.0 - 1e-9)
        lately = {
            name: (minds[name] >= 0) & (tick - minds[name] < YEAR) for name in ("met", "harmed", "harmed_outside")
        }
        other = {MET: lately["met"], VICTIM: lately["harmed"] | lately["harmed_outside"]}
        return cls(
            minds["gone"] < 0, logit(trust), {name: np.where(flags, 100.0, 0.0) for name, flags in other.items()}
        )

    def expected(self, scale: AnswerScale) -> dict[str, Reals]:
        """Return the expected answer of each adult by outcome."""
        return {TRUST: scale.expected(self.odds), **self.other}


def uniforms(seed: int, stream: int, survey: int, wave: int, n: int) -> Reals:
    """Return a uniform random number for each of n entities, by seed, stream, survey and wave."""
    counter = np.array([0, survey, wave, stream], np.uint64)
    return np.random.Generator(np.random.Philox(key=seed, counter=counter)).random(n)


@dataclass(frozen=True)
class SurveyPlan:
    """Persons asked in a trial, and their chance to answer; the same in all worlds of a lottery."""

    survey: TrialSurvey
    frame: AdultFrame
    scale: AnswerScale
    seed: int
    baseline: WaveState

    @cached_property
    def largest(self) -> int:
        """Persons asked in a unit by the largest survey, at most the adults of the smallest unit."""
        return min(self.survey.persons[-1], int(np.diff(self.frame.starts).min()))

    def asked(self, number: int, wave: int) -> Codes:
        """Return the persons asked (units × persons, places in the frame), those of a smaller survey first."""
        wave = 0 if self.survey.panel else wave
        drawn = uniforms(self.seed, ASKED_STREAM, number, wave, self.frame.n_residents)[self.frame.rows]
        found = np.empty((self.frame.n_units, self.largest), np.int64)
        for unit, (start, end) in enumerate(zip(self.frame.starts, self.frame.starts[1:], strict=False)):
            own = drawn[start:end]
            first = np.argpartition(own, self.largest - 1)[: self.largest]
            found[unit] = start + first[np.argsort(own[first], kind="stable")]
        return found

    def answering(self, state: WaveState, asked: Codes, number: int, wave: int) -> Flags:
        """Return who of those asked answers."""
        drawn = uniforms(self.seed, RESPONSE_STREAM, number, wave, self.frame.n_residents)[self.frame.rows[asked]]
        flags: Flags = state.there[asked] & (drawn < self.response_chances(state.odds[asked]))
        return flags

    def response_chances(self, odds: Reals) -> Reals:
        """Return the chance of persons to answer; at the baseline its mean is the stated one."""
        slope, wanted = self.survey.response_by_trust, self.survey.response
        if not slope or wanted >= 1.0:
            return np.full(odds.shape, wanted)
        mean, sd = self.baseline.odds.mean(), self.baseline.odds.std()
        standard = slope * (self.baseline.odds - mean) / sd
        intercept = brentq(lambda level: float(expit(level + standard).mean()) - wanted, -30.0, 30.0)
        chances: Reals = expit(intercept + slope * (odds - mean) / sd)
        return chances

    def values(self, state: WaveState, asked: Codes, number: int, wave: int) -> dict[str, Reals]:
        """Return the answers of those asked by outcome, as if all answered."""
        drawn = uniforms(self.seed, ANSWER_STREAM, number, wave, self.frame.n_residents)[self.frame.rows[asked]]
        trust = self.scale.answers(state.odds[asked], drawn)
        return {TRUST: trust, **{name: column[asked] for name, column in state.other.items()}}

    @cached_property
    def person_sd(self) -> float:
        """Standard deviation of one answer before the policy, in points."""
        return self.scale.person_sd(self.baseline.odds)

    def place_effects(self, number: int, wave: int) -> Reals:
        """Return what answers on trust share within each unit beyond the model, in points."""
        share, lasting = self.survey.icc, self.survey.place_memory
        sd = self.person_sd * np.sqrt(share / (1.0 - share))
        kept, new = (place_normals(self.seed, number, one, self.frame.n_units) for one in (0, wave + 1))
        effects: Reals = sd * (np.sqrt(lasting) * kept + np.sqrt(1.0 - lasting) * new)
        return effects


def place_normals(seed: int, survey: int, wave: int, n: int) -> Reals:
    """Return a standard normal number for each unit."""
    counter = np.array([0, survey, wave, PLACE_STREAM], np.uint64)
    return np.random.Generator(np.random.Philox(key=seed, counter=counter)).standard_normal(n)


def means_of_units(values: Reals, answered: Flags, persons: int) -> Reals:
    """Return the mean answer in each unit among the first ``persons`` asked; units without answers get that of all."""
    part, flags = values[:, :persons], answered[:, :persons]
    counts, sums = flags.sum(axis=1), (part * flags).sum(axis=1)
    overall = float(sums.sum()) / max(1, int(counts.sum()))
    means: Reals = np.where(counts > 0, sums / np.maximum(counts, 1), overall)
    return means


@dataclass(frozen=True)
class SurveyMeans:
    """Means of units over all surveys (surveys × units) by outcome, persons and wave; wave 0 is before the policy.

    ``before`` is the mean before the policy that goes with a wave: in a panel that of persons who answered both times.
    """

    before: Mapping[tuple[str, int, int], Reals]
    after: Mapping[tuple[str, int, int], Reals]
    answers: Mapping[tuple[int, int], float]
    """Mean number of answers in a survey by persons and wave, those before the policy included."""


def survey_means(plan: SurveyPlan, waves: Sequence[WaveState], surveys: int) -> SurveyMeans:
    """Return the means of units in a number of surveys of one world, whose state in each wave is given."""
    before: dict[tuple[str, int, int], list[Reals]] = {}
    after: dict[tuple[str, int, int], list[Reals]] = {}
    answers: dict[tuple[int, int], list[float]] = {}
    for number in range(surveys):
        first = asked_wave(plan, plan.baseline, number, 0)
        for wave, state in enumerate(waves, start=1):
            then = asked_wave(plan, state, number, wave)
            answered = first.answered & then.answered if plan.survey.panel else then.answered
            earlier = answered if plan.survey.panel else first.answered
            for persons in plan.survey.persons:
                for outcome in OUTCOMES:
                    key = outcome, persons, wave
                    before.setdefault(key, []).append(first.means(outcome, earlier, persons))
                    after.setdefault(key, []).append(then.means(outcome, answered, persons))
                asked = float(first.answered[:, :persons].sum() + answered[:, :persons].sum())
                answers.setdefault((persons, wave), []).append(asked)
    return SurveyMeans(
        {key: np.array(rows) for key, rows in before.items()},
        {key: np.array(rows) for key, rows in after.items()},
        {key: float(np.mean(counts)) for key, counts in answers.items()},
    )


@dataclass(frozen=True)
class AskedWave:
    """Answers of one wave of one survey (units × persons) by outcome, and what answers share within units."""

    answered: Flags
    answers: Mapping[str, Reals]
    place: Reals

    def means(self, outcome: str, answered: Flags, persons: int) -> Reals:
        """Return the means of units."""
        means = means_of_units(self.answers[outcome], answered, persons)
        return means + self.place if outcome == TRUST else means


def asked_wave(plan: SurveyPlan, state: WaveState, number: int, wave: int) -> AskedWave:
    """Return one wave of one survey."""
    asked = plan.asked(number, wave)
    answered = plan.answering(state, asked, number, wave)
    return AskedWave(answered, plan.values(state, asked, number, wave), plan.place_effects(number, wave))
