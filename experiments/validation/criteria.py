"""Criteria in twin worlds: beside the paper's words, and what each answers to that it should, or should not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.comparison.criteria_effects import SITES, draw_lines, mean_scores
from experiments.execution.run_requests import asked
from experiments.execution.run_set import run_all
from experiments.statistics.paired_effects import paired
from experiments.storage.run_folder import joined
from model.measures.criteria import CRITERIA, GRADES, grade_index

PAPER = {
    "c1": ("acceptable", "acceptable"),
    "c2": ("passable", "strong"),
    "c3": ("limited", "limited"),
    "c4": ("weakest", "weakest"),
}
"""The paper's words for Villa Canales and Totonicapán (L01 to L05): compared with, never fitted."""
MOVED, STILL = 0.03, 0.02
"""Change by which a criterion has moved, and up to which it stands; above twice its error besides."""
YEARS = 3.0
FEW = 4
"""Seeds of each world beside the status quo; twins of the same seeds."""
type Table = Mapping[str, np.ndarray]
"""A criterion's scores by seed."""


@dataclass(frozen=True)
class CriteriaWorld:
    """Change of a world: a policy, numbers, or both."""

    told: str
    policies: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()


WORLDS = {
    "team": CriteriaWorld("order: teams", ("practice_team",)),
    "area": CriteriaWorld("order: area", ("practice_area",)),
    "analysis": CriteriaWorld("order: analysis", ("practice_analysis",)),
    "follow_up": CriteriaWorld("order: follow-up", ("practice_follow_up",)),
    "training": CriteriaWorld("training only", ("training_only",)),
    "full": CriteriaWorld("mopsic_full", ("mopsic_full",)),
    "couples": CriteriaWorld("twice the couples", ("couples_double",)),
    "vehicles": CriteriaWorld("twice the vehicles, fuel", ("means_double",)),
    "pressure": CriteriaWorld(
        "pressure up to .9", (), ("pressure.level=0.9", "adoption.busts=1", "adoption.returned=0")
    ),
    "duties": CriteriaWorld("fixed duties lifted", (), ("roster.fixed_duties=0.1",)),
    "protocol": CriteriaWorld("protocols are offered", (), ("communal_authority.protocol=1",)),
    "meetings": CriteriaWorld("meetings x 3", (), ("consultation.rhythm=3",)),
    "respect": CriteriaWorld(
        "police wait at hearings", (), ("communal_authority.waits=1", "communal_authority.presence=1")
    ),
    "partner": CriteriaWorld("partners x 3", (), ("problems.partner=0.45", "problems.partner_willing=1")),
    "analysts": CriteriaWorld("analysts, internet", (), ("problems.analysts=2", "resources.internet=1")),
    "complaints": CriteriaWorld("complaints are answered", (), ("misconduct.answered=0.8",)),
    "forms": CriteriaWorld("gaming: forms", ("gaming_forms",)),
    "routes": CriteriaWorld("gaming: routes on paper", ("gaming_routes",)),
    "responses": CriteriaWorld("gaming: calls on paper", ("gaming_responses",)),
    "empty": CriteriaWorld("gaming: meetings", ("gaming_meetings",)),
    "no": CriteriaWorld(
        "gaming: no to everything",
        (),
        ("consultation.answer=1", "consultation.request_met=0", "practices.follow_most=0"),
    ),
}
SHOULD = {
    "c1": ("team", "training", "couples", "vehicles", "-pressure"),
    "c2": ("follow_up", "meetings", "respect", "protocol", "team"),
    "c3": ("follow_up", "training", "partner", "full", "-pressure"),
    "c4": ("analysis", "analysts", "area", "training", "full"),
    "accountability": ("follow_up", "vehicles", "complaints", "couples", "full"),
}
"""Worlds to which a criterion should answer; downwards with a minus."""
SHOULD_NOT = {
    "c1": ("meetings", "analysis", "protocol", "forms", "partner"),
    "c2": ("couples", "duties", "analysis", "forms", "routes"),
    "c3": ("pressure", "vehicles", "meetings", "protocol", "forms"),
    "c4": ("forms", "vehicles", "protocol", "follow_up", "meetings"),
    "accountability": ("forms", "routes", "responses", "empty", "no"),
}
"""Worlds to which it should not answer, or not upwards: pressure, and what only pretends."""
GAMING = ("forms", "routes", "responses", "empty", "no")
ONLY_UP = {"pressure", *GAMING}


def show_criteria(*, years: float, replicates: int, workers: int, scale: float = 1.0) -> None:
    """Run the status quo of both sites, and all worlds on fewer seeds, and print what the criteria say of them."""
    few = min(FEW, replicates)
    usual = {site: ended(site, CriteriaWorld("status quo"), years, replicates, workers, scale) for site in SITES}
    anchors = asked(SITES[0])[0].scenario.anchors
    print("\n".join(draw_lines({site: mean_scores(months, anchors) for site, months in usual.items()})))
    base = {site: table_of(months) for site, months in usual.items()}
    print("\n".join(paper_lines(base)))
    found = {
        site: {name: table_of(ended(site, world, years, few, workers, scale)) for name, world in WORLDS.items()}
        for site in SITES
    }
    print("\n".join(response_lines(base, found, years, few)))


def ended(site: str, world: CriteriaWorld, years: float, replicates: int, workers: int, scale: float) -> pd.DataFrame:
    """Return the months of a world at one site, seed by seed."""
    sets = [*world.sets, *([] if scale == 1.0 else [f"population.scale={scale}"])]
    specs = asked(site, policies=world.policies, sets=sets, years=years, replicates=replicates)
    found: pd.DataFrame = joined(run_all(specs, workers=workers, label=f"{site}, {world.told}").whole)[
        "measures"
    ].to_pandas()
    return found


def table_of(months: pd.DataFrame) -> Table:
    """Return each criterion at the end of every run, by seed."""
    last = months.sort_values("month").groupby("seed", sort=True).tail(1).sort_values("seed")
    return {name: last[name].to_numpy() for name in CRITERIA}


def verdicts(base: Mapping[str, Table]) -> Iterator[tuple[str, bool, str]]:
    """Yield L01 to L06 with whether each is met and the numbers behind it."""
    vc, tot = base["villa_canales"], base["totonicapan"]
    both = (vc, tot)
    mean = [{name: mean_of(one[name]) for name in CRITERIA} for one in both]
    c1 = [one["c1"] for one in mean]
    passed = all(0.5 <= one <= 0.75 for one in c1) and abs(c1[0] - c1[1]) < 0.15
    yield "L01 C1 acceptable at both", passed, f"{c1[0]:.2f}, {c1[1]:.2f}"
    yield "L02 C2 passable in Villa Canales", 0.35 <= mean[0]["c2"] <= 0.55, f"{mean[0]['c2']:.2f}"
    n = min(len(vc["c2"]), len(tot["c2"]))
    apart = float(np.mean(tot["c2"][:n] - vc["c2"][:n] > 0.15))
    strong = 0.65 <= mean[1]["c2"] <= 0.9 and apart >= 0.95
    yield "L03 C2 strong in Totonicapán", strong, f"{mean[1]['c2']:.2f}; above VC in {apart:.0%}"
    limited = all(0.2 <= one["c3"] <= 0.45 and one["c3"] < one["c1"] for one in mean)
    yield "L04 C3 limited at both", limited, f"{mean[0]['c3']:.2f}, {mean[1]['c3']:.2f}"
    least = [share(one, lambda a: a["c4"] < np.minimum(np.minimum(a["c1"], a["c2"]), a["c3"])) for one in both]
    weak = min(least) >= 0.95 and max(one["c4"] for one in mean) < 0.3
    yield "L05 C4 weakest at both", weak, f"in {least[0]:.0%}, {least[1]:.0%} of seeds"
    order = (
        share(vc, lambda a: (a["c1"] >= a["c2"]) & (a["c2"] > a["c3"]) & (a["c3"] > a["c4"])),
        share(tot, lambda a: (a["c2"] >= a["c1"]) & (a["c1"] > a["c3"]) & (a["c3"] > a["c4"])),
    )
    yield "L06 their order", min(order) >= 0.9, f"in {order[0]:.0%}, {order[1]:.0%} of seeds"


def share(table: Table, holds: Callable[[Table], np.ndarray]) -> float:
    """Return the share of seeds in which something holds."""
    return float(np.mean(holds(table)))


def mean_of(values: np.ndarray) -> float:
    """Return the mean over the seeds with a score; nan where none has one."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan


def paper_lines(base: Mapping[str, Table]) -> Iterator[str]:
    """Yield the criteria beside the paper's words, and what the paper found, met or not."""
    yield ""
    yield "Beside the paper (2017-18), which set no number; at the stated anchors"
    for place, site in enumerate(SITES):
        for name, word in PAPER.items():
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
    yield ""
    yield f"Answers after {years:g} years, {seeds} twins: change ± error in both sites; * not as it should be"
    for name in CRITERIA:
        for wanted, names in ((True, SHOULD[name]), (False, SHOULD_NOT[name])):
            yield f"{name} {'should move' if wanted else 'should not'}"
            for stated in names:
                key, sign = stated.lstrip("-"), -1.0 if stated.startswith("-") else 1.0
                yield f"  {answer_line(base, found, key, name, wanted, sign)}"
    yield "Gaming on every criterion"
    for key in GAMING:
        for name in CRITERIA:
            yield f"  {name[:4]} {answer_line(base, found, key, name, False, 1.0)}"


def answer_line(
    base: Mapping[str, Table],
    found: Mapping[str, Mapping[str, Table]],
    key: str,
    name: str,
    wanted: bool,
    sign: float,
) -> str:
    """Return one answer at both sites, marked where it is not as it should be."""
    cells = []
    for site in SITES:
        change, error = answer(base[site], found[site][key], name)
        cells.append(f"{change:+.3f} ±{error:.3f}{' ' if fits(change, error, wanted, sign, key) else '*'}")
    return f"{WORLDS[key].told:28}" + "".join(cell.rjust(18) for cell in cells)


def fits(change: float, error: float, wanted: bool, sign: float, key: str) -> bool:
    """Tell if a criterion answers as it should: moves, or stands within what luck does; what pretends may lower it."""
    if wanted:
        return bool(sign * change >= MOVED)
    size = change if key in ONLY_UP else abs(change)
    return bool(size <= max(STILL, 2.0 * error) or np.isnan(change))
