"""Parameters that are means of the model's own status quo: their present values, and those measured in runs.

``python -m experiments.dev.examinations.usual_levels`` prints them. They are the levels at which a belief or a
behaviour has its usual value: patrol seen and arrests per offence, patrols seen and losses of cliques, and the hours
set by chiefs. ``certainty.level`` is the factor at which crime is as high as without certainty, cover and absence; it
comes from paired runs with these three off. A change of one moves the others: repeat the command until they converge,
after every change of a strength in `deterrence` or `certainty`.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from experiments.dev.examinations.variance import ignore_progress, print_lines
from experiments.execution.run_requests import plan_runs
from experiments.execution.run_tables import measures_table
from experiments.execution.runs import simulated_twins
from experiments.storage.run_spec import parameter_value
from model.gangs.cliques import Cliques
from model.gangs.gangs import CLIQUES
from model.simulation.model import TrustModel
from model.town.crime_kinds import OFFENDERS
from model.town.town import build_town
from model.world.state import HOUR_USES

SITE = "villa_canales"
"""The reference town."""
SWITCHED_OFF = tuple(f"mechanisms.{name}=false" for name in ("certainty", "deterrence", "offenders"))
"""Settings without certainty, cover (deterrence) and absence of offenders."""
KINDS = ("robbery", "theft", "vehicle_theft", "theft_from_vehicle", "burglary", "assault")
"""Kinds of crime with a hazard multiplied by `certainty.level`, apart from the rare killings."""


def levels_of_measures(months: pd.DataFrame) -> dict[str, float]:
    """Return the levels computed from the measures of a run, over its months."""
    blocks = months[[f"blocks_{use}" for use in HOUR_USES]].sum()
    hours = {f"chief.usual_{use}": float(blocks[f"blocks_{use}"] / blocks.sum()) for use in HOUR_USES[1:]}
    caught = {f"certainty.usual_{group}": float(months[f"caught_{group}"].mean()) for group in OFFENDERS}
    return {"certainty.usual_seen": float(months["presence_seen"].mean())} | caught | hours


def levels_of_cliques(world: TrustModel) -> dict[str, float]:
    """Return the levels computed from the state of the cliques at the end of a run."""
    cliques, p = world.state[CLIQUES], world.parameters[Cliques][0]
    cliques = cliques[cliques["alive"] == 1]
    return {
        "cliques.usual": float(cliques["caught"].sum() / cliques["exposed"].sum()),
        "cliques.usual_seen": float(np.mean(cliques["seen"] / (cliques["seen"] + p.seen_half))),
        "cliques.lost_usual": float(cliques["lost"].sum() / cliques["member_months"].sum()),
    }


def crimes_of(months: pd.DataFrame) -> float:
    """Return the number of crimes of `KINDS` in a run."""
    return float(months[[f"crimes_occurred_{kind}" for kind in KINDS]].to_numpy().sum())


def measured_levels(sets: Sequence[str], years: float, seeds: int) -> pd.DataFrame:
    """Return the levels of the reference town, one row per seed."""
    arms = [
        plan_runs(SITE, sets=arm_settings, years=years, replicates=seeds)
        for arm_settings in (sets, [*sets, *SWITCHED_OFF])
    ]
    town, rows_of_seeds = build_town(arms[0][0].scenario), []
    for pair in zip(*arms, strict=True):
        crimes: list[float] = []
        levels: dict[str, float] = {}
        for spec, world, _ in simulated_twins(pair, town, ignore_progress):
            months = measures_table(world, spec).to_pandas()
            crimes.append(crimes_of(months))
            levels = levels or levels_of_measures(months) | levels_of_cliques(world)
        level = float(pair[0].scenario["certainty"].level)
        rows_of_seeds.append({"certainty.level": level * crimes[1] / crimes[0]} | levels)
    return pd.DataFrame(rows_of_seeds)


def lines(sets: Sequence[str], years: float, seeds: int) -> Iterator[str]:
    """Yield each parameter: present value, mean over runs, and standard error over seeds."""
    yield f"{SITE}, {years:g} years after the warm-up, {seeds} seeds {' '.join(sets)}".rstrip()
    scenario, levels = plan_runs(SITE, sets=sets)[0].scenario, measured_levels(sets, years, seeds)
    for name in levels:
        mean, error = levels[name].mean(), levels[name].std() / seeds**0.5
        yield f"{name:<26}{parameter_value(scenario, str(name)):>10.4g} -> {mean:>8.4g} ±{error:.2g}"


if __name__ == "__main__":
    print_lines(lines, "usual_levels", None, 8, years=3.0)
