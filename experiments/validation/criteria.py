"""Criteria in twin worlds: beside the paper's words, what each answers to, and over the ranges of what is assumed."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.criteria_effects import SITES, draw_lines, mean_scores
from experiments.execution.run_requests import asked
from experiments.execution.run_set import run_all
from experiments.statistics.paired_effects import paired
from experiments.storage.run_folder import joined
from model.measures.criteria import CRITERIA, GRADES, grade_index


@dataclass(frozen=True)
class CriteriaWorld:
    """Change of a world: policies, numbers, or both."""

    told: str
    policies: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()


STATED: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
WORLDS = {
    name: CriteriaWorld(one["told"], tuple(one.get("policies", ())), tuple(one.get("sets", ())))
    for name, one in STATED["worlds"].items()
}
STATUS_QUO = CriteriaWorld("status quo")
RANGES: dict[str, list[float]] = STATED["ranges"]
"""Low and high end of each assumed number that criteria may hang on."""
MOVED, STILL = 0.03, 0.02
"""Change by which a criterion has moved, and up to which it stands; above twice its error besides."""
YEARS = 3.0
FEW = 4
"""Seeds of each world beside the status quo; twins of the same seeds."""
RANGE_SEEDS = 2
GAMING = ("forms", "routes", "responses", "empty", "no")
ONLY_UP = {"pressure", *GAMING}
type Table = Mapping[str, np.ndarray]
"""A criterion's scores by seed."""
type Ends = Mapping[tuple[str, float], Table]
"""Criteria by number and value, at one site."""


def show_criteria(*, years: float, replicates: int, workers: int, scale: float = 1.0) -> None:
    """Run the status quo of both sites, and all worlds on fewer seeds, and print what the criteria say of them."""
    few = min(FEW, replicates)
    usual = {site: last_months(site, STATUS_QUO, years, replicates, workers, scale) for site in SITES}
    anchors = asked(SITES[0])[0].scenario.anchors
    print("\n".join(draw_lines({site: mean_scores(months, anchors) for site, months in usual.items()})))
    base = {site: table_of(months) for site, months in usual.items()}
    print("\n".join(paper_lines(base)))
    found = {
        site: {name: table_of(last_months(site, world, years, few, workers, scale)) for name, world in WORLDS.items()}
        for site in SITES
    }
    print("\n".join(response_lines(base, found, years, few)))


def last_months(
    site: str, world: CriteriaWorld, years: float, replicates: int, workers: int, scale: float
) -> pd.DataFrame:
    """Return the months of a world at one site, seed by seed."""
    sets = [*world.sets, *([] if scale == 1.0 else [f"population.scale={scale}"])]
    specs = asked(site, policies=world.policies, sets=sets, years=years, replicates=replicates)
    runs = run_all(specs, workers=workers, label=f"{site}, {world.told}").whole
    months: pd.DataFrame = joined(runs)["measures"].to_pandas()
    return months


def table_of(months: pd.DataFrame) -> Table:
    """Return each criterion at the end of every run, by seed."""
    last = months.sort_values("month").groupby("seed", sort=True).tail(1).sort_values("seed")
    return {name: last[name].to_numpy() for name in CRITERIA}


def mean_of(values: np.ndarray) -> float:
    """Return the mean over the seeds with a score; nan where none has one."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan


def graded(score: float, grade: str) -> bool:
    """Tell whether a score has this grade, as the tables name it."""
    return not math.isnan(score) and GRADES[grade_index(score)] == grade


def verdicts(base: Mapping[str, Table]) -> Iterator[tuple[str, bool, str]]:
    """Yield L01 to L06 with whether each is met and the numbers behind it."""
    vc, tot = base["villa_canales"], base["totonicapan"]
    both = (vc, tot)
    mean = [{name: mean_of(one[name]) for name in CRITERIA} for one in both]
    c1, c2, c3 = ([one[name] for one in mean] for name in ("c1", "c2", "c3"))
    passed = all(graded(one, "acceptable") for one in c1) and abs(c1[0] - c1[1]) < 0.15
    yield "L01 C1 acceptable at both", passed, f"{c1[0]:.2f}, {c1[1]:.2f}"
    yield "L02 C2 passable in Villa Canales", graded(c2[0], "passable"), f"{c2[0]:.2f}"
    n = min(len(vc["c2"]), len(tot["c2"]))
    apart = share(tot["c2"][:n] - vc["c2"][:n] > 0.15)
    yield (
        "L03 C2 strong in Totonicapán",
        graded(c2[1], "strong") and apart >= 0.95,
        f"{c2[1]:.2f}; above VC in {apart:.0%}",
    )
    limited = all(graded(one, "limited") and one < first for one, first in zip(c3, c1, strict=True))
    yield "L04 C3 limited at both", limited, f"{c3[0]:.2f}, {c3[1]:.2f}"
    least = [share(one["c4"] < np.minimum(np.minimum(one["c1"], one["c2"]), one["c3"])) for one in both]
    weak = min(least) >= 0.95 and max(one["c4"] for one in mean) < 0.3
    yield "L05 C4 weakest at both", weak, f"in {least[0]:.0%}, {least[1]:.0%} of seeds"
    order = (
        share((vc["c1"] >= vc["c2"]) & (vc["c2"] > vc["c3"]) & (vc["c3"] > vc["c4"])),
        share((tot["c2"] >= tot["c1"]) & (tot["c1"] > tot["c3"]) & (tot["c3"] > tot["c4"])),
    )
    yield "L06 their order", min(order) >= 0.9, f"in {order[0]:.0%}, {order[1]:.0%} of seeds"


def share(holds: np.ndarray) -> float:
    """Return the share of seeds in which something holds."""
    return float(np.mean(holds))


def paper_lines(base: Mapping[str, Table]) -> Iterator[str]:
    """Yield the criteria beside the paper's words, and what the paper found, met or not."""
    yield ""
    yield "Beside the paper (2017-18), which set no number; at the stated anchors"
    for place, site in enumerate(SITES):
        for name, word in STATED["paper"].items():
            value = mean_of(base[site][name])
            here = "null" if math.isnan(value) else GRADES[grade_index(value)]
            yield f"  {site:15}{name:5}{value:6.2f}  here {here:12} paper {word[place]}"
    for told, passed, numbers in verdicts(base):
        yield f"  {told:34}{'passed' if passed else 'FAILED':8}{numbers}"


def answer(base: Table, world: Table, name: str) -> tuple[float, float]:
    """Return how much a criterion changed in twins, and its error."""
    n = len(world[name])
    effect = paired(base[name][:n].tolist(), world[name].tolist())
    return effect.effect, effect.error


def response_lines(
    base: Mapping[str, Table], found: Mapping[str, Mapping[str, Table]], years: float, seeds: int
) -> Iterator[str]:
    """Yield what each criterion answers to, where it should and where it should not, and to what only pretends."""

    def answers(key: str, name: str, wanted: bool, sign: float = 1.0) -> str:
        changes = [answer(base[site], found[site][key], name) for site in SITES]
        marked = ((*one, " " if fits(*one, wanted, sign, key) else "*") for one in changes)
        return f"{WORLDS[key].told:28}" + "".join(f"{c:+.3f} ±{error:.3f}{mark}".rjust(18) for c, error, mark in marked)

    yield ""
    yield f"Answers after {years:g} years, {seeds} twins: change ± error in both sites; * not as it should be"
    for name in CRITERIA:
        for wanted, heading in ((True, "should"), (False, "should_not")):
            yield f"{name} {'should move' if wanted else 'should not'}"
            for stated in STATED[heading][name]:
                yield f"  {answers(stated.lstrip('-'), name, wanted, -1.0 if stated.startswith('-') else 1.0)}"
    yield "Gaming on every criterion"
    for key in GAMING:
        for name in CRITERIA:
            yield f"  {name[:4]} {answers(key, name, False)}"


def fits(change: float, error: float, wanted: bool, sign: float, key: str) -> bool:
    """Tell if a criterion answers as it should: moves, or stands within what luck does; what pretends may lower it."""
    if wanted:
        return bool(sign * change >= MOVED)
    size = change if key in ONLY_UP else abs(change)
    return bool(size <= max(STILL, 2.0 * error) or np.isnan(change))


def show_ranges(*, years: float, replicates: int, workers: int, scale: float = 1.0) -> None:
    """Run the status quo of both sites with each number at either end, and print how far the criteria go."""
    for site in SITES:
        base = table_of(last_months(site, STATUS_QUO, years, replicates, workers, scale))
        ends = {
            (name, value): table_of(last_months(site, world_with(name, value), years, replicates, workers, scale))
            for name, both in RANGES.items()
            for value in both
        }
        print("\n".join(range_lines(site, base, ends, years, replicates)))


def world_with(name: str, value: float) -> CriteriaWorld:
    """Return the status quo with one number otherwise."""
    return CriteriaWorld(f"{name} = {value:g}", (), (f"{name}={value!r}",))


def range_lines(site: str, base: Table, ends: Ends, years: float, seeds: int) -> Iterator[str]:
    """Yield how far each criterion goes at one site, between which words, and what takes it there."""
    yield f"{site}: criteria after {years:g} years over the ranges of what is assumed, one number at a time,"
    yield f"{seeds} twins: status quo, lowest and highest mean, and the number that leads there; then every change"
    for name in CRITERIA:
        means = {key: mean_of(table[name]) for key, table in ends.items()}
        known = {key: value for key, value in means.items() if not math.isnan(value)}
        now = mean_of(base[name])
        if not known or math.isnan(now):
            yield f"  {name:15} null: too few events"
            continue
        low, high = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
        told = " to ".join(
            f"{known[key]:.2f} {GRADES[grade_index(known[key])]} ({key[0]} {key[1]:g})" for key in (low, high)
        )
        yield f"  {name:15}{now:.2f} {GRADES[grade_index(now)]}: {told}"
    yield "".join(["  ", "change ± error".ljust(32), *(name.rjust(16) for name in CRITERIA)])
    for (number, value), table in ends.items():
        cells = (answer(base, table, name) for name in CRITERIA)
        yield f"  {f'{number} {value:g}':32}" + "".join(
            ("-" if math.isnan(change) else f"{change:+.3f} ±{error:.3f}").rjust(16) for change, error in cells
        )
    yield ""
