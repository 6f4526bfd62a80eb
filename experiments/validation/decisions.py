"""Decisions: what each kind of agent decided, and how that changes when the police are absent, doubled, bad or good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from experiments.execution.executor import run_jobs
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_requests import asked
from experiments.execution.run_tables import go_on
from experiments.execution.shared_towns import TOWNS
from experiments.execution.twin_runs import twins
from experiments.validation import consequences
from experiments.validation.experiment import BASE, SITES, estimate
from experiments.validation.experiment_runs import ExperimentSize
from experiments.validation.study_tables import Row, write_table
from experiments.words.catalogue import find
from model.engine.calendar import YEAR, tick_of
from model.engine.choices import AGENT_TYPES, CHOICES_DECLARED, ChoiceSpec
from model.engine.fingerprint import fingerprint

WORLDS = {
    BASE: ("as it is", "como está"),
    "no_police": ("no police", "sin policía"),
    "couples_double": ("twice the couples", "el doble de parejas"),
    "abusive": ("abusive police", "policía abusiva"),
    "every_call_answered": ("every call answered", "toda llamada atendida"),
    "no_call_answered": ("no call answered", "ninguna llamada atendida"),
}
"""Worlds by the name of their policy, in English and Spanish."""
YEARS, AFTER = 3, (1, 3)
"""Years lived, and the years that are told."""
COLUMNS = (
    *("site", "world", "year", "agent", "matter", "option", "chosen", "share", "low", "high"),
    *("change", "change_low", "change_high", "reason", "reason_share", "twins", "code"),
)
ChoiceCounts = dict[tuple[str, int, str], Counter[tuple[str, str]]]
"""By world, year and matter: how often an option was chosen for a reason."""


def worlds_all() -> dict[str, tuple[str, str]]:
    """Return all worlds that live: those of the decisions, and those of what came of them."""
    return {**WORLDS, **consequences.WORLDS}


@dataclass(frozen=True)
class DecisionCase:
    """All worlds of one site and seed, which share a warm-up."""

    site: str
    seed: int
    years: int
    sets: tuple[str, ...]

    @property
    def key(self) -> str:
        """Identity among all others."""
        return f"{self.site}, {self.seed}"

    @property
    def shifts(self) -> int:
        """Shifts that it simulates."""
        return YEAR * (1 + self.years * len(worlds_all()))


def run_case(case: DecisionCase, tell: ReportProgress) -> tuple[ChoiceCounts, consequences.AnnualCounts]:
    """Let all worlds of a case live; return what was decided in them, and what came of it."""
    about: dict[str, Any] = {"sets": case.sets, "years": case.years, "seed": case.seed}
    specs = {one: asked(case.site, policies=[] if one == BASE else one.split("+"), **about)[0] for one in worlds_all()}
    town = TOWNS.of(specs[BASE].scenario)
    told: ChoiceCounts = {}
    counted: consequences.AnnualCounts = {}
    years = [year for year in AFTER if year <= case.years]
    for (world, spec), one in zip(specs.items(), twins(list(specs.values()), town, tell), strict=True):
        go_on(one, tick_of(spec.until), tell)
        counted |= consequences.counted(world, one.datacollector.model_vars, one.settings.start, years)
        for row in one.choices() if world in WORLDS else ():
            year, matter = (
                1 + (int(row["tick"]) - tick_of(spec.scenario.start)) // YEAR,
                CHOICES_DECLARED[int(row["matter"])],
            )
            taken = matter.options[int(row["option"])], reason_of(matter, int(row["term"]))
            told.setdefault((world, year, matter.name), Counter())[taken] += 1
    return told, counted


def reason_of(matter: ChoiceSpec, term: int) -> str:
    """Return the name of the reason of a choice."""
    return "luck" if term < 0 else matter.terms[term - 1]


def share_of(told: ChoiceCounts, world: str, year: int, matter: str, option: str) -> float:
    """Return how many of a hundred choices of a year took an option; nan if there was none."""
    found = told.get((world, year, matter), Counter())
    return 100.0 * sum(n for (taken, _), n in found.items() if taken == option) / max(found.total(), 1) or (
        0.0 if found else np.nan
    )


def rows_of(found: dict[str, list[ChoiceCounts]], years: Sequence[int]) -> Iterator[Row]:
    """Yield how often each option was chosen, with the change against the status quo, by site, year and world."""
    matters = sorted(CHOICES_DECLARED.values(), key=lambda one: AGENT_TYPES.index(one.agent))
    for site, seeds in found.items():
        for matter in matters:
            for year in years:
                for option in matter.options:
                    for world in WORLDS:
                        yield row_of(site, seeds, matter, year, option, world)


def row_of(site: str, twins: Sequence[ChoiceCounts], matter: ChoiceSpec, year: int, option: str, world: str) -> Row:
    """Return one row of the table."""
    shares = [share_of(told, world, year, matter.name, option) for told in twins]
    base = [share_of(told, BASE, year, matter.name, option) for told in twins]
    share, change = estimate(shares), estimate([a - b for a, b in zip(shares, base, strict=True)])
    taken: Counter[str] = Counter()
    for told in twins:
        for (chosen, reason), n in told.get((world, year, matter.name), Counter()).items():
            if chosen == option:
                taken[reason] += n
    total = taken.total()
    reason, most = max(
        ((name, n) for name, n in taken.items() if name != "luck"), key=lambda one: one[1], default=("", 0)
    )
    values = (
        *(site, world, year, matter.agent, matter.name, option, total / len(twins), share.value, share.low, share.high),
        *(change.value, change.low, change.high, reason, most / total if total else np.nan, len(twins), fingerprint()),
    )
    return dict(zip(COLUMNS, values, strict=True))


def lines_of(rows: Sequence[Row], scale: float) -> Iterator[str]:
    """Yield the table as text, in both languages where a workshop reads it."""
    if not rows:
        yield "Nobody decided anything. / Nadie decidió nada."
        return
    yield "Decisions: of a hundred choices of a year, how many took each option; (change against the status quo)."
    yield "Decisiones: de cada cien decisiones de un año, cuántas tomaron cada opción; (cambio frente a como está)."
    yield f"{rows[0]['twins']} twins at scale {scale:g}. In brackets how often a year; last the reason most"
    yield "often decisive as it is, and in how many of a hundred of these choices. * the change is sure."
    for site in dict.fromkeys(row["site"] for row in rows):
        for year in dict.fromkeys(row["year"] for row in rows):
            own = [row for row in rows if row["site"] == site and row["year"] == year]
            yield f"\n{site}, year / año {year}".ljust(62) + "".join(f"{WORLDS[w][0]:>22}" for w in WORLDS)
            for matter in dict.fromkeys(row["matter"] for row in own if row["chosen"] > 0.0):
                yield from block([row for row in own if row["matter"] == matter])


def block(rows: Sequence[Row]) -> Iterator[str]:
    """Yield one matter: a line an option, a column a world."""
    first = rows[0]
    name = " / ".join(find("matters", first["matter"], language) for language in ("en", "es"))
    yield f"{find('agents', first['agent'], 'en')}: {name}"
    for option in dict.fromkeys(row["option"] for row in rows):
        own = [row for row in rows if row["option"] == option]
        base = own[0]
        label = f"  {find('options', f'{base["matter"]}.{option}', 'en')} ({base['chosen']:.4g})"
        why = f"  {reason_told(base)}" if base["reason"] else ""
        yield label.ljust(60) + "".join(f"{shown(row):>22}" for row in own) + why


def reason_told(row: Row) -> str:
    """Return the chief reason in words, with how often it was decisive."""
    return f"{find('reasons', f'{row["matter"]}.{row["reason"]}', 'en')} {100.0 * row['reason_share']:.0f} %"


def shown(row: Row) -> str:
    """Return a share, with its change."""
    if np.isnan(row["share"]):
        return "-"
    if row["world"] == BASE:
        return f"{row['share']:.1f}"
    sure = "*" if row["change_low"] > 0.0 or row["change_high"] < 0.0 else ""
    return f"{row['share']:.1f} ({row['change']:+.1f}){sure}"


def show_decisions(out: Path, size: ExperimentSize, years: int = YEARS) -> list[Row]:
    """Let all worlds live at both sites; print, write and return what was decided, with what came of it apart."""
    cases = [DecisionCase(site, 1 + seed, years, tuple(size.sets)) for site in SITES for seed in range(size.seeds)]
    found: dict[str, list[ChoiceCounts]] = {}
    counted: dict[str, list[consequences.AnnualCounts]] = {}
    for case, (told, counts) in run_jobs(cases, run_case, size.workers, "decisions").finished:
        found.setdefault(case.site, []).append(told)
        counted.setdefault(case.site, []).append(counts)
    after = [year for year in AFTER if year <= years]
    rows = list(rows_of(found, after))
    came = list(consequences.rows_of(counted, BASE, after))
    print(write_table(out, "decisions", rows, COLUMNS, lines_of(rows, size.scale)))
    lines = consequences.lines_of(came, worlds_all(), size.scale)
    print(write_table(out, "consequences", came, consequences.COLUMNS, lines))
    return rows
