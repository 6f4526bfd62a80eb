"""Indices of a sensitivity analysis with intervals, ranks and random variation, as a text table and a file."""

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.statistics.noise_share import VarianceComponents, variance_components
from experiments.storage.writing import csv_bytes
from experiments.studies.sensitivity_methods import Index, Method, Problem, complete_blocks, ranks

INDICES_FILE = "indices.csv"
MAX_RANKED_NOISE = 0.5
"""Share of random variation in the means above which factors are not ranked."""
COLUMNS = (
    *("scenario", "policy", "measure", "factor", "index", "value", "half_width", "rank_best", "rank_worst"),
    *("luck_in_runs", "luck_in_means", "replicates", "replicates_needed", "blocks", "blocks_dropped"),
)
LINE_WIDTH, NAME_WIDTH, MAX_ROWS = 80, 38, 15


@dataclass(frozen=True)
class SensitivityFinding:
    """Result of an analysis for one measure in one scenario with one combination of policies."""

    arm: tuple[str, str]
    measure: str
    method: Method
    indices: tuple[Index, ...]
    noise: VarianceComponents | None
    blocks: int
    dropped: int
    refusal: str = ""

    @property
    def main(self) -> list[Index]:
        """Indices by which factors are ranked, the largest first."""
        return sorted((one for one in self.indices if one.name == self.method.main), key=lambda one: -one.value)

    @property
    def ranks(self) -> dict[str, tuple[int, int]]:
        """Best and worst rank by factor; empty if factors are not ranked."""
        return {} if self.refusal else ranks(self.main)


def analyse_measure(
    arm: tuple[str, str], measure: str, method: Method, problem: Problem, points: np.ndarray, outcomes: np.ndarray
) -> SensitivityFinding:
    """Analyse one measure; ``outcomes`` are points × seeds, NaN for a failed run or an undefined measure."""
    block = method.block(len(problem.group_names))
    complete = complete_blocks(outcomes, block)
    n_blocks, dropped = len(complete) // block, int((~complete).sum()) // block
    outcomes_kept = outcomes[complete]
    noise = variance_components(outcomes_kept)
    if n_blocks - dropped < max(method.min_blocks, n_blocks / 2):
        text = f"{dropped} of {n_blocks} {method.unit} hold a failed run or no number; too few are left"
        return SensitivityFinding(arm, measure, method, (), noise, n_blocks, dropped, text)
    means = outcomes_kept.mean(axis=1)
    if np.ptp(means) <= 1e-12 * max(1.0, float(np.abs(means).max())):
        return SensitivityFinding(arm, measure, method, (), noise, n_blocks, dropped, "no factor moves it at all")
    indices = tuple(method.analyse(problem, points[complete], means))
    return SensitivityFinding(arm, measure, method, indices, noise, n_blocks, dropped, refusal_of(noise))


def refusal_of(noise: VarianceComponents | None) -> str:
    """Return why factors are not ranked; empty if they are."""
    if noise is None:
        return "with one seed random variation cannot be told from the factors; state at least 2 seeds"
    if noise.in_means > MAX_RANKED_NOISE:
        return f"random variation makes {noise.in_means:.0%} of what differs between points; {replicates_clause(noise)}"
    return ""


def replicates_clause(noise: VarianceComponents) -> str:
    """Return a clause with the number of replicates that would suffice."""
    if math.isinf(noise.needed_replicates):
        return "no number of replicates would show more"
    return f"{noise.needed_replicates:,.0f} replicates would bring that to 10 %"


def text_of(finding: SensitivityFinding) -> str:
    """Return a finding as lines of at most 80 columns."""
    title = f"{finding.measure}: {', '.join(finding.arm)}"[:LINE_WIDTH]
    lines = [title, *noise_lines(finding)]
    if finding.refusal:
        lines += wrapped(f"no ranking: {finding.refusal}")
    if finding.indices:
        lines.append(f"  {'':{NAME_WIDTH}}{finding.method.main:>11}{'± 95 %':>11}{'rank':>9}")
        for one in finding.main[:MAX_ROWS]:
            place = "-".join(map(str, dict.fromkeys(finding.ranks.get(one.factor, ("-",)))))
            lines.append(f"  {one.factor[:NAME_WIDTH]:{NAME_WIDTH}}{one.value:>11.4g}{one.half:>11.2g}{place:>9}")
        if (more := len(finding.main) - MAX_ROWS) > 0:
            lines.append(f"  and {more} more in {INDICES_FILE}")
    if finding.ranks and all(span == (1, len(finding.main)) for span in finding.ranks.values()):
        lines += wrapped("all intervals overlap: the order says nothing yet")
    return "\n".join(lines)


def noise_lines(finding: SensitivityFinding) -> list[str]:
    """Return lines on the random variation of a measure and on the blocks left out."""
    noise, lines = finding.noise, []
    if noise is not None:
        stated = f"random variation: {noise.in_runs:.0%} of the variance of runs, "
        stated += f"{noise.in_means:.0%} of that of means of {noise.replicates}"
        lines += wrapped(
            f"{stated}; {replicates_clause(noise)}" if noise.in_means > 0.1 and not finding.refusal else stated
        )
    if finding.dropped:
        lines += wrapped(f"left out: {finding.dropped} of {finding.blocks} {finding.method.unit} with a failed run")
    return lines


def wrapped(text: str, first: str = "  ", rest: str = "  ") -> list[str]:
    """Return a text in lines of at most 80 columns, with indents of the first line and of the others."""
    return textwrap.wrap(text, LINE_WIDTH, initial_indent=first, subsequent_indent=rest)


def indices_csv(findings: Sequence[SensitivityFinding]) -> bytes:
    """Return all findings as CSV."""
    return csv_bytes(COLUMNS, (row for finding in findings for row in rows_of(finding)))


def rows_of(finding: SensitivityFinding) -> Iterator[tuple[object, ...]]:
    """Yield the indices of a measure with their ranks, random variation and numbers of blocks."""
    noise = finding.noise
    stated = (noise.in_runs, noise.in_means, noise.replicates, noise.needed_replicates) if noise else ("", "", 1, "")
    for one in finding.indices:
        rank = finding.ranks.get(one.factor, ("", "")) if one.name == finding.method.main else ("", "")
        index = (*finding.arm, finding.measure, one.factor, one.name, one.value, one.half)
        yield *index, *rank, *stated, finding.blocks, finding.dropped
