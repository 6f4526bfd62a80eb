"""Specialist's table: numbers of a year that people know who know Guatemala, beside those of the status quo.

It holds every order of magnitude that the model expresses (`experiments/validation/orders.toml`) and further facts
(`facts.toml`), each with its range, its source and its role.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.dev.examinations.tables import Row, head_of, write_table
from experiments.execution.executor import run_jobs
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_requests import plan_runs
from experiments.execution.run_tables import measures_table, simulate_until, start_world
from experiments.execution.runs import RunGroup
from experiments.execution.shared_towns import town_for
from experiments.statistics.annual_aggregation import years_of
from experiments.statistics.paired_effects import error_of
from experiments.validation.experiment import SITES
from experiments.validation.experiment_runs import ExperimentSize
from experiments.validation.orders import Order, order_of, orders, part_names
from experiments.validation.targets import ENTRIES as TARGETS
from experiments.words.bilingual import LANGUAGES, FigureTexts
from experiments.words.toml_files import toml_beside
from model.engine.calendar import first_of_month, month_of, tick_of
from model.engine.fingerprint import fingerprint
from model.simulation.model import TrustModel
from model.town.crime_kinds import NAMES as KINDS
from model.world.sampling import age_years

YEARS = 3.0
KILLING = KINDS.index("homicide")
YOUNG = 18.0, 31.0
"""Ages of the young among those killed: from 18 to 30 years."""
DAYS_PER_WEEK = 7.0
JANUARY, SENTENCE_MONTHS, POINTS = 1, (6, 11), 100.0
FREE = "free"
ROLE_WORDS = {
    "input": "dato de entrada",
    "calibrated": "calibrado",
    "held out": "apartado para probar",
    "echo": "eco de una entrada",
    FREE: "libre, nadie lo ha medido",
}
"""Roles in Spanish."""
COLUMNS = (
    *("site", "part", "name", "name_es", "role", "low", "central", "high", "mean", "error", "least", "most"),
    *("inside", "runs", "evidence", "code"),
)
LABEL_WIDTH, NUMBER_WIDTH = 38, 8


@dataclass(frozen=True)
class Fact:
    """A row of the table: how it is computed, its ranges, and its role."""

    order: Order
    role: str
    rule: str = "mean"
    beside: str = ""

    def of(self, months: pd.DataFrame, scale: float) -> float:
        """Return the number of one run; counts are extrapolated to the whole town."""
        assert self.order.expression is not None
        years = self.order.years(years_of(months))
        values = np.array([self.order.expression.of(year) for year in years])
        values = values[np.isfinite(values)]
        if not len(values):
            return math.nan
        if self.rule == "spread":
            return float(values.std(ddof=1)) if len(values) > 1 else math.nan
        if self.rule == "dispersion":
            return float(values.var(ddof=1) / values.mean()) if len(values) > 1 and values.mean() else math.nan
        return float(values.mean()) / (scale if self.order.expression.is_count else 1.0)


def facts() -> list[Fact]:
    """Return all rows, those of the orders of magnitude first within each part."""
    roles = {target["name"]: target["role"] for target in TARGETS["target"]}
    parts = part_names()
    found = [Fact(order, roles.get(order.name.strip(), FREE)) for order in orders() if order.expression]
    for row in toml_beside(__file__)["row"]:
        own = {key: row.get(key, default) for key, default in (("role", FREE), ("rule", "mean"), ("beside", ""))}
        stated = {key: value for key, value in row.items() if key not in own}
        found.append(Fact(order_of(stated | {"part_es": parts[row["part"]]}), **own))
    return sorted(found, key=lambda fact: list(parts).index(fact.order.part))


def run_year_numbers(group: RunGroup[str], tell: ReportProgress) -> pd.DataFrame:
    """Simulate one run; return its monthly measures and the columns that only this table needs."""
    (spec,) = group.specs
    world = start_world(spec, town_for(spec))
    cells = simulate_until(world, tick_of(spec.until), tell)
    months = measures_table(world, spec).to_pandas().sort_values("month").reset_index(drop=True)
    return pd.concat([months, pd.DataFrame(own_columns(world, months, cells))], axis=1)


def own_columns(world: TrustModel, months: pd.DataFrame, cells: Sequence[np.ndarray]) -> dict[str, Any]:
    """Return the columns of this table that are no measures, a value for each month."""
    calendar = pd.to_datetime(months["month"])
    january = (calendar.dt.month == JANUARY).to_numpy()
    numbers = [month_of(tick_of(date.date())) for date in calendar]
    fear = settlement_fear(world, numbers)
    trust, willing = months["trust_mean"].to_numpy(float), months["mayor_willing"].to_numpy(float)
    return {
        "facts.fear": POINTS * months["fear_mean"],
        "facts.fear_between_settlements": POINTS * fear,
        "facts.women_above_men": POINTS * (months["trust_women"] - months["trust_men"]),
        "facts.contact_above_none": POINTS * (months["trust_contact"] - months["trust_no_contact"]),
        "facts.january_step": np.where(january, POINTS * np.diff(trust, prepend=math.nan), 0.0),
        "facts.mayor_changed": np.where(january, np.abs(np.diff(willing, prepend=math.nan)), 0.0),
        "facts.sentenced_june_november": np.where(calendar.dt.month.isin(SENTENCE_MONTHS), months["sentenced"], 0.0),
        "facts.held": months["offenders_held"] + months["members_held"] + months["others_held"],
        "facts.killed_18_to_30": young_killed(world, numbers),
        "facts.visits_of_median_canton": median_visits(world, cells, len(months)),
    }


def settlement_fear(world: TrustModel, months: Sequence[int]) -> np.ndarray:
    """Return the standard deviation of mean fear over settlements in each month."""
    rows = world.settlement_months()
    return np.array([np.nanstd(rows["fear"][rows["month"] == month]) for month in months])


def young_killed(world: TrustModel, months: Sequence[int]) -> np.ndarray:
    """Return the residents aged 18 to 30 who were killed in each month."""
    incidents = np.concatenate(world.kept["incidents"])
    killed = incidents[(incidents["kind"] == KILLING) & (incidents["victim"] >= 0)]
    people = world.town.people
    ages = np.array([age_years(people[row["victim"]], int(row["tick"])) for row in killed])
    is_young = (ages >= YOUNG[0]) & (ages < YOUNG[1]) if len(ages) else np.zeros(0, bool)
    month = np.array([month_of(int(tick)) for tick in killed["tick"]])
    return np.array([int((month[is_young] == one).sum()) if len(killed) else 0 for one in months], float)


def median_visits(world: TrustModel, cells: Sequence[np.ndarray], n: int) -> np.ndarray:
    """Return the visits a week in the median aldea or canton in each of the last ``n`` months."""
    settlement, around = world.town.cells["settlement"], [one.kind != "town" for one in world.town.settlements]
    medians = []
    for rows in cells[-n:]:
        places, month = settlement[rows["cell"]], int(rows["month"][0])
        visits = np.bincount(places[places >= 0], rows["visits"][places >= 0], len(around))
        weeks = (first_of_month(month + 1) - first_of_month(month)).days / DAYS_PER_WEEK
        medians.append(float(np.median(visits[around])) / weeks)
    return np.array(medians)


def table_rows(size: ExperimentSize, years: float) -> list[Row]:
    """Run the status quo of both sites and return a row for each fact and site."""
    groups = [
        RunGroup((spec,), site)
        for site in SITES
        for spec in plan_runs(site, sets=size.sets, years=years, replicates=size.seeds, keep="incidents,cells")
    ]
    results = run_jobs(groups, run_year_numbers, size.workers, "facts").all_pairs
    by_site = {site: [months for group, months in results if group.label == site] for site in SITES}
    return [row_of(fact, site, by_site, size.scale) for site in SITES for fact in facts() if site in fact.order.bands]


def row_of(fact: Fact, site: str, by_site: Mapping[str, Sequence[pd.DataFrame]], scale: float) -> Row:
    """Return the row of a fact at a site: range, mean over runs with its error, spread, and whether it is inside."""
    order, (low, central, high) = fact.order, fact.order.bands[site]
    values = np.array([fact.of(months, scale) for months in by_site[site]])
    if fact.beside:
        values = values / np.nanmean([fact.of(months, scale) for months in by_site[fact.beside]])
    values = values[np.isfinite(values)]
    mean = float(values.mean()) if len(values) else math.nan
    return {
        "site": site, "part": order.part, "name": order.name, "name_es": order.name_es, "role": fact.role,
        "low": float(low), "central": float(central), "high": float(high), "mean": mean, "error": error_of(values),
        "least": float(np.quantile(values, 0.05)) if len(values) else math.nan,
        "most": float(np.quantile(values, 0.95)) if len(values) else math.nan,
        "inside": bool(low <= mean <= high), "runs": len(by_site[site]), "evidence": order.evidence,
        "code": fingerprint(),
    }  # fmt: skip


def lines_of(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table as text in both languages, in lines of at most 80 columns."""
    digits = {fact.order.name: fact.order.digits for fact in facts()}
    yield from head_of("facts", runs=rows[0]["runs"])
    for language in LANGUAGES:
        say = FigureTexts(language)
        for site in SITES:
            of_site = [row for row in rows if row["site"] == site]
            heading = "".join(
                say(*words).rjust(NUMBER_WIDTH)
                for words in (("modelo", "model"), ("±", "±"), ("bajo", "low"), ("medio", "central"), ("alto", "high"))
            )
            yield f"\n{site}".ljust(LABEL_WIDTH + 1) + heading
            for row in of_site:
                yield line_of(row, digits[row["name"]], say)
            yield say("dentro", "inside") + f": {sum(row['inside'] for row in of_site)} / {len(of_site)}"
            for role in dict.fromkeys(row["role"] for row in of_site):
                in_role = [row["inside"] for row in of_site if row["role"] == role]
                yield f"  {say(ROLE_WORDS[role], role)}: {sum(in_role)} / {len(in_role)}"


def line_of(row: Row, digits: int, say: FigureTexts) -> str:
    """Return the line of one fact."""
    name = say(row["name_es"], row["name"])
    numbers = (row[key] for key in ("mean", "error", "low", "central", "high"))
    cells = "".join(("-" if math.isnan(one) else f"{one:,.{digits}f}").rjust(NUMBER_WIDTH) for one in numbers)
    return f"  {name}".ljust(LABEL_WIDTH) + cells + ("" if row["inside"] else " *")


def show_facts(folder: Path, size: ExperimentSize, years: float = YEARS) -> list[Row]:
    """Run both sites; print, write and return the table."""
    rows = table_rows(size, years)
    print(write_table(folder, "facts", rows, COLUMNS, lines_of(rows)))
    return rows
