"""Break down the cost of a decade: seconds by phase, events, draws by decision, and the work of the bare loop."""

import pickle
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.dev.bench.bare_loop import YEARS, WorkCounts, work_of
from experiments.dev.bench.fresh import SHIFTS_PER_YEAR, SITE, measure_in_fresh_process
from experiments.dev.bench.phases import Phases
from model.town.town import build_town
from scenarios import load

DECADE_SHIFTS = SHIFTS_PER_YEAR * YEARS
SHOWN_DECISIONS = 12


@dataclass(frozen=True)
class Breakdown:
    """Measurements of ``shifts``, counts of the first ``counted_shifts``; rows and bytes per row of residents."""

    shifts: int
    phases: Phases
    counted_shifts: int
    draws: dict[str, dict[str, int]]
    exponentials: dict[str, int]
    rows: int
    row_bytes: int

    def draws_of(self, phase: str) -> float:
        """Return the draws of one phase in a decade."""
        return sum(self.draws.get(phase, {}).values()) * DECADE_SHIFTS / self.counted_shifts

    def by_decision(self) -> dict[str, float]:
        """Return the draws of a decade by decision, most first."""
        total: Counter[str] = Counter()
        for made in self.draws.values():
            total.update(made)
        return {name: n * DECADE_SHIFTS / self.counted_shifts for name, n in total.most_common()}

    def work(self) -> WorkCounts:
        """Return the work of a decade."""
        counts = {kind: n * DECADE_SHIFTS / self.shifts for kind, n in self.phases.written.items()}
        exponentials = sum(self.exponentials.values()) * DECADE_SHIFTS / self.counted_shifts
        return work_of(counts, sum(self.by_decision().values()), exponentials, self.rows, self.row_bytes)


def break_down(years: float, counted_shifts: int) -> Breakdown:
    """Measure some years by phase and count draws with compilation disabled, each in a fresh process."""
    phases = measure_in_fresh_process("phases", str(years))
    with tempfile.TemporaryDirectory() as folder:
        town = Path(folder) / "town.pickle"  # building it without compilation would take too long
        town.write_bytes(pickle.dumps(build_town(load(SITE, set={"calendar.warm_up": 0}))))
        counted = measure_in_fresh_process("draws", str(counted_shifts), str(town))
    counts = {name: counted[name] for name in ("draws", "exponentials")}
    sizes = {name: phases[name] for name in ("shifts", "rows", "row_bytes")}
    return Breakdown(phases=Phases(**phases["phases"]), counted_shifts=counted_shifts, **counts, **sizes)


def breakdown_lines(breakdown: Breakdown) -> Iterator[str]:
    """Yield the lines of the breakdown."""
    scale = DECADE_SHIFTS / breakdown.shifts
    total = sum(breakdown.phases.seconds.values())
    yield f"{'a decade by phase':20}{'seconds':>8}{'share':>7}{'draws':>11}{'events':>10}{'ns each':>10}  mostly"
    for phase, seconds in sorted(breakdown.phases.seconds.items(), key=lambda one: -one[1]):
        rows = breakdown.phases.events.get(phase, {})
        n = sum(rows.values())
        each = f"{1e9 * seconds / n:,.0f}" if n else "-"
        mostly = max(rows, key=lambda name: rows[name]) if rows else ""
        counts = f"{breakdown.draws_of(phase):11,.0f}{scale * n:10,.0f}"
        yield f"{phase[:19]:20}{scale * seconds:8.3f}{seconds / total:7.1%}{counts}{each:>10}  {mostly}".rstrip()
    yield ""
    yield from two_columns(
        "rows written into the daybook, and what the months counted, in a decade",
        {name: scale * n for name, n in breakdown.phases.written.items()},
    )
    yield ""
    yield from two_columns(
        f"draws by decision in a decade, counted without the compiler over {breakdown.counted_shifts} shifts",
        dict(list(breakdown.by_decision().items())[:SHOWN_DECISIONS]),
    )


def two_columns(title: str, numbers: dict[str, float]) -> Iterator[str]:
    """Yield a title, then names and numbers in two columns, the largest first."""
    yield title
    entries = [f"  {name:24}{n:12,.0f}" for name, n in sorted(numbers.items(), key=lambda one: -one[1])]
    half = (len(entries) + 1) // 2
    for k in range(half):
        yield "".join(entries[k::half])


def loop_lines(work: WorkCounts, loop: dict[str, Any]) -> Iterator[str]:
    """Yield the work of the bare loop in a decade, with the nanoseconds of each kind."""
    yield f"{'the bare loop of a decade':24}{'number':>14}{'ns each':>12}{'seconds':>10}"
    for kind, nanoseconds in loop["nanoseconds"].items():
        n = getattr(work, kind)
        yield f"  {kind:22}{n:14,}{nanoseconds:12,.1f}{1e-9 * n * nanoseconds:10.3f}"
