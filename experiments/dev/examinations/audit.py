"""Audit of the evidence: remove the carrier of each row and test whether the row's own quantity changes.

Both worlds use the same random numbers: quantities that do not depend on the carrier are bit-identical, all others may
also differ by chance in either direction. A row passes if, over paired runs, the interval of the mean difference lies
on the side that the row states and the difference reaches the smallest that matters (`thresholds.toml`). If the
interval contains 0, the row is repeated with more pairs and twice the duration. Rows are counted by kind: definitional
rows read the very quantity that is removed, so any change passes and is no finding.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from experiments.dev.documents.evidence import KINDS, LEDGER, LISTS, EvidenceRow, evidence_rows, rows_in_list
from experiments.dev.examinations.account_weights import PUBLISHED
from experiments.dev.examinations.knockouts import CONFIDENCE, averages, effect_cell, effect_of
from experiments.dev.examinations.tables import Row, select_named, write_table
from experiments.execution.run_requests import plan_runs
from experiments.execution.trust_accounts import READINGS
from experiments.statistics.paired_effects import Effect
from experiments.statistics.thresholds import Scale, monthly_scale
from experiments.validation.calibration import reference_town
from experiments.validation.panel import SELECTION, panels_of
from model.engine.fingerprint import fingerprint
from model.simulation.registry import MEASURES

DEFINITIONAL = KINDS[0]
MEMORY_ROW = "Q06"
"""Memory of abuse: an effect measured by panel surveys that sets no parameter."""
LINE_WIDTH = 110
COLUMNS = (
    *("row", "kind", "site", "quantity", "with_it", "without", "change", "low", "high", "delta", "carried"),
    *("twins", "years", "code"),
)


@dataclass(frozen=True)
class AuditSize:
    """Size of the audit: scale of the town, years, pairs of runs and worker processes."""

    scale: float = 0.2
    years: float = 1.0
    replicates: int = 5
    workers: int = 1

    @property
    def larger(self) -> "AuditSize":
        """Size for repeating a row without a significant change."""
        return replace(self, years=2.0 * self.years, replicates=3 * self.replicates)


@dataclass(frozen=True)
class AuditFinding:
    """Change of a row's quantity when its carrier is removed; ``agreeing`` counts the pairs with the stated sign."""

    row: EvidenceRow
    effect: Effect
    size: AuditSize
    agreeing: int

    @property
    def is_significant(self) -> bool:
        """True if the interval excludes 0 on the side that the row states."""
        return self.effect.low > 0.0 if self.row.without == "falls" else self.effect.high < 0.0

    @property
    def delta(self) -> float:
        """Smallest difference that matters: that of amounts for ledger quantities, 0 for definitional rows."""
        if self.row.kind == DEFINITIONAL:
            return 0.0
        quantity = self.row.quantity
        scale = Scale("amounts") if quantity.startswith(LEDGER) else monthly_scale(quantity, MEASURES[quantity].unit)
        return scale.threshold(self.effect.base, self.effect.arm).delta

    @property
    def passed(self) -> bool:
        """True if the change is significant and at least the smallest that matters."""
        return self.is_significant and abs(self.effect.effect) >= self.delta

    @property
    def failure(self) -> str:
        """Failure of a row as the end of its line; empty if it passes."""
        if self.passed:
            return ""
        return "  LESS THAN DELTA" if self.is_significant else "  NOT AS THE ROW SAYS"


def examine_row(row: EvidenceRow, size: AuditSize) -> AuditFinding:
    """Return the finding of a row, from a larger second trial if the first is not significant."""
    first = paired_finding(row, size)
    return first if first.is_significant else paired_finding(row, size.larger)


def paired_finding(row: EvidenceRow, size: AuditSize) -> AuditFinding:
    """Return the finding of paired runs with and without the carrier of a row."""
    with_carrier, without_carrier = (world_averages(row.site, items, size) for items in (row.has, row.lacks))
    effect = effect_of(row.quantity, with_carrier, without_carrier)
    change = (without_carrier - with_carrier)[row.quantity]
    agreeing = (change < 0.0) if row.without == "falls" else (change > 0.0)
    return AuditFinding(row, effect, size, int(agreeing.sum()))


def world_averages(site: str, items: tuple[str, ...], size: AuditSize) -> pd.DataFrame:
    """Return the measures and ledger sums of a world, one row per seed."""
    sets = [f"population.scale={size.scale}", *(item for item in items if "=" in item)]
    policies = [item for item in items if "=" not in item]
    specs = plan_runs(site, policies=policies, sets=sets, years=size.years, replicates=size.replicates)
    return averages(specs, size.workers, f"{site} {' '.join(items) or 'as it is'}")


def audit_lines(findings: Sequence[AuditFinding]) -> Iterator[str]:
    """Yield the table of the audit, one line per row of evidence."""
    yield (
        f"{'row':5}{'kind':14}{'quantity':36}{'that way':>10}{'has it':>10}{'lacks it':>10}"
        f"{'difference, interval':>34}{'delta':>9}"
    )
    for finding in findings:
        effect = finding.effect
        mean, low, high = (effect_cell(number).strip() for number in (effect.effect, effect.low, effect.high))
        interval = f"{mean} [{low}, {high}]"
        agree = f"{finding.agreeing} of {finding.size.replicates}"
        shares = f"{agree:>10}{effect_cell(effect.arm):>10}{effect_cell(effect.base):>10}"
        delta = "-" if finding.row.kind == DEFINITIONAL else effect_cell(finding.delta).strip()
        row = f"{finding.row.id:5}{finding.row.kind:14}{finding.row.quantity:36}"
        yield f"{row}{shares}{interval:>34}{delta:>9}{finding.failure}"


def memory_line() -> tuple[str, bool]:
    """Return the line of Q06 (share of an abuse effect left after a year), and whether it is as published."""
    tape, numbers = reference_town()
    panel = panels_of(tape, {**numbers, **READINGS["panel"]}, SELECTION)
    share_left, (low, high) = 100.0 * panel.gap_left, PUBLISHED[MEMORY_ROW]
    passed = bool(low <= share_left <= high)
    fault = "" if passed else "  FAILED"
    return (
        f"{MEMORY_ROW:5}{share_left:.0f} % of the gap of those abused is left a year later;"
        f" {low:g} to {high:g} %{fault}",
        passed,
    )


def summary_lines(findings: Sequence[AuditFinding]) -> Iterator[str]:
    """Yield the number of rows that pass, by kind; definitional rows are marked as no finding."""
    passed = {finding.row.id for finding in findings if finding.passed}
    yield f"carried: {len(passed)} of {len(evidence_rows())} rows of evidence"
    for kind in KINDS:
        rows = [finding.row.id for finding in findings if finding.row.kind == kind]
        note = " (set, not found: it shows only that a switch works)" if kind == DEFINITIONAL else ""
        yield f"  {kind}: {len(passed.intersection(rows))} of {len(rows)}{note}"
    yield "; ".join(f"{name}: {len(rows_in_list(name))}" for name in LISTS)


def missing_lines() -> Iterator[str]:
    """Yield the rows that are not carried: the statement of the paper and the reason."""
    for name in list(LISTS)[1:]:
        yield f"\n{name}"
        for row in rows_in_list(name):
            why = row.why["en"] if row.why else ""
            yield from textwrap.wrap(f"{row.id}  {row.says}: {why}", LINE_WIDTH, subsequent_indent="     ")


def rows_of(findings: Sequence[AuditFinding]) -> Iterator[Row]:
    """Yield the table row of each finding."""
    for finding in findings:
        row, effect = finding.row, finding.effect
        yield {
            **{"row": row.id, "kind": row.kind, "site": row.site, "quantity": row.quantity},
            **{"with_it": effect.arm, "without": effect.base, "change": effect.effect},
            **{"low": effect.low, "high": effect.high, "delta": finding.delta, "carried": finding.passed},
            **{"twins": finding.size.replicates, "years": finding.size.years, "code": fingerprint()},
        }


def show_audit(only: Sequence[str], out: Path, size: AuditSize) -> bool:
    """Write and print the audit of all carried rows and of Q06, or of those in ``only``; return whether all pass."""
    carried_rows = {row.id: row for row in rows_in_list("carried")}
    known = {name: name for name in (*carried_rows, MEMORY_ROW)}
    names = select_named(known, only, "no row of evidence '{}' is carried")
    repeated = size.larger
    lines = [
        f"Without what carries each row: {size.replicates} twins, {size.years:g} years, scale {size.scale:g};",
        f"a row not sure at first is looked at with {repeated.replicates} twins, {repeated.years:g} years;",
        f"monthly means, accounts of the ledger in all; difference with its {CONFIDENCE:.0%} interval."
        " A row is carried if",
        "its interval lies on the side that the row says; but for definitions the difference must reach delta, too",
    ]
    findings = [examine_row(carried_rows[name], size) for name in names if name != MEMORY_ROW]
    lines += audit_lines(findings)
    all_passed = all(finding.passed for finding in findings)
    if MEMORY_ROW in names:
        line, passed = memory_line()
        lines += ["", "Effects that were measured elsewhere and are not set", line]
        all_passed = all_passed and passed
    lines += ["", *summary_lines(findings), *([] if only else missing_lines())]
    print(write_table(out, "audit", list(rows_of(findings)), COLUMNS, lines))
    return all_passed
