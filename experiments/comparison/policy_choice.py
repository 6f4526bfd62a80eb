"""Translate a visitor's choice of measures into the equivalent comparison and its runs."""

import dataclasses
import datetime
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from experiments.comparison.comparison import Request, arms_of
from experiments.comparison.decision_measures import POLICY, ChosenSteps, file_of, policy_of
from experiments.comparison.over_draws import comparison_key
from experiments.execution.run_requests import date_after
from experiments.storage.result_tables import STATUS_QUO
from experiments.storage.run_identity import digest_of, settings_of
from experiments.storage.run_spec import MAX_SCENARIOS_OF_PAGE, RunSpec, forget_scenarios, values_of
from model.engine.calendar import SHIFTS
from model.engine.errors import InputError
from model.engine.scenario import Scenario

MAX_PAIRS = 8
FIXED_TOWN = "population.seed=1"
"""All paired runs of the page share one town, the one that its maps show."""
HORIZONS = (1, 2, 3, 5, 10)
POLICY_FILE = f"{POLICY}.toml"
PROGRAM_TEMPLATE = """from confianza import TrustModel, load

for seed in range({first}, {last} + 1):
    ends = []
    for policies in ([], {policies}):
        world = TrustModel(load("{site}", policies=policies, set={sets}), rng=seed)
        world.run_for({shifts})
        months = world.datacollector.get_model_vars_dataframe()
        ends.append(100 * months["trust_mean"].tail(12).mean())
    print(seed, *ends, ends[-1] - ends[0])
"""
"""Program that repeats the effect on trust, pair by pair."""


@dataclass(frozen=True)
class Choice:
    """A visitor's choice: municipality, measures with their start date, horizon in years, seed and settings."""

    site: str
    chosen: ChosenSteps = ()
    begins: datetime.date | None = None
    years: int = 2
    seed: int = 1
    sets: tuple[str, ...] = ()

    def request(self, file: str) -> Request:
        """Return the equivalent comparison with today; ``file`` is the policy file of the measures."""
        arms = (STATUS_QUO, file)
        more: dict[str, Any] = {"sets": (FIXED_TOWN, *self.sets), "years": float(self.years), "seed": self.seed}
        return Request(arms=arms, scenarios=(self.site,), replicates=MAX_PAIRS, **more)

    @property
    def command(self) -> str:
        """Command that repeats the comparison in the folder of its policy file."""
        return self.request(f"./{POLICY_FILE}").command

    def draws_key(self, scenario: Scenario) -> str:
        """Return the key of its results over draws (`experiments.comparison.over_draws.comparison_key`)."""
        moved = dataclasses.replace(scenario, policies=(policy_of(self.chosen, self.begins),))
        return comparison_key(settings_of(moved), date_after(scenario.start, self.years).isoformat())

    @property
    def policy_text(self) -> str:
        """Text of the policy file of its measures."""
        return file_of(policy_of(self.chosen, self.begins))


@lru_cache(maxsize=16)
def runs_of(choice: Choice, folder: Path) -> tuple[tuple[RunSpec, ...], ...]:
    """Return the runs of the world as today and, if any measure is chosen, of that with them, seed by seed."""
    if choice.years not in HORIZONS:
        raise InputError(f"years must be one of {', '.join(map(str, HORIZONS))}, got {choice.years}")
    return runs_with_file(choice.policy_text, folder, POLICY_FILE, choice.request)[: 2 if choice.chosen else 1]


def runs_with_file(
    text: str, folder: Path, name: str, request: Callable[[str], Request]
) -> tuple[tuple[RunSpec, ...], ...]:
    """Write a policy file into a folder; return the runs of each arm of the comparison that uses it, seed by seed.

    ``request`` returns the comparison for the path of that file.
    """
    planned, _ = arms_of(request(str(policy_file_in(folder, text, name))))
    return tuple(arm.specs for arm in planned)


def policy_file_in(folder: Path, text: str, name: str) -> Path:
    """Write a policy file into a folder, unless it is there; return its path."""
    forget_scenarios(MAX_SCENARIOS_OF_PAGE)
    place = folder / digest_of(text.encode()) / name
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.is_file():
        # Renamed into place, since two visitors may ask for the same measures at once, each in a thread.
        draft = place.with_name(f"{name}.{threading.get_ident()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(place)
    return place


def program_of(request: Request, policies: Sequence[str], start: datetime.date) -> str:
    """Return a Python program that repeats the effect of policies on trust.

    Parameters
    ----------
    request
        Comparison of whole years in one municipality.
    policies
        Policies of the second arm, as `load` takes them.
    start
        First day of the municipality.
    """
    years = int(request.years or 1)
    return PROGRAM_TEMPLATE.format(
        first=request.seed,
        last=request.seed + request.replicates - 1,
        site=request.scenarios[0],
        policies=json.dumps(list(policies)),
        sets=json.dumps(values_of(request.sets)),
        shifts=SHIFTS * (start.replace(year=start.year + years) - start).days,
    )
