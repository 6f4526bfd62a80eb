"""One simulated lottery: paired worlds from one baseline, and the surveys of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import pandas as pd

from experiments.execution.local_workers import ReportProgress
from experiments.execution.parameter_draws import read_draws
from experiments.execution.shared_towns import town_for
from experiments.execution.warm_starts import simulated_start
from experiments.storage.run_identity import digest_of
from experiments.storage.run_spec import RunSpec, overrides_of
from experiments.trial.analysis import (
    POLICY,
    SAME_ASSIGNMENT,
    TWIN,
    Arms,
    TrueEffects,
    UnitCrimes,
    estimate_rows,
    record_rows,
)
from experiments.trial.design import RECORDS, TrialDesign
from experiments.trial.survey import AdultFrame, AnswerScale, SurveyPlan, WaveState, survey_means
from experiments.trial.units import (
    Flags,
    TrialUnits,
    confined_policy,
    n_treated,
    random_assignment,
    settlement_names,
    trial_policy,
    trial_units,
)
from model.engine.calendar import first_of_month, tick_of
from model.engine.policies import check_policies
from model.engine.scenario import Policy, Scenario
from model.world.shift_events import COMMUNAL
from model.world.shift_events import NOBODY as REPORTED_TO_NOBODY
from scenarios import accounts

if TYPE_CHECKING:
    import pyarrow as pa

    from model.simulation.checkpoint import Checkpoint
    from model.simulation.model import TrustModel
    from model.town.town import Town

FORMAT = 3
"""Number of the way in which lotteries are simulated and analysed; parts of others are computed again."""
MEASURED = frozenset({"trust_mean"})
"""The one measure that worlds compute."""
NOBODY, PART, WHOLE_TOWN = ARMS = ("nobody", "part", "whole")
"""Paired worlds: no unit treated, those assigned to it, all."""
RECORD_COLUMNS = [
    *("record", "months", "world", "log_ratio", "reach", "whole", "direct", "spillover", "contrast"),
]
"""Columns of the records of a lottery."""


class LotteryFacts(TypedDict):
    """Facts stored with the tables of a lottery."""

    account: str
    treated: int
    adults: list[int]


@dataclass(frozen=True)
class Lottery:
    """A lottery of a design, by its number, which decides its seed, account, draw and random assignment."""

    design: TrialDesign
    number: int

    @property
    def seed(self) -> int:
        """Seed of all random numbers."""
        return self.design.worlds.seed + self.number

    @property
    def account(self) -> str:
        """Account whose turn it is."""
        names = self.design.worlds.account_names
        return names[self.number % len(names)]

    @cached_property
    def spec(self) -> RunSpec:
        """Run of the untreated town, from the start of the scenario to the last wave."""
        values: dict[str, Any] = {}
        if self.design.worlds.draws:
            draws = read_draws(Path(self.design.worlds.draws))
            values |= draws[self.number % len(draws)].values
        values |= accounts.read(self.account)
        return RunSpec(
            source=self.design.site,
            overrides=tuple((dict(overrides_of(values)) | dict(self.design.overrides)).items()),
            until=self.design.calendar.until,
            seed=self.seed,
        )

    @cached_property
    def key(self) -> str:
        """Unique key: the run, the policy and the design, without what changes no lottery."""
        return digest_of(repr([FORMAT, self.spec.run, self.policy, essential(self.design), self.number]).encode())

    @cached_property
    def policy(self) -> Policy:
        """Policy of the trial."""
        return trial_policy(self.design, self.spec.scenario)

    @property
    def shifts(self) -> int:
        """Number of simulated shifts: one baseline, then three worlds."""
        return self.spec.shifts + 2 * (tick_of(self.design.calendar.until) - tick_of(self.design.calendar.begins))


def essential(design: TrialDesign) -> TrialDesign:
    """Return a design without what changes no lottery: title, price, and number of lotteries."""
    worlds, survey = replace(design.worlds, lotteries=2), replace(design.survey, price=0.0)
    return replace(design, name="", title={}, worlds=worlds, survey=survey)


@dataclass(frozen=True)
class LotteryResult:
    """Facts and tables of a finished lottery."""

    facts: LotteryFacts
    tables: Mapping[str, "pa.Table"]


def part_of_lottery(result: LotteryResult) -> tuple[Mapping[str, Any], Mapping[str, "pa.Table"]]:
    """Return the facts and tables of a lottery."""
    return dict(result.facts), result.tables


def lottery_of_part(_: Lottery, facts: Mapping[str, Any], tables: Mapping[str, "pa.Table"]) -> LotteryResult:
    """Restore a lottery from its part; raise `ValueError` if tables are missing."""
    if set(tables) != {"truth", "estimates", "records"}:
        raise ValueError("tables of another kind of job")
    return LotteryResult(LotteryFacts(**facts), dict(tables))  # type: ignore[typeddict-item]


@dataclass
class FollowedWorld:
    """Waves of one world, and the crimes of each of its months by unit (`RECORDS`)."""

    waves: list[WaveState] = field(default_factory=list)
    months: list[UnitCrimes] = field(default_factory=list)

    def window(self, end: int, length: int) -> UnitCrimes:
        """Return the counts of the last ``length`` months, or of fewer, before month number ``end``."""
        months = self.months[max(0, end - length) : end]
        return UnitCrimes({name: np.sum([one.counts[name] for one in months], axis=0) for name in RECORDS})


@dataclass(frozen=True)
class TrialTown:
    """Town, scenario, units and random assignment of a lottery, with which its worlds are run."""

    lottery: Lottery
    scenario: Scenario
    town: "Town"
    units: TrialUnits
    assignment: Flags

    @classmethod
    def of(cls, lottery: Lottery) -> "TrialTown":
        """Return the town of a lottery, with its random assignment."""
        town = town_for(lottery.spec)
        units = trial_units(lottery.design, town)
        assignment = random_assignment(lottery.seed, 0, units.n, n_treated(lottery.design, units.n))
        return cls(lottery, lottery.spec.scenario, town, units, assignment)

    @property
    def keep(self) -> tuple[str, ...]:
        """Tables of events that worlds keep."""
        return ("incidents",) if self.lottery.design.records else ()

    def scenario_of(self, arm: str) -> Scenario:
        """Return the scenario of a paired world."""
        policy = self.lottery.policy
        if arm == PART:
            policy = confined_policy(policy, settlement_names(self.units, self.town, self.assignment))
        scenario = replace(self.scenario, policies=() if arm == NOBODY else (policy,))
        check_policies(scenario)
        return scenario

    def world(self, scenario: Scenario, start: "Checkpoint", own: bool = False) -> "TrustModel":
        """Return a world that goes on from a checkpoint."""
        from model.simulation.model import TrustModel  # imports Mesa, which the coordinator does not need

        world = TrustModel.resumed(scenario, start, town=self.town, keep=self.keep, own=own)
        world.measured = MEASURED
        return world

    def crimes(self, world: "TrustModel") -> UnitCrimes:
        """Return the crimes that a world has kept by unit, and forget them."""
        kept = world.kept.get("incidents", [])
        if not kept:
            return UnitCrimes({name: np.zeros(self.units.n) for name in RECORDS})
        rows = np.concatenate(kept)
        kept.clear()
        settlement = self.town.cells["settlement"][np.maximum(rows["cell"], 0)]
        placed = (rows["cell"] >= 0) & (settlement >= 0)
        channel = rows["reported_to"]
        reported = (rows["handed"] == 1) | ((channel != REPORTED_TO_NOBODY) & (channel != COMMUNAL))
        chosen = {"crimes": placed, "told": placed & reported, "recorded": placed & (rows["recorded"] == 1)}
        unit = self.units.of_settlement[np.maximum(settlement, 0)]
        return UnitCrimes(
            {name: np.bincount(unit[flags], minlength=self.units.n).astype(float) for name, flags in chosen.items()}
        )

    def simulate(self, world: "TrustModel", end: int, report: ReportProgress) -> Iterator[UnitCrimes]:
        """Simulate a world month by month to a tick; yield the crimes of each month."""
        while world.tick < end:
            shifts = min(end, tick_of(first_of_month(world.month + 1))) - world.tick
            world.advance(shifts)
            report(shifts)
            yield self.crimes(world)


def run_lottery(lottery: Lottery, report: ReportProgress) -> LotteryResult:
    """Simulate the baseline and the paired worlds of a lottery, and ask in all waves."""
    trial, calendar = TrialTown.of(lottery), lottery.design.calendar
    base = trial.world(trial.scenario, simulated_start(lottery.spec, trial.town), own=True)
    report(lottery.spec.shifts - lottery.spec.reported_shifts)
    before = FollowedWorld(months=list(trial.simulate(base, tick_of(calendar.begins), report)))
    frame = AdultFrame.of(base, trial.units.of_settlement)
    plan = SurveyPlan(lottery.design.survey, frame, AnswerScale.of(base), lottery.seed, WaveState.of(base, frame))
    start = base.checkpoint()
    records = {arm: followed_world(trial, arm, start, frame, report) for arm in ARMS}
    base.release()
    facts = LotteryFacts(
        account=lottery.account, treated=int(trial.assignment.sum()), adults=np.diff(frame.starts).tolist()
    )  # fmt: skip
    tables = {
        "truth": truth_table(trial, frame, plan.scale, records),
        "estimates": estimate_table(trial, plan, records),
        "records": record_table(trial, before, records),
    }
    return LotteryResult(facts, {name: arrow_table(table) for name, table in tables.items()})


def followed_world(
    trial: TrialTown, arm: str, start: "Checkpoint", frame: AdultFrame, report: ReportProgress
) -> FollowedWorld:
    """Return the waves and crimes of one paired world after the baseline."""
    world, record = trial.world(trial.scenario_of(arm), start), FollowedWorld()
    for months in trial.lottery.design.calendar.follow_up:
        end = tick_of(trial.lottery.design.calendar.month_after(months))
        record.months += trial.simulate(world, end, report)
        record.waves.append(WaveState.of(world, frame))
    world.release()
    return record


def truth_table(
    trial: TrialTown, frame: AdultFrame, scale: AnswerScale, records: Mapping[str, FollowedWorld]
) -> pd.DataFrame:
    """Return the true effects of all waves."""
    rows = []
    for wave, months in enumerate(trial.lottery.design.calendar.follow_up):
        arms = Arms(*(records[arm].waves[wave] for arm in ARMS))
        effects = TrueEffects.of(arms, frame, scale)
        rows += [{"months": months} | row for row in effects.rows(trial.assignment, trial.units.of_station)]
    return pd.DataFrame(rows)


def estimate_table(trial: TrialTown, plan: SurveyPlan, records: Mapping[str, FollowedWorld]) -> pd.DataFrame:
    """Return the estimates of all surveys with the policy, and in the twin by the same and other assignments."""
    design, surveys = trial.lottery.design, trial.lottery.design.worlds.surveys
    part, nobody = (survey_means(plan, records[arm].waves, surveys) for arm in (PART, NOBODY))
    analyses = (
        (POLICY, part, None),
        (SAME_ASSIGNMENT, nobody, None),
        (TWIN, nobody, other_assignments(trial, surveys)),
    )
    blocks = [
        pd.DataFrame(row)
        for world, means, assignments in analyses
        for row in estimate_rows(means, trial.assignment, design.calendar.follow_up, world, assignments)
    ]
    return pd.concat(blocks, ignore_index=True)


def other_assignments(trial: TrialTown, number: int) -> Sequence[Flags]:
    """Return a number of other random assignments of the same units."""
    seed, treated = trial.lottery.seed, int(trial.assignment.sum())
    return [random_assignment(seed, 1 + k, trial.units.n, treated) for k in range(number)]


def record_table(trial: TrialTown, before: FollowedWorld, records: Mapping[str, FollowedWorld]) -> pd.DataFrame:
    """Return the log rate ratios of crimes on record, with the policy and in the twin by other assignments."""
    design = trial.lottery.design
    length, assignments = design.calendar.baseline, other_assignments(trial, design.worlds.surveys)
    earlier = before.window(len(before.months), length)
    rows = []
    for months in design.calendar.follow_up if design.records else ():
        arms = {arm: record.window(months, length) for arm, record in records.items()}
        found = record_rows(earlier, arms, trial.assignment, months, assignments)
        rows += [row for row in found if row["record"] in design.records]
    return pd.DataFrame(rows, columns=RECORD_COLUMNS)


def arrow_table(table: pd.DataFrame) -> "pa.Table":
    """Return a table in the form in which it is stored."""
    import pyarrow as pa

    return pa.Table.from_pandas(table, preserve_index=False)
