"""All runs of a plan, through the one pool."""

from dataclasses import dataclass, field
from pathlib import Path

from experiments.runs.plan import Plan, shifts_of
from experiments.runs.pool import carry_out
from experiments.runs.seats import Tell
from experiments.runs.towns import TOWNS
from experiments.runs.worlds import Finished, simulate


@dataclass(frozen=True)
class Replicate:
    """One run of a plan, which may leave its State in a folder."""

    plan: Plan
    seed: int
    save: Path | None = None

    @property
    def key(self) -> str:
        """What tells it from every other run of the plan."""
        return f"seed {self.seed}"

    @property
    def shifts(self) -> int:
        """Shifts that it simulates."""
        return shifts_of(self.plan)


@dataclass
class Outcome:
    """The runs that were finished, in order of their seeds."""

    finished: list[Finished] = field(default_factory=list)
    interrupted: bool = False


def run_all(plan: Plan, workers: int = 1, save: Path | None = None, label: str = "running") -> Outcome:
    """Run every seed of a plan; an interruption keeps what was finished."""
    outcome = carry_out([Replicate(plan, seed, save) for seed in plan.seeds], replicate, workers, label)
    return Outcome(outcome.results, outcome.interrupted)


def replicate(job: Replicate, tell: Tell) -> Finished:
    """Run one seed."""
    return simulate(job.plan, job.seed, TOWNS.of(job.plan.scenario), tell, job.save)
