"""Means of the regressors of utilities, at which intercepts absorb a change of slope.

Observed frequencies, such as that of reporting, identify only the sum of intercept and slope term at the mean of the
regressor. Draws and accounts that change a slope change the intercept so that this sum stays.
``python -m experiments.validation.slopes`` measures the means in the reference town and writes ``slopes.toml``.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from experiments.storage.writing import write_atomically
from experiments.validation.calibration import SITE
from experiments.validation.impression_replay import adults_present
from experiments.words.toml_files import toml_beside
from model.engine.calendar import YEAR
from model.reporting.reporting import LOSS_UNIT
from model.simulation.columns import MINDS
from model.simulation.model import TrustModel
from model.town.crime_kinds import DOMESTIC
from model.world.shift_events import NOBODY
from scenarios import load
from scenarios.groups import find_parameter

FILE = Path(__file__).with_name("slopes.toml")
SLOPES_OF_INTERCEPT: Mapping[str, Mapping[str, str]] = {
    "reporting.intercept": {
        "reporting.severity": "severity", "reporting.loss": "loss", "reporting.trust": "trust_over_half",
    },
    "reporting.follow": {
        "reporting.follow_severity": "severity_told", "reporting.follow_trust": "trust_over_half",
    },
    "seeking_help.intercept": {
        "seeking_help.severity": "severity_at_home", "seeking_help.trust": "trust_over_half",
        "seeking_help.fear": "no_fear",
    },
    "investigation.witness": {"investigation.witness_trust": "trust_over_half"},
    "investigation.tip": {"investigation.tip_trust": "trust_over_half"},
    "collective_violence.calm": {
        "collective_violence.police": "no_distrust", "collective_violence.courts": "no_disbelief",
    },
}  # fmt: skip
"""Slopes of each intercept, and the mean that multiplies each; `no_…` are terms subtracted."""


@cache
def stored_means() -> Mapping[str, float]:
    """Return the means stored in the file."""
    return toml_beside(__file__)


def intercepts(values: Mapping[str, float]) -> dict[str, float]:
    """Return the intercepts that keep mean utilities of the reference town under changed slopes.

    >>> round(intercepts({"investigation.tip_trust": 0.0})["investigation.tip"], 2)
    -5.46
    """
    found = {}
    for intercept, slopes in SLOPES_OF_INTERCEPT.items():
        moved = {name: stored_means()[mean] for name, mean in slopes.items() if name in values}
        if moved:
            start = values.get(intercept, default_of(intercept))
            shift = sum(mean * (values[name] - default_of(name)) for name, mean in moved.items())
            found[intercept] = clip_to_limits(intercept, start - shift)
    return found


def clip_to_limits(name: str, value: float) -> float:
    """Return a value clipped to the valid limits of its parameter."""
    group, key = find_parameter(name)
    spec = group.parameter_specs()[key]
    return min(max(value, spec.low), spec.high)


def default_of(name: str) -> float:
    """Return the default of a parameter."""
    group, key = find_parameter(name)
    return float(getattr(group(), key))


def measured_means(scale: float = 1.0) -> dict[str, tuple[float, str]]:
    """Return the means in a year of the reference town without policies, by name, and a description of each."""
    world: Any = TrustModel(load(SITE, set={"population.scale": scale}), rng=1, keep=("incidents",))
    world.advance(YEAR)
    rows = np.concatenate(world.kept["incidents"])
    adults = adults_present(world)
    street, reported = rows[rows["kind"] != DOMESTIC], rows["reported_to"] != NOBODY
    trust, fear = float(world.trust()[adults].mean()), float(world.state[MINDS]["fear"][adults].mean())
    return {
        "severity": (float(street["severity"].mean()), "severity of crimes outside the home"),
        "severity_told": (float(rows["severity"][reported].mean()), "severity of crimes that are told"),
        "severity_at_home": (float(rows["severity"][rows["kind"] == DOMESTIC].mean()), "severity of acts at home"),
        "loss": (float(np.log1p(street["loss"] / LOSS_UNIT).mean()), "logarithm of 1 + loss in hundreds of quetzals"),
        "trust_over_half": (trust - 0.5, "trust of adults less one half"),
        "no_fear": (-fear, "fear of adults, subtracted"),
        "no_distrust": (trust - 1.0, "distrust of adults, subtracted"),
        "no_disbelief": (-0.5, "disbelief in courts at usual service, subtracted"),
    }


def main() -> None:
    """Measure the means and write them."""
    lines = ["# Made by `python -m experiments.validation.slopes`: means in a year of the reference town."]
    lines += [f"{name} = {value:.3g}  # {about}" for name, (value, about) in measured_means().items()]
    write_atomically(FILE, ("\n".join(lines) + "\n").encode())
    print("\n".join(lines))


if __name__ == "__main__":
    main()
