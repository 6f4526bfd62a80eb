"""The audit: each row of evidence that the model carries is taken out, and its own quantity must change.

Two worlds share all luck, so what a carrier does not touch is equal to the last bit; what it does touch may still
differ in either direction by chance.  A row passes if, over twins, the interval of the mean difference lies on the side
that the row says.  One that does not is looked at again, with more twins and twice the time; there it is enough, too,
that each of eight twins or more changed in that direction, which chance alone does once in 256.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd

from experiments.execution.run_requests import asked
from experiments.tools.documents.evidence import LEDGER, LISTS, EvidenceRow, in_list
from experiments.validation.knockouts import SURE, KnockoutEffect, average_by_seed, effect_of, shown, tables_of
from experiments.validation.study_tables import select


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
    effect: KnockoutEffect
    size: AuditSize
    agree: int

    @property
    def passed(self) -> bool:
        """True if the quantity surely changed, in the direction that the row says."""
        return self.effect.low > 0.0 if self.row.without == "falls" else self.effect.high < 0.0


def examined(row: EvidenceRow, size: AuditSize) -> AuditFinding:
    """Return what the worlds of a row show, with a second look if the first leaves it open."""
    first = found(row, size)
    return first if first.passed else found(row, size.closer)


def found(row: EvidenceRow, size: AuditSize) -> AuditFinding:
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
    specs = asked(site, policies=policies, sets=sets, years=size.years, replicates=size.replicates)
    tables = tables_of(specs, size.workers, f"{site} {' '.join(items) or 'as it is'}")
    seeds = {one.run: one.seed for one in specs}
    ledger = tables["ledger"].assign(seed=tables["ledger"]["run"].map(seeds))
    accounts = ledger.pivot_table("change", "seed", "cause", "sum")
    return average_by_seed(tables["measures"]).join(accounts.rename(columns=lambda cause: f"{LEDGER}{cause}"))


def audit_lines(findings: Sequence[AuditFinding]) -> Iterator[str]:
    """Yield the table of the audit, a line a row."""
    yield f"{'row':5}{'quantity':36}{'that way':>10}{'has it':>10}{'lacks it':>10}{'difference, interval':>34}"
    for one in findings:
        effect, sign = one.effect, "" if one.passed else "  NOT AS THE ROW SAYS"
        band = f"{shown(effect.mean).strip()} [{shown(effect.low).strip()}, {shown(effect.high).strip()}]"
        agree = f"{one.agree} of {one.size.replicates}"
        shares = f"{agree:>10}{shown(effect.with_it):>10}{shown(effect.without):>10}"
        yield f"{one.row.id:5}{one.row.quantity:36}{shares}{band:>34}{sign}"


def show_audit(only: Sequence[str], size: AuditSize) -> bool:
    """Print the audit of the rows that are carried; return whether each passes."""
    rows = select({row.id: row for row in in_list("carried")}, only, "no row of evidence '{}' is carried")
    more = size.closer
    print(f"Without what carries each row: {size.replicates} twins, {size.years:g} years, scale {size.scale:g};")
    print(f"a row not sure at first is looked at with {more.replicates} twins, {more.years:g} years;")
    print(f"monthly means, accounts of the ledger in all; difference with its {SURE:.0%} interval")
    findings = [examined(row, size) for row in rows]
    print("\n".join(audit_lines(findings)))
    print("; ".join(f"{name}: {len(in_list(name))}" for name in LISTS))
    return all(one.passed for one in findings)
