"""Trials in invented towns: adults whose trust is drawn, and whose treated units differ by a known effect."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from experiments.trial.analysis import Arms
from experiments.trial.design import TrialCalendar, TrialDesign, TrialSurvey, TrialWorlds
from experiments.trial.diagnosis import FinishedTrial
from experiments.trial.lottery import (
    ARMS,
    FollowedWorld,
    LotteryFacts,
    LotteryResult,
    TrialTown,
    arrow_table,
    estimate_table,
    truth_table,
)
from experiments.trial.survey import MET, N_ANSWERS, VICTIM, AdultFrame, AnswerScale, SurveyPlan, WaveState
from experiments.trial.units import TrialUnits, random_assignment

SCALE = AnswerScale(0.9 * (np.arange(1.0, N_ANSWERS) - N_ANSWERS / 2.0), 0.8)


def invented_design(lotteries: int = 4, surveys: int = 20, **survey: Any) -> TrialDesign:
    calendar = TrialCalendar(begins="2018-01-01", baseline=12, follow_up=(12,))
    return TrialDesign(
        name="invented", site="totonicapan", policy="status_quo", title={"en": "Invented", "es": "Inventado"},
        calendar=calendar, survey=TrialSurvey(**({"persons": (20,)} | survey)), records=(),
        worlds=TrialWorlds(lotteries=lotteries, surveys=surveys),
    )  # fmt: skip


def invented_frame(units: int, adults: int) -> AdultFrame:
    unit = np.repeat(np.arange(units), adults)
    return AdultFrame(np.arange(len(unit)), unit, unit, adults * np.arange(units + 1), len(unit))


def invented_waves(frame: AdultFrame, seed: int, spread: float = 0.2) -> list[WaveState]:
    """Return the baseline and one wave: persons keep half of what they differ by, and places all."""
    rng = np.random.default_rng(seed)
    place = spread * rng.standard_normal(frame.n_units)[frame.unit]
    lasting = rng.standard_normal(len(frame.unit))
    flags = {MET: 100.0 * (lasting > 0.5), VICTIM: 100.0 * (lasting > 1.0)}
    there = np.ones(len(frame.unit), np.bool_)
    return [
        WaveState(there, -0.5 + place + 0.7 * lasting + 0.7 * rng.standard_normal(len(lasting)), flags)
        for _ in range(2)
    ]


def with_effect(state: WaveState, treated: np.ndarray, odds: float) -> WaveState:
    """Return a wave in which the log-odds of trust of treated adults are moved."""
    return replace(state, odds=state.odds + odds * treated)


def invented_lottery(
    design: TrialDesign, number: int, units: int, treated: int, odds: float, spill: float = 0.0, adults: int = 150
) -> LotteryResult:
    """Return a lottery whose policy moves the log-odds of trust in treated units, and by a share of it elsewhere."""
    frame, seed = invented_frame(units, adults), 100 + number
    baseline, nobody = invented_waves(frame, seed)
    assignment = random_assignment(seed, 0, units, treated)
    own = assignment[frame.unit]
    arms = Arms(
        nobody, with_effect(nobody, np.where(own, odds, spill * odds), 1.0), with_effect(nobody, own | True, odds)
    )
    own_number = np.arange(units)
    stand_in = cast(Any, SimpleNamespace(design=design, seed=seed))
    trial = TrialTown(stand_in, cast(Any, None), cast(Any, None), TrialUnits(own_number, own_number), assignment)
    records = {name: FollowedWorld(waves=[state]) for name, state in zip(ARMS, arms, strict=True)}
    plan = SurveyPlan(design.survey, frame, SCALE, seed, baseline)
    tables = {"truth": truth_table(trial, frame, SCALE, records), "estimates": estimate_table(trial, plan, records)}
    facts = LotteryFacts(account="present_law", treated=treated, adults=[adults] * units)
    return LotteryResult(facts, {name: arrow_table(table) for name, table in tables.items()})


def invented_trial(
    units: int, treated: int, odds: float, lotteries: int, surveys: int, spill: float = 0.0, **survey: Any
) -> FinishedTrial:
    """Return a diagnosed design in invented towns."""
    design = invented_design(lotteries, surveys, **survey)
    results = [invented_lottery(design, number, units, treated, odds, spill) for number in range(lotteries)]
    return FinishedTrial(design, results)
