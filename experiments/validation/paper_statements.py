"""Statements of the paper about the order of the criteria, beside trivial rivals.

The paper sets no number, scale or order of its words; what it says can be tested as an order of the criteria at two
sites, in the months of its field work.  Each statement has the share of runs in which it holds.  Beside it stand
rivals that know nothing: both sites exchanged, and the scores of a run in random order.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.comparison.criteria_effects import keyed_draws
from experiments.statistics.forecast_scores import does_hold
from experiments.statistics.thresholds import CRITERION
from experiments.words.toml_files import toml_beside
from model.engine.random_streams import stream_id
from model.measures.criteria import CRITERIA, combine_parts, criterion_parts

PAPER_GRADES: Mapping[str, tuple[str, str]] = toml_beside(__file__)["paper"]
"""Words of the paper (2017-18) for each criterion at both sites, which set no number: compared with, never fitted."""
FIELDWORK = (pd.Timestamp("2017-02-01"), pd.Timestamp("2018-05-01"))
"""First and last month of the paper's field visits (L08)."""
FRUEHLING = CRITERIA[:4]
LABEL_WIDTH, WIDTH = 39, 8
ORDERS, ORDER_STREAM = 200, stream_id("random order of scores")
type Scores = Mapping[str, np.ndarray]
"""Scores (0-1) of each criterion of one site, by run."""
type Claim = Callable[[Scores, Scores], np.ndarray]
"""Whether a statement holds in each run, from the scores of Villa Canales and Totonicapán."""


@dataclass(frozen=True)
class Statement:
    """One statement of the paper, with its row of the evidence."""

    id: str
    says: str
    holds: Claim


def alike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return in which runs two scores are close."""
    return np.abs(one - other) < CRITERION.close


def lowest(scores: Scores, name: str, *others: str) -> np.ndarray:
    """Return in which runs a criterion is below the others."""
    return np.all([scores[name] < scores[other] for other in others], axis=0)


STATEMENTS = (
    Statement("L01", "C1 alike at both sites", lambda vc, tot: alike(vc["c1"], tot["c1"])),
    Statement("L02", "C2 higher in Totonicapán", lambda vc, tot: tot["c2"] > vc["c2"]),
    Statement(
        "L03",
        "C3 alike, and below C1 and C2 at both",
        lambda vc, tot: alike(vc["c3"], tot["c3"]) & lowest(vc, "c3", "c1", "c2") & lowest(tot, "c3", "c1", "c2"),
    ),
    Statement(
        "L04",
        "C4 lowest at both sites",
        lambda vc, tot: lowest(vc, "c4", "c1", "c2", "c3") & lowest(tot, "c4", "c1", "c2", "c3"),
    ),
    Statement(
        "L05",
        "C1 above C2 in VC, C2 above C1 in TOT",
        lambda vc, tot: (vc["c1"] > vc["c2"]) & (tot["c2"] > tot["c1"]),
    ),
)


def scores_of_window(months: pd.DataFrame, without: str = "") -> Scores:
    """Return the mean score of each criterion in the months of the field work, by run in order of seed.

    ``without`` names a part that is left out of its criterion.
    """
    when = pd.to_datetime(months["month"])
    means = months[when.between(*FIELDWORK)].groupby("seed").mean(numeric_only=True)
    return scores_of(means, without)


def scores_of_year(months: pd.DataFrame, year: int) -> Scores:
    """Return the score of each criterion over the year that ends with the given one, by run in order of seed."""
    ordered = months.sort_values(["seed", "month"])
    return scores_of(ordered[ordered.groupby("seed").cumcount() == 12 * year - 1], "")


def scores_of(rows: pd.DataFrame, without: str) -> Scores:
    """Return the scores of the four criteria in rows with the scores of their parts."""
    scores = {}
    for criterion in FRUEHLING:
        parts = {part: rows[part].to_numpy() for part in criterion_parts(criterion) if part != without}
        scores[criterion] = combine_parts(criterion, parts, {part: np.ones(1) for part in parts})
    return scores


def shares(vc: Scores, tot: Scores) -> dict[str, float]:
    """Return the share of runs in which each statement holds; an unknown score holds to none."""
    return {one.id: float(np.mean(one.holds(vc, tot))) for one in STATEMENTS}


def chance_shares(vc: Scores, tot: Scores) -> dict[str, float]:
    """Return the share of random orders of the eight scores of a run in which each statement holds."""
    both = np.array([*(vc[name] for name in FRUEHLING), *(tot[name] for name in FRUEHLING)])
    draws = np.array([keyed_draws(int(ORDER_STREAM), number, ORDERS) for number in range(len(both))])
    found = []
    for order in np.argsort(draws, axis=0, kind="stable").T:
        mixed = both[order]
        sites = (dict(zip(FRUEHLING, half, strict=True)) for half in (mixed[:4], mixed[4:]))
        found.append(shares(*sites))
    return {one.id: float(np.mean([row[one.id] for row in found])) for one in STATEMENTS}


def statement_lines(runs: Mapping[str, Mapping[str, pd.DataFrame]], years: float) -> Iterator[str]:
    """Yield every statement with the share of runs in which it holds, in the field work and at ends of years.

    ``runs`` are the months by kind of run (present values, draws) and site.
    """
    yield ""
    yield "What the paper says of the criteria, as orders: runs in which it holds, %"
    yield "(swapped: the sites exchanged; chance: the scores of a run in random order)"
    for kind, (vc, tot) in ((kind, tuple(months.values())) for kind, months in runs.items()):
        windows = {"2017-18": (scores_of_window(vc), scores_of_window(tot))}
        for year in sorted({year for year in (3, 10) if year <= years}):
            windows[f"year {year}"] = (scores_of_year(vc, year), scores_of_year(tot, year))
        fieldwork = windows["2017-18"]
        columns = {name: shares(*both) for name, both in windows.items()}
        columns |= {"swapped": shares(*reversed(fieldwork)), "chance": chance_shares(*fieldwork)}
        title = f"{kind} ({len(fieldwork[0]['c1'])} runs)".ljust(LABEL_WIDTH)
        yield title + "".join(name.rjust(WIDTH) for name in columns)
        for one in STATEMENTS:
            mark = " " if does_hold(columns["2017-18"][one.id]) else "*"
            cells = "".join(f"{100.0 * column[one.id]:.0f}".rjust(WIDTH) for column in columns.values())
            yield f"{mark} {one.says}".ljust(LABEL_WIDTH) + cells
        yield from dropped_lines(vc, tot)


def dropped_lines(vc: pd.DataFrame, tot: pd.DataFrame) -> Iterator[str]:
    """Yield the statements whose verdict depends on one part of a criterion."""
    whole = shares(scores_of_window(vc), scores_of_window(tot))
    for part in itertools.chain.from_iterable(criterion_parts(name) for name in FRUEHLING):
        without = shares(scores_of_window(vc, part), scores_of_window(tot, part))
        turned = [one for one in STATEMENTS if does_hold(without[one.id]) != does_hold(whole[one.id])]
        for one in turned:
            yield f"  without {part}: {one.says}, {100.0 * without[one.id]:.0f} %"
