"""Decisions of each type of agent, and their changes when the police are absent, doubled, bad or good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np

from experiments.dev.examinations.tables import Row, head_of, rows_by_columns, star, worlds_of, write_table
from experiments.execution.executor import run_jobs
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_requests import plan_runs
from experiments.execution.runs import RunGroup, simulated_twins
from experiments.execution.shared_towns import TOWNS
from experiments.validation.experiment import BASE, SITES, estimate
from experiments.validation.experiment_runs import ExperimentSize
from experiments.words.catalogue import find_words
from model.engine.calendar import YEAR, tick_of
from model.engine.choices import AGENT_TYPES, CHOICES_DECLARED, ChoiceSpec
from model.engine.fingerprint import fingerprint

WORLDS = worlds_of("decisions")
YEARS, REPORTED_YEARS = 3, (1, 3)
"""Simulated years, and the years that are reported."""
COLUMNS = (
    *("site", "world", "year", "agent", "matter", "option", "chosen", "share", "low", "high"),
    *("change", "change_low", "change_high", "reason", "reason_share", "twins", "code"),
)
ChoiceCounts = dict[tuple[str, int, str], Counter[tuple[str, str]]]
"""Number of choices of each option for each reason, by world, year and matter."""


def group_of(site: str, seed: int, years: int, sets: Sequence[str]) -> RunGroup[str]:
    """Return the runs of all worlds of one site and seed, in the order of `WORLDS`."""
    specs = (
        plan_runs(site, policies=world.policies, sets=sets, years=years, seed=seed)[0] for world in WORLDS.values()
    )
    return RunGroup(tuple(specs), site)


def count_choices(group: RunGroup[str], tell: ReportProgress) -> ChoiceCounts:
    """Run all worlds of a group; return their choices."""
    choices: ChoiceCounts = {}
    results = simulated_twins(group.specs, TOWNS.of(group.specs[0].scenario), tell)
    for world, (spec, model, _) in zip(WORLDS, results, strict=True):
        for row in model.choices():
            year = 1 + (int(row["tick"]) - tick_of(spec.scenario.start)) // YEAR
            matter, term = CHOICES_DECLARED[int(row["matter"])], int(row["term"])
            chosen = matter.options[int(row["option"])], "luck" if term < 0 else matter.terms[term - 1]
            choices.setdefault((world, year, matter.name), Counter())[chosen] += 1
    return choices


def reported_years(years: int) -> list[int]:
    """Return the years of a run that are reported."""
    return [year for year in REPORTED_YEARS if year <= years]


def share_of(choices: ChoiceCounts, world: str, year: int, matter: str, option: str) -> float:
    """Return the share (per cent) of a year's choices that took an option, NaN if there were none."""
    counts = choices.get((world, year, matter), Counter())
    chosen = sum(n for (chosen_option, _), n in counts.items() if chosen_option == option)
    return 100.0 * chosen / counts.total() if counts else np.nan


def rows_of(choices_by_site: dict[str, list[ChoiceCounts]], years: Sequence[int]) -> Iterator[Row]:
    """Yield the share of each option with its change from the status quo, by site, year and world."""
    matters = sorted(CHOICES_DECLARED.values(), key=lambda matter: AGENT_TYPES.index(matter.agent))
    for site, seeds in choices_by_site.items():
        for matter, year in product(matters, years):
            for option, world in product(matter.options, WORLDS):
                yield row_of(site, seeds, matter, year, option, world)


def row_of(site: str, twins: Sequence[ChoiceCounts], matter: ChoiceSpec, year: int, option: str, world: str) -> Row:
    """Return one row of the table."""
    shares, base = ([share_of(choices, name, year, matter.name, option) for choices in twins] for name in (world, BASE))
    share, change = estimate(shares), estimate([a - b for a, b in zip(shares, base, strict=True)])
    reasons: Counter[str] = Counter()
    for choices in twins:
        for (chosen, reason), n in choices.get((world, year, matter.name), Counter()).items():
            if chosen == option:
                reasons[reason] += n
    total = reasons.total()
    del reasons["luck"]
    reason, most = max(reasons.items(), key=lambda item: item[1], default=("", 0))
    values = (
        *(site, world, year, matter.agent, matter.name, option, total / len(twins), share.value, share.low, share.high),
        *(change.value, change.low, change.high, reason, most / total if total else np.nan, len(twins), fingerprint()),
    )
    return dict(zip(COLUMNS, values, strict=True))


def format_decisions(rows: Sequence[Row], scale: float) -> Iterator[str]:
    """Yield the table as text, in both languages for lines that a workshop reads."""
    if not rows:
        yield "Nobody decided anything. / Nadie decidió nada."
        return
    yield from head_of("decisions", twins=rows[0]["twins"], scale=scale)
    years = dict.fromkeys(row["year"] for row in rows)
    for (site,), site_rows in rows_by_columns(rows, "site").items():
        for year in years:
            yield f"\n{site}, year / año {year}".ljust(62) + "".join(f"{world.en:>22}" for world in WORLDS.values())
            for matter_rows in rows_by_columns((row for row in site_rows if row["year"] == year), "matter").values():
                if any(row["chosen"] > 0.0 for row in matter_rows):
                    yield from block(matter_rows)


def block(rows: Sequence[Row]) -> Iterator[str]:
    """Yield one matter: one line per option, one column per world."""
    agent, matter = rows[0]["agent"], rows[0]["matter"]
    yield f"{find_words('agents', agent, 'en')}: " + " / ".join(
        find_words("matters", matter, lang) for lang in ("en", "es")
    )
    for (option,), option_rows in rows_by_columns(rows, "option").items():
        base, reason_text = option_rows[0], ""
        if base["reason"]:
            reason = find_words("reasons", f"{matter}.{base['reason']}", "en")
            reason_text = f"  {reason} {100.0 * base['reason_share']:.0f} %"
        label = f"  {find_words('options', f'{matter}.{option}', 'en')} ({base['chosen']:.4g})"
        yield label.ljust(60) + "".join(f"{format_share(row):>22}" for row in option_rows) + reason_text


def format_share(row: Row) -> str:
    """Return a share as text, with its change."""
    if np.isnan(row["share"]):
        return "-"
    return f"{row['share']:.1f}" + ("" if row["world"] == BASE else f" ({row['change']:+.1f}){star(row)}")


def show_decisions(out: Path, size: ExperimentSize, years: int = YEARS) -> list[Row]:
    """Run all worlds at both sites; print, write and return the decisions."""
    groups = [group_of(site, 1 + seed, years, size.sets) for site in SITES for seed in range(size.seeds)]
    choices_by_site: dict[str, list[ChoiceCounts]] = {}
    for group, choices in run_jobs(groups, count_choices, size.workers, "decisions").all_pairs:
        choices_by_site.setdefault(group.label, []).append(choices)
    rows = list(rows_of(choices_by_site, reported_years(years)))
    print(write_table(out, "decisions", rows, COLUMNS, format_decisions(rows, size.scale)))
    return rows
