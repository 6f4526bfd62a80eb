"""The audit: each row of evidence that the model carries is taken out, and its own quantity must change.

Two worlds share all random numbers, so what a carrier does not touch is equal to the last bit; what it does touch may
still differ in either direction by chance. A row passes if, over twins, the interval of the mean difference lies on
the side that the row says, and the difference is as large as the smallest that matters (`thresholds.toml`). One whose
interval holds 0 is looked at again, with more twins and twice the time. Rows are counted by kind: of a quantity that
is what was taken away, in other words, any change will do, and it is no finding.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pandas as pd

from experiments.execution.run_requests import plan_runs
from experiments.statistics.paired_effects import Effect
from experiments.statistics.thresholds import Scale, monthly_scale
from experiments.tools.documents.evidence import KINDS, LEDGER, LISTS, EvidenceRow, evidence_rows, in_list
from experiments.validation.calibration import reference_town
from experiments.validation.knockouts import SURE, averages, effect_cell, effect_of
from experiments.validation.panel import SELECTION, panels_of
from experiments.validation.readings import CENTRE, readings
from experiments.validation.study_tables import Row, select_named, write_table
from experiments.validation.trust_events import PUBLISHED
from model.engine.fingerprint import fingerprint
from model.simulation.registry import MEASURES

DEFINITIONAL = KINDS[0]
MEMORY = "Q06"
"""The memory of abuse: an effect that panels measured, from which nothing is set."""
WIDTH = 110
COLUMNS = (
    *("row", "kind", "site", "quantity", "with_it", "without", "change", "low", "high", "delta", "carried"),
    *("twins", "years", "code"),
)


@dataclass(frozen=True)
class AuditSize:
    """Size of the worlds of the audit."""

    scale: float = 0.2
    years: float = 1.0
    replicates: int = 5
    workers: int = 1

    @property
    def closer(self) -> "AuditSize":
        """Size for a row that is not sure at the first look."""
        return replace(self, years=2.0 * self.years, replicates=self.replicates + 3)


@dataclass(frozen=True)
class AuditFinding:
    """Change of a row's quantity where its carrier is lacking."""

    row: EvidenceRow
    effect: Effect
    size: AuditSize
    agree: int

    @property
    def sure(self) -> bool:
        """True if the quantity surely changed, in the direction that the row says."""
        return self.effect.low > 0.0 if self.row.without == "falls" else self.effect.high < 0.0

    @property
    def smallest(self) -> float:
        """Delta of the quantity, for the ledger that of amounts; 0 where it is what was taken away, in other words."""
        if self.row.kind == DEFINITIONAL:
            return 0.0
        quantity = self.row.quantity
        scale = Scale("amounts") if quantity.startswith(LEDGER) else monthly_scale(quantity, MEASURES[quantity].unit)
        return scale.threshold(self.effect.base, self.effect.arm).delta

    @property
    def passed(self) -> bool:
        """True if the change is sure and as large as what matters."""
        return self.sure and abs(self.effect.effect) >= self.smallest

    @property
    def fault(self) -> str:
        """Failure of a row in words; empty if it passes."""
        if self.passed:
            return ""
        return "  LESS THAN DELTA" if self.sure else "  NOT AS THE ROW SAYS"


def examined_row(row: EvidenceRow, size: AuditSize) -> AuditFinding:
    """Return what the worlds of a row show, with a second look if the first leaves it open."""
    first = shown_by_worlds(row, size)
    return first if first.sure else shown_by_worlds(row, size.closer)


def shown_by_worlds(row: EvidenceRow, size: AuditSize) -> AuditFinding:
    """Return what the two worlds of a row show."""
    having, lacking = (world(row.site, items, size) for items in (row.has, row.lacks))
    effect, change = effect_of(row.quantity, having, lacking), (lacking - having)[row.quantity]
    return AuditFinding(
        row, effect, size, int((change < 0.0).sum() if row.without == "falls" else (change > 0.0).sum())
    )


@cache
def world(site: str, items: tuple[str, ...], size: AuditSize) -> pd.DataFrame:
    """Return what a world is like, a row per seed; rows of evidence share those that are alike."""
    sets = [f"population.scale={size.scale}", *(item for item in items if "=" in item)]
    policies = [item for item in items if "=" not in item]
    specs = plan_runs(site, policies=policies, sets=sets, years=size.years, replicates=size.replicates)
    return averages(specs, size.workers, f"{site} {' '.join(items) or 'as it is'}")


def audit_lines(findings: Sequence[AuditFinding]) -> Iterator[str]:
    """Yield the table of the audit, a line a row."""
    yield (
        f"{'row':5}{'kind':14}{'quantity':36}{'that way':>10}{'has it':>10}{'lacks it':>10}"
        f"{'difference, interval':>34}{'delta':>9}"
    )
    for one in findings:
        effect = one.effect
        mean, low, high = (effect_cell(number).strip() for number in (effect.effect, effect.low, effect.high))
        band = f"{mean} [{low}, {high}]"
        agree = f"{one.agree} of {one.size.replicates}"
        shares = f"{agree:>10}{effect_cell(effect.arm):>10}{effect_cell(effect.base):>10}"
        asked_for = "-" if one.row.kind == DEFINITIONAL else effect_cell(one.smallest).strip()
        yield f"{one.row.id:5}{one.row.kind:14}{one.row.quantity:36}{shares}{band:>34}{asked_for:>9}{one.fault}"


def memory_line() -> tuple[str, bool]:
    """Return what is left of abuse a year later beside what panels found (Q06), and whether it lies within."""
    tape, numbers = reference_town()
    panel = panels_of(tape, {**numbers, **readings()[CENTRE]}, SELECTION)
    left, (low, high) = 100.0 * panel.kept, PUBLISHED[MEMORY]
    passed = bool(low <= left <= high)
    fault = "" if passed else "  FAILED"
    return (
        f"{MEMORY:5}{left:.0f} % of the gap of those abused is left a year later; {low:g} to {high:g} %{fault}",
        passed,
    )


def summary_lines(findings: Sequence[AuditFinding]) -> Iterator[str]:
    """Yield how many rows of all are carried, by kind; what holds by definition counts as no success of its own."""
    good = {one.row.id for one in findings if one.passed}
    yield f"carried: {len(good)} of {len(evidence_rows())} rows of evidence"
    for kind in KINDS:
        rows = [one.row.id for one in findings if one.row.kind == kind]
        note = " (set, not found: it shows only that a switch works)" if kind == DEFINITIONAL else ""
        yield f"  {kind}: {len(good.intersection(rows))} of {len(rows)}{note}"
    yield "; ".join(f"{name}: {len(in_list(name))}" for name in LISTS)


def missing_lines() -> Iterator[str]:
    """Yield the rows that are not carried: what the paper says, and why no behaviour carries it."""
    for name in list(LISTS)[1:]:
        yield f"\n{name}"
        for row in in_list(name):
            why = row.why["en"] if row.why else ""
            yield from textwrap.wrap(f"{row.id}  {row.says}: {why}", WIDTH, subsequent_indent="     ")


def rows_of(findings: Sequence[AuditFinding]) -> Iterator[Row]:
    """Yield the columns of each row of evidence."""
    for one in findings:
        row: Row = {"row": one.row.id, "kind": one.row.kind, "site": one.row.site, "quantity": one.row.quantity}
        row |= {"with_it": one.effect.arm, "without": one.effect.base, "change": one.effect.effect}
        row |= {"low": one.effect.low, "high": one.effect.high, "delta": one.smallest, "carried": one.passed}
        yield row | {"twins": one.size.replicates, "years": one.size.years, "code": fingerprint()}


def show_audit(only: Sequence[str], out: Path, size: AuditSize) -> bool:
    """Write and print the audit of the rows that are carried and of Q06; return whether each passes."""
    carried = {row.id: row for row in in_list("carried")}
    names = select_named({name: name for name in (*carried, MEMORY)}, only, "no row of evidence '{}' is carried")
    more = size.closer
    lines = [
        f"Without what carries each row: {size.replicates} twins, {size.years:g} years, scale {size.scale:g};",
        f"a row not sure at first is looked at with {more.replicates} twins, {more.years:g} years;",
        f"monthly means, accounts of the ledger in all; difference with its {SURE:.0%} interval. A row is carried if",
        "its interval lies on the side that the row says; but for definitions the difference must reach delta, too",
    ]
    findings = [examined_row(carried[name], size) for name in names if name != MEMORY]
    lines += audit_lines(findings)
    good = all(one.passed for one in findings)
    if MEMORY in names:
        line, passed = memory_line()
        lines += ["", "Effects that were measured elsewhere and are not set", line]
        good = good and passed
    lines += ["", *summary_lines(findings), *([] if only else missing_lines())]
    print(write_table(out, "audit", list(rows_of(findings)), COLUMNS, lines))
    return good
