"""Weigh the rival accounts by how they reproduce measured effect sizes: of events on trust, and of police on crime.

It simulates the panels of Q01 to Q09 and the experiments of `EXPERIMENTS_OF_CRIME` under each account, and writes the
evidence, and with whole towns the weights that `confianza answer` uses.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.dev.examinations.effects import run_together
from experiments.dev.examinations.tables import TABLES, Row, head_of, rows_by_columns, write_table
from experiments.reproduce.account_weights import WEIGHTS_FILE
from experiments.storage.writing import write_atomically
from experiments.validation.calibration import points_of_event, reference_town, state_of
from experiments.validation.effects_table import EXPERIMENTS, POLICY_TEXTS
from experiments.validation.experiment import Variant, estimate
from experiments.validation.experiment_runs import RUNS, ExperimentSize, run_worlds
from experiments.validation.impression_replay import PANEL_EVENTS, Numbers, Tape
from experiments.validation.panel import SELECTION, panels_of
from experiments.validation.sizes import EVENT_BY_NAME
from scenarios import accounts

EXPERIMENTS_OF_CRIME = {
    "no_police_weeks": ("weeks",),
    "release": ("release",),
    "patrol_places": ("robbery_change", "vehicles_change"),
    "arrests": ("street",),
}
"""Experiments on police and crime, with the lines that have a published size."""
Z_OF_INTERVAL = 1.96
"""Half-width of a published interval, in standard deviations."""
LEAST_DEVIATION = 1.0
"""Standard deviation of findings of which only the sign is published, in the unit of the line."""
FARTHEST = 3.0
"""Standard deviations beyond which a finding contradicts an account no more: measurements are of other countries."""
PUBLISHED: Mapping[str, Sequence[float]] = TABLES["account_weights"]["published"]
PUBLISHED_BY_DAY: Mapping[str, Mapping[str, Sequence[Any]]] = TABLES["account_weights"]["days"]
COLUMNS = ("account", "source", "finding", "unit", "status", "value", "published_low", "published_high", "distance")


def trust_rows() -> Iterator[Row]:
    """Yield the findings on trust under each account: coefficients of panels, and single events by day."""
    tape, numbers = reference_town()
    for account in accounts.names():
        own = {name: float(value) for name, value in accounts.read(account).items() if name in numbers}
        for row in trust_findings(tape, numbers | own):
            yield evidence_row(account, row | {"unit": "points of 100"})


def trust_findings(tape: Tape, numbers: Numbers) -> Iterator[Row]:
    """Yield what a simulated panel and single events show, with the published interval of each."""
    panel, state = panels_of(tape, numbers, SELECTION), state_of(tape, numbers, every=1)
    found = [(f"{kind}, coefficient", panel.coefficients[kind], EVENT_BY_NAME[kind].source) for kind in PANEL_EVENTS]
    found.append(("two answers, correlation", panel.correlation, "Q07"))
    for finding, value, source in found:
        yield finding_row(finding, value, "set", source, PUBLISHED[source])
    gap_left = 100.0 * panel.gap_left
    yield finding_row("abuse, % of the gap left a year later", gap_left, "found, not used", "Q06", PUBLISHED["Q06"])
    for kind, by_day in PUBLISHED_BY_DAY.items():
        for day, (*span, source) in by_day.items():
            points = points_of_event(state, EVENT_BY_NAME[kind], numbers, int(day))
            yield finding_row(f"{kind}, day {day}, latent", points, "set", source, span)


def finding_row(finding: str, value: float, status: str, source: str, span: Sequence[float]) -> Row:
    """Return a finding with its published interval."""
    published = dict(zip(("published_low", "published_high"), span, strict=True))
    return {"finding": finding, "value": value, "status": status, "source": source} | published


def crime_rows(size: ExperimentSize, runs: Path) -> Iterator[Row]:
    """Yield the findings on crime under each account."""
    experiments = [one for one in EXPERIMENTS if one.name in EXPERIMENTS_OF_CRIME]
    variants = [
        Variant(account, tuple((name, "to", float(value)) for name, value in accounts.read(account).items()))
        for account in accounts.names()
    ]
    pairs = list(itertools.product(experiments, variants))
    run_together(((one, variant, size) for one, variant in pairs), runs, size.workers, "weights of accounts")
    for experiment, variant in pairs:
        twins = run_worlds(experiment, size, runs, POLICY_TEXTS, variant)
        for line in experiment.lines:
            if line.name in EXPERIMENTS_OF_CRIME[experiment.name] and line.published is not None:
                found = estimate([line.read(worlds) for worlds in twins])
                published = {"published_low": line.published.low, "published_high": line.published.high}
                about = {"finding": line.en, "unit": line.unit, "status": line.status, "value": found.value}
                yield evidence_row(variant.name, about | published | {"source": line.published.source})


def evidence_row(account: str, row: Row) -> Row:
    """Return a finding under an account, with its distance from what is published (standard deviations)."""
    distance = distance_of(float(row["value"]), float(row["published_low"]), float(row["published_high"]))
    return {name: row.get(name, "") for name in COLUMNS} | {"account": account, "distance": distance}


def distance_of(value: float, low: float, high: float) -> float:
    """Return how far a value lies from the middle of an interval, or beyond its only end, in standard deviations.

    The variance of the measurement counts twice: once for it, and once for a model of another country.

    >>> round(distance_of(0.0, 2.0, 6.0), 2), distance_of(1.0, 0.0, math.inf), distance_of(-2.0, 0.0, math.inf)
    (2.77, 0.0, 1.414213562373095)
    """
    if math.isfinite(low) and math.isfinite(high):
        deviation = (high - low) / (2.0 * Z_OF_INTERVAL)
        return abs(value - 0.5 * (low + high)) / (math.sqrt(2.0) * deviation)
    return max(low - value, value - high, 0.0) / (math.sqrt(2.0) * LEAST_DEVIATION)


def weights_of(rows: Sequence[Row]) -> dict[str, float]:
    """Return the weight of each account, which sum to 1: the likelihood of all sources, each of which counts once."""
    logarithms: dict[str, float] = dict.fromkeys(accounts.names(), 0.0)
    for (account, _), of_source in rows_by_columns(rows, "account", "source").items():
        squares = [min(row["distance"], FARTHEST) ** 2 for row in of_source]
        logarithms[account] -= 0.5 * sum(squares) / len(squares)
    most = max(logarithms.values())
    likelihoods = {account: math.exp(one - most) for account, one in logarithms.items()}
    return {account: one / sum(likelihoods.values()) for account, one in likelihoods.items()}


def table_lines(rows: Sequence[Row], weights: Mapping[str, float]) -> Iterator[str]:
    """Yield the weights, then each finding with its value under each account and the distance."""
    yield from head_of("account_weights", farthest=FARTHEST)
    yield ""
    yield from (f"  {account:28}{weight:8.3f}{1.0 / len(weights):8.3f}" for account, weight in weights.items())
    for (source, finding), of_finding in rows_by_columns(rows, "source", "finding").items():
        first = of_finding[0]
        yield f"\n{source}: {finding} ({first['unit']}), {first['status']}"
        yield f"  published {first['published_low']:g} to {first['published_high']:g}"
        yield from (f"  {row['account']:28}{row['value']:8.2f}{row['distance']:8.1f}" for row in of_finding)


def show_account_weights(out: Path, size: ExperimentSize, runs: Path = RUNS, weights_file: Path = WEIGHTS_FILE) -> None:
    """Measure, weigh and write the evidence, and with whole towns the weights that the program reads."""
    rows = [*trust_rows(), *crime_rows(size, runs)]
    weights = weights_of(rows)
    print(write_table(out, "account_weights", rows, COLUMNS, table_lines(rows, weights)))
    if size.scale == 1.0:
        text = "".join(f"{account} = {weight:.4f}\n" for account, weight in weights.items())
        write_atomically(weights_file, f"# by python -m experiments.dev validate account_weights\n{text}".encode())
