"""Measure the coverage of intervals and the error rates of verdicts on a bank of paired runs.

The bank holds pairs of runs, each with a town of its own, at both sites. The mean over the bank is taken as the true
effect, and samples of few pairs are drawn from it with replacement. Events rarer than one in the bank are missing, so
that coverage of rare counts is likely overestimated.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.comparison import Request, arms_of
from experiments.comparison.headline_measures import HEADLINES, Headline, available_headlines
from experiments.dev.examinations.tables import write_text
from experiments.execution.runs import RunGroup, run_missing_groups
from experiments.statistics.annual_aggregation import MONTHS, Expression
from experiments.statistics.paired_effects import Effect, Value, paired
from experiments.statistics.verdicts import ALPHA, benjamini_hochberg, corrected_together, direction, judge
from experiments.storage.result_tables import STATUS_QUO
from experiments.storage.run_folder import write_atomically
from experiments.storage.writing import frame_as_csv
from experiments.validation.experiment import SITES

POLICIES = ("mopsic_full", "heavy_hand", "training_only", "reporting_support")
HORIZONS = (1, 2)
SIZES = (8, 12, 24)
SAMPLES = 200
COVERAGE_GOAL, LOW_COVERAGE, LINE_WIDTH = 0.93, 0.8, 80
RARE_SHARE = 0.2
"""Share of pairs that differ below which a measure counts as rarely different."""
KNOWN_SIGN = 3.5
"""Size of an effect of the bank, in its standard errors, from which its sign counts as known."""
LAST_MONTH = Headline(
    "trust_last_month", "last", Expression(last="trust_mean", scale=100.0), "", "", 2, "0-100", "points_at_end"
)
MEASURED = (*HEADLINES, LAST_MONTH)

type Pairs = tuple[list[Value], list[Value]]


@dataclass(frozen=True)
class BankCell:
    """One measure of one policy and horizon at one site: values of all pairs, and the effect over all of them."""

    site: str
    policy: str
    years: int
    headline: Headline
    pairs: Pairs
    truth: Effect

    @property
    def group(self) -> str:
        """Class of the measure in the report."""
        if self.truth.rose + self.truth.fell < RARE_SHARE * self.truth.n:
            return "rarely differ"
        if self.headline.kind == "counts" and self.scale.is_rare(self.truth.base, self.truth.arm):
            return "rare counts"
        return "trust, last month" if self.headline is LAST_MONTH else self.headline.kind

    @property
    def scale(self) -> Any:
        """Scale on which effects on the measure are judged."""
        return self.headline.scale(self.years)

    def sample(self, chosen: np.ndarray) -> Effect:
        """Return the effect over the chosen pairs."""
        return paired(*([side[k] for k in chosen] for side in self.pairs), scale=self.scale)


def show_coverage(out: Path, pairs: int, scale: float, workers: int) -> bool:
    """Run the bank at both sites; write and print coverage and error rates; return whether the goal is met."""
    cells = [cell for site in SITES for cell in bank_of(site, out, pairs, scale, workers)]
    rows = pd.DataFrame([row for n in SIZES for row in sample_rows(cells, n)])
    write_atomically(out / "coverage.csv", frame_as_csv(rows, ".4g"))
    print(write_text(out, "coverage", format_coverage(rows, cells, pairs, scale)))
    return bool((by_group(rows)["covered"] >= COVERAGE_GOAL).all())


def bank_of(site: str, out: Path, pairs: int, scale: float, workers: int) -> Iterator[BankCell]:
    """Yield the cells of one site; runs stored in the folder are reused."""
    arms = (STATUS_QUO, *POLICIES)
    sets = (f"population.scale={scale:g}",)
    request = Request(arms=arms, scenarios=(site,), sets=sets, years=float(max(HORIZONS)), replicates=pairs)
    planned, _ = arms_of(request)
    groups = [RunGroup(specs, site) for specs in zip(*(arm.specs for arm in planned), strict=True)]
    folder = out / site
    folder.mkdir(parents=True, exist_ok=True)
    results = run_missing_groups(groups, workers, f"bank of {site}", folder).all_results
    for (number, policy), years in product(enumerate(POLICIES, start=1), HORIZONS):
        months_by_side = [[result.finished[k].months.head(MONTHS * years) for result in results] for k in (0, number)]
        for headline in available_headlines(months_by_side[0][0].columns, MEASURED):
            values = tuple([headline.value(months) for months in side] for side in months_by_side)
            truth = paired(*values, scale=headline.scale(years))
            if truth.n == pairs and truth.same < truth.n:
                yield BankCell(site, policy, years, headline, values, truth)  # type: ignore[arg-type]


def sample_rows(cells: Sequence[BankCell], n: int) -> Iterator[dict[str, Any]]:
    """Yield a row for each cell: coverage and verdicts over samples of ``n`` pairs.

    The pairs of a sample are the same in all measures, as in a comparison. Under the null hypothesis the sign of each
    pair is drawn, also the same in all measures.
    """
    rng = np.random.default_rng(n)
    families: dict[tuple[str, int], list[BankCell]] = {}
    for cell in cells:
        families.setdefault((cell.site, cell.years), []).append(cell)
    for family in families.values():
        total = len(family[0].pairs[0])
        draws = rng.integers(0, total, (SAMPLES, n))
        signs = rng.choice([-1.0, 1.0], (SAMPLES, n))
        effects_by_draw = [corrected_together([cell.sample(chosen) for cell in family]) for chosen in draws]
        alarms = [any_significant(family, chosen, sign) for chosen, sign in zip(draws, signs, strict=True)]
        for k, cell in enumerate(family):
            row = summarise_cell(cell, n, [effects[k] for effects in effects_by_draw])
            yield row | {"other_towns": coverage_in_other_towns(cell, draws), "false_alarm": float(np.mean(alarms))}


def coverage_in_other_towns(cell: BankCell, draws: np.ndarray) -> float:
    """Return the share of intervals from one half of the towns that contain the effect over the other half."""
    half = cell.truth.n // 2
    truth = cell.sample(np.arange(half, cell.truth.n)).effect
    effects = (cell.sample(chosen % half) for chosen in draws)
    return float(np.mean([effect.low <= truth <= effect.high for effect in effects]))


def any_significant(cells: Sequence[BankCell], chosen: np.ndarray, signs: np.ndarray) -> bool:
    """Return whether any row is significant under the null: pairs with a negative sign are swapped."""
    p = []
    for cell in cells:
        pairs = ((cell.pairs[0][k], cell.pairs[1][k]) for k in chosen)
        swapped = [pair if sign > 0 else pair[::-1] for pair, sign in zip(pairs, signs, strict=True)]
        p.append(paired(*zip(*swapped, strict=True), scale=cell.scale).p)
    return bool((benjamini_hochberg(p) <= ALPHA).any())


def summarise_cell(cell: BankCell, n: int, sampled: Sequence[Effect]) -> dict[str, Any]:
    """Return coverage, width and rates of verdicts of one cell over all samples."""
    truth = cell.truth.effect
    verdicts = [judge(effect) for effect in sampled]
    directions = np.array([direction(verdict) for verdict in verdicts])
    known = abs(truth) >= KNOWN_SIGN * cell.truth.error
    big = known and abs(truth) > cell.truth.delta
    return {
        "site": cell.site,
        "policy": cell.policy,
        "years": cell.years,
        "measure": cell.headline.name,
        "group": cell.group,
        "n": n,
        "effect": truth,
        "delta": cell.truth.delta,
        "covered": float(np.mean([effect.low <= truth <= effect.high for effect in sampled])),
        "width": float(np.mean([effect.high - effect.low for effect in sampled])),
        "floor_binds": float(np.mean([effect.error * np.sqrt(n) < effect.floor for effect in sampled])),
        "told": float(np.mean(directions != 0)),
        "wrong_sign": float(np.mean(directions == -np.sign(truth))) if known else np.nan,
        "big_told": float(np.mean(directions == np.sign(truth))) if big else np.nan,
        "big_nothing": float(np.mean([verdict == "nothing" for verdict in verdicts])) if big else np.nan,
    }


def by_group(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the means by number of pairs and class of measures, with the lowest coverage of a cell."""
    groups = rows.groupby(["n", "group"])
    means = groups[["covered", "floor_binds", "told", "wrong_sign", "big_told", "big_nothing", "other_towns"]].mean()
    relative = (rows["width"] / rows["delta"]).groupby([rows["n"], rows["group"]]).median()
    return means.assign(cells=groups.size(), worst=groups["covered"].min(), width=relative)


def format_coverage(rows: pd.DataFrame, cells: Sequence[BankCell], pairs: int, scale: float) -> Iterator[str]:
    """Yield the report, at most 80 columns wide."""
    yield f"Coverage of 95 % intervals and errors of verdicts: bank of {pairs} pairs of runs"
    yield f"at each site, each pair with a town of its own, scale {scale:g}, {len(POLICIES)} policies, {HORIZONS}"
    yield f"years, {len(cells)} cells; {SAMPLES} samples a cell, drawn with replacement."
    yield ""
    names = ("cells", "covers", "worst", "others", "width", "floor", "told", "wrong", "big", "nil")
    yield f"{'n':>3} {'class':<17}" + "".join(name.rjust(7 if name != "nil" else 5) for name in names)
    means = by_group(rows).reset_index()
    row: Any
    for row in means.itertuples():
        shares = "".join(
            f"{getattr(row, name):>7.2f}" for name in ("worst", "other_towns", "width", "floor_binds", "told")
        )
        mark = " " if row.covered >= COVERAGE_GOAL else "!"
        ends = f"{row.wrong_sign:>7.4f}{row.big_told:>7.2f}{row.big_nothing:>5.2f}"
        yield f"{row.n:>3} {row.group:<17}{row.cells:>7}{row.covered:>6.3f}{mark}{shares}{ends}"
    yield ""
    yield f"covers: share of intervals that hold the effect over the bank (! below {COVERAGE_GOAL:g});"
    yield "worst: the cell with the least; others: intervals from one half of the towns that"
    yield "hold the effect over the other half; width: median, in deltas; floor: share of"
    yield "intervals whose spread is the floor; told: share of verdicts that name a"
    yield f"direction; wrong: the wrong one, of effects of {KNOWN_SIGN:g} standard errors or more"
    yield "in the bank; big, nil: of those above delta, told rightly, or called nothing."
    yield ""
    bad = rows[rows["covered"] < LOW_COVERAGE].groupby("measure").size()
    if len(bad):
        listed = ", ".join(f"{name} ({count})" for name, count in bad.items())
        yield from textwrap.wrap(f"Cells below {LOW_COVERAGE:g}, by measure, of {len(rows)}: {listed}.", LINE_WIDTH)
        yield ""
    alarms = rows.groupby(["n", "site", "years"])["false_alarm"].first().groupby("n").mean()
    rates = ", ".join(f"{share:.1%} at n = {n}" for n, share in alarms.items())
    yield "Where no policy does anything (the sides of each pair are exchanged at random),"
    yield f"any row of a comparison is told in {rates}."
