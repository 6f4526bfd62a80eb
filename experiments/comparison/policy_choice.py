"""Turn the choice of a visitor of the decision view into the comparison that repeats it and the runs that it takes."""

import datetime
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from experiments.comparison.comparison import arms_of
from experiments.comparison.comparison_request import Request
from experiments.comparison.decision_measures import POLICY, Chosen, file_of, policy_of
from experiments.storage.result_tables import STATUS_QUO
from experiments.storage.run_spec import RunSpec, forget_scenarios
from model.engine.errors import InputError

TWINS = 8
ONE_TOWN = "population.seed=1"
"""All paired runs of the page live in one town, which its pictures show."""
HORIZONS = (1, 2, 5, 10)
FILE = f"{POLICY}.toml"


@dataclass(frozen=True)
class Choice:
    """A municipality, measures with the date from which they hold, a horizon, and a seed."""

    site: str
    chosen: Chosen = ()
    begins: datetime.date | None = None
    years: int = 2
    seed: int = 1
    sets: tuple[str, ...] = ()

    def request(self, file: str) -> Request:
        """Return the comparison with today that this means, where the measures lie in a file."""
        arms = (STATUS_QUO, file)
        more: dict[str, Any] = {"sets": (ONE_TOWN, *self.sets), "years": float(self.years), "seed": self.seed}
        return Request(arms=arms, scenarios=(self.site,), replicates=TWINS, **more)

    @property
    def command(self) -> str:
        """The command that repeats it where the file of its measures lies."""
        return self.request(f"./{FILE}").command

    @property
    def file(self) -> str:
        """Its measures as a policy file."""
        return file_of(policy_of(self.chosen, self.begins))


@lru_cache(maxsize=16)
def runs_of(choice: Choice, folder: Path) -> tuple[tuple[RunSpec, ...], ...]:
    """Return the runs of the world as today and, if anything is moved, of that with the measures, seed by seed."""
    forget_scenarios()
    if choice.years not in HORIZONS:
        raise InputError(f"years must be one of {', '.join(map(str, HORIZONS))}, got {choice.years}")
    text = choice.file
    place = folder / hashlib.sha256(text.encode()).hexdigest()[:16] / FILE
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    planned, _ = arms_of(choice.request(str(place)))
    return tuple(arm.specs for arm in planned[: 2 if choice.chosen else 1])
