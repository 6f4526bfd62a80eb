"""What twins save: variance of an effect with independent seeds over that with twins: `python -m experiments.variance`.

Three small changes (two more points of fair treatment, .05 log-odds of telling the state, two more couples at the
station) and the large policies that are named, on crimes told, trust and homicides.
"""

import argparse
import dataclasses
from collections.abc import Iterator, Sequence

import pandas as pd

from experiments.effects import by_seed
from experiments.headlines import BY_NAME
from experiments.plan import Plan, make_plan
from experiments.progress import Progress
from experiments.side_by_side import finished, twins
from experiments.twins import paired
from experiments.worlds import go_on, shifts_of, simulate
from model.calendar import tick_of
from model.errors import InputError
from model.scenario import Scenario
from model.town import build_town

MEASURES = ("crimes_told", "trust_mean", "homicides")
LARGE = ("mopsic_full", "everything", "reporting_support", "resources_only")
N_LARGE = 2
COURTESY, TELLING = 0.125, 0.05
"""Log-odds: .125 at four fair contacts in five are two points."""
COUPLES, SEATS, GROUPS = 2, 2, 3
GOAL = 10.0


def changed(scenario: Scenario, group: str, key: str, by: float) -> Scenario:
    """Return a scenario in which one number is larger by so much."""
    old = scenario.groups[group]
    new = dataclasses.replace(old, **{key: getattr(old, key) + by})
    return dataclasses.replace(scenario, groups={**scenario.groups, group: new})


def more_couples(scenario: Scenario) -> Scenario:
    """Return a scenario whose first station has the officers of two more couples in each group."""
    first = next(one for one in scenario.facilities if one.station)
    more = dataclasses.replace(first, officers=first.officers + COUPLES * SEATS * GROUPS)
    return dataclasses.replace(scenario, facilities=tuple(more if one is first else one for one in scenario.facilities))


def arms_of(base: Plan, large: Sequence[Plan]) -> dict[str, Plan]:
    """Return the plans whose effects are measured, by name."""
    scenario = base.scenario
    small = {
        "courtesy + 2 points": changed(scenario, "contacts", "fair", COURTESY),
        "telling + .05 log-odds": changed(scenario, "reporting", "intercept", TELLING),
    }
    arms = {name: dataclasses.replace(base, scenario=one) for name, one in small.items()}
    return arms | {plan.policy: plan for plan in large}


def large_plans(site: str, **options: object) -> list[Plan]:
    """Return plans of the first large policies that there are."""
    found = []
    for name in LARGE:
        try:
            found.append(make_plan(site, policies=[name], **options))  # type: ignore[arg-type]
        except InputError:
            continue
    return found[:N_LARGE]


def quiet(shifts: int) -> None:
    """Take no note of the shifts that were simulated."""


def months(base: Plan, arms: dict[str, Plan]) -> dict[str, pd.DataFrame]:
    """Run all arms of all seeds side by side; return their measures by name."""
    town = build_town(base.scenario)
    found: dict[str, list[pd.DataFrame]] = {}
    progress = Progress("variance", len(base.seeds) * (len(arms) + 2))
    more = dataclasses.replace(base, scenario=more_couples(base.scenario))
    larger = build_town(more.scenario)
    for number, seed in enumerate(base.seeds):
        plans = {"status quo": base, **arms}
        for (name, plan), world in zip(plans.items(), twins(list(plans.values()), seed, town, quiet), strict=True):
            run = finished(world, plan, go_on(world, tick_of(plan.until), quiet), whole=False)
            found.setdefault(name, []).append(run.tables["measures"].to_pandas())
        run = simulate(more, seed, larger, quiet)
        found.setdefault("two more couples", []).append(run.tables["measures"].to_pandas())
        progress.reach((number + 1) * (len(arms) + 2))
    progress.close()
    return {name: pd.concat(parts) for name, parts in found.items()}


def lines(site: str, scale: float, years: float, seeds: int) -> Iterator[str]:
    """Yield the table of ratios."""
    options = {"sets": [f"population.scale={scale:g}"], "years": years, "replicates": seeds}
    base = make_plan(site, **options)  # type: ignore[arg-type]
    tables = months(base, arms_of(base, large_plans(site, **options)))
    status_quo = tables.pop("status quo")
    yield f"{site}, scale {scale:g}, {years:g} years ({shifts_of(base)} shifts with warm-up), {seeds} seeds"
    yield "variance of the effect with independent seeds over that with twins"
    yield (
        f"{'':<26}"
        + "".join(BY_NAME[name].en.rjust(26) for name in MEASURES[:1])
        + "".join(BY_NAME[name].en.rjust(22) for name in MEASURES[1:])
    )
    for name, table in tables.items():
        cells = [ratio(status_quo, table, measure) for measure in MEASURES]
        yield f"{name:<26}" + cells[0].rjust(26) + "".join(cell.rjust(22) for cell in cells[1:])


def ratio(base: pd.DataFrame, arm: pd.DataFrame, measure: str) -> str:
    """Return the ratio of variances for one measure, or that no pair of twins differs."""
    sides = [by_seed(side, BY_NAME[measure].of) for side in (base, arm)]
    effect = paired(*(list(side.values()) for side in sides))
    if effect.same == effect.n:
        return "no twins differ"
    return f"{effect.variance_ratio:,.1f}{'' if effect.variance_ratio >= GOAL else ' (below 10)'}"


def main() -> None:
    """Print the table for the site and size that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="villa_canales")
    parser.add_argument("--scale", type=float, default=0.25)
    parser.add_argument("--years", type=float, default=1.0)
    parser.add_argument("--seeds", type=int, default=30)
    asked = parser.parse_args()
    for line in lines(asked.site, asked.scale, asked.years, asked.seeds):
        print(line, flush=True)


if __name__ == "__main__":
    main()
