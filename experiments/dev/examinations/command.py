"""The command `validate`: check the request, then run the requested examinations in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.storage.disk_space import check_disk_space
from experiments.storage.writing import check_own_files
from experiments.words.toml_files import toml_beside
from model.engine.errors import InputError, suggest_nearest

if TYPE_CHECKING:
    from experiments.validation.experiment_runs import ExperimentSize

DEFAULT_FOLDER = Path("results") / "validate"
MIN_SCALE = 0.05
"""The smallest part of a town that the model takes."""
ENTRIES: dict[str, dict[str, Any]] = toml_beside(__file__, "examinations.toml")
EXAMINATIONS = tuple(ENTRIES)
"""All examinations, in the order in which they run."""
TABLE_HEADERS: dict[str, dict[str, str]] = {name: entry["tables"] for name, entry in ENTRIES.items()}
"""Tables that each examination writes, with their first columns, by which they are recognised."""
WITH_QUICK = tuple(name for name, entry in ENTRIES.items() if not entry.get("not_quick"))
"""Examinations that simulate their own towns and accept --quick."""
OPTIONS = ("--only", "--replicates", "--years", "--scale", "--workers", "--quick", "--out")
"""Options of the command, for suggestions after a typing error."""
MAX_OUTPUT_BYTES = 5e6
"""Largest size in bytes of the tables and figures of an examination."""


@dataclass(frozen=True, kw_only=True)
class ValidationRequest:
    """Examinations to run and their size; None means the default of the examination."""

    names: tuple[str, ...]
    only: tuple[str, ...] = ()
    replicates: int | None = None
    years: float | None = None
    scale: float | None = None
    workers: int = 1
    quick: bool = False
    out: Path | None = None

    def check(self) -> None:
        """Raise InputError if the request is invalid."""
        for name in self.names:
            check_name(name)
        for message, broken in (self.wrong_options() | self.wrong_sizes()).items():
            if broken:
                raise InputError(message)
        for name in self.names:
            headers = {f"{table}.csv": header for table, header in TABLE_HEADERS[name].items()}
            beside = {
                f"{table}{ending}": f"{table}.csv" for table in TABLE_HEADERS[name] for ending in (".txt", ".png")
            }
            check_own_files(self.folder, headers, beside)

    def wrong_options(self) -> dict[str, bool]:
        """Return what names and options may not ask for, and whether they do."""
        own_size, own_years, with_only = (self.names_with(key) for key in ("own_size", "own_years", "only"))
        sizes = (self.replicates, self.years, self.scale)
        parts = [f"{entry['only']} for {name}" for name, entry in ENTRIES.items() if "only" in entry]
        return {
            f"name what to validate: {', '.join(EXAMINATIONS)}": not self.names,
            f"--only names {', '.join(parts[:-1])} or {parts[-1]}: name one of them": (
                bool(self.only) and len(with_only) != 1
            ),
            f"--replicates, --years and --scale have no meaning with {' and '.join(own_size)}: they are those of a"
            " student's pairs": bool(own_size) and sizes != (None, None, None),
            f"--years has no meaning with {' and '.join(own_years)}: every experiment has its own": (
                bool(own_years) and self.years is not None
            ),
            f"--quick goes with {', '.join(WITH_QUICK)} only": (self.quick and set(WITH_QUICK).isdisjoint(self.names)),
            "--quick sets --replicates, --years and --scale itself: leave them out": (
                self.quick and sizes != (None, None, None)
            ),
            f"--out {self.out} is a file, not a folder": self.out is not None and self.out.is_file(),
        }

    def wrong_sizes(self) -> dict[str, bool]:
        """Return what sizes may not be, and whether they are."""
        whole_years = self.names_with("whole_years")
        return {
            f"--replicates must be at least 1, got {self.replicates}": (
                self.replicates is not None and self.replicates < 1
            ),
            f"--scale must lie between {MIN_SCALE:g} and 1, got {self.scale}": (
                self.scale is not None and not MIN_SCALE <= self.scale <= 1.0
            ),
            f"--years must be more than 0, got {self.years}": self.years is not None and not self.years > 0.0,
            f"--years of {' and '.join(whole_years)} must be at least 1, got {self.years}": (
                self.years is not None and self.years < 1.0 and bool(whole_years)
            ),
        }

    def names_with(self, key: str) -> list[str]:
        """Return the requested examinations with a property of `examinations.toml`."""
        return [name for name in self.names if ENTRIES[name].get(key)]

    @property
    def folder(self) -> Path:
        """Folder of tables and figures."""
        return self.out or DEFAULT_FOLDER

    def years_of(self, name: str) -> float:
        """Return the years of an examination: those requested, else its own."""
        entry = ENTRIES[name]
        if self.quick and "quick_years" in entry:
            return int(entry["quick_years"])
        years = self.years or entry.get("years", 1.0)
        return int(years) if entry.get("whole_years") else years

    def size_of(self, name: str) -> ExperimentSize:
        """Return the size of an examination: the numbers requested, else its own, or those of a quick run."""
        from experiments.validation.experiment_runs import QUICK, ExperimentSize

        entry = ENTRIES[name]
        size = QUICK if self.quick else ExperimentSize(seeds=entry.get("pairs", 1), scale=entry.get("scale", 1.0))
        seeds, scale = self.replicates or size.seeds, self.scale or size.scale
        return replace(size, workers=self.workers, seeds=seeds, scale=scale)


def check_name(name: str) -> None:
    """Raise InputError if there is no such examination; say what to write for the form of version 0.2."""
    if name in EXAMINATIONS:
        return
    if name.removeprefix("--") in EXAMINATIONS:
        raise InputError(f"'validate {name}' went with version 0.4: write 'validate {name.removeprefix('--')}'")
    problem = f"no option '{name}'" if name.startswith("-") else f"no examination '{name}'"
    suggestion = suggest_nearest(name, [*EXAMINATIONS, *OPTIONS])
    raise InputError(f"{problem}{suggestion or f'; examinations are {", ".join(EXAMINATIONS)}'}")


def requested_names(words: Sequence[str]) -> tuple[str, ...]:
    """Return the examinations named on the command line, without duplicates."""
    return tuple(dict.fromkeys(words))


def run_examinations(request: ValidationRequest) -> bool:
    """Run the requested examinations in the order of `EXAMINATIONS`; return whether all passed."""
    request.check()
    if request.out is not None:
        check_disk_space({"--out": (request.out, MAX_OUTPUT_BYTES)})
    passed = [run_examination(name, request) for name in EXAMINATIONS if name in request.names]
    return all(passed)


def call_of(name: str, request: ValidationRequest) -> Callable[[], object]:
    """Return the call of an examination, with its own years, runs and scale if the request gives none."""
    from experiments.dev.examinations import coverage, criteria, decisions, facts, hindcast, still, worlds
    from experiments.dev.examinations.account_weights import show_account_weights
    from experiments.dev.examinations.audit import AuditSize, show_audit
    from experiments.dev.examinations.effects import row_passes, show_effects
    from experiments.dev.examinations.knockouts import show_knockouts
    from experiments.dev.examinations.lessons import show_lessons
    from experiments.dev.examinations.mediation import show_mediation
    from experiments.dev.examinations.scorecard import show_scorecard

    only, folder, size, years = request.only, request.folder, request.size_of(name), request.years_of(name)
    towns: dict[str, Any] = {"years": years, "replicates": size.seeds, "scale": size.scale, "workers": size.workers}
    calls: dict[str, Callable[[], object]] = {
        "knockouts": lambda: show_knockouts(only, folder, **towns),
        "audit": lambda: show_audit(only, folder, AuditSize(**towns)),
        "criteria": lambda: criteria.show_criteria(folder, size, years),
        "ranges": lambda: criteria.show_ranges(folder, size, years),
        "effects": lambda: all(map(row_passes, show_effects(only, folder, size))),
        "ceiling": lambda: worlds.show_worlds("ceiling", folder, size, years),
        "headline": lambda: worlds.show_headline(folder, size, years),
        "decisions": lambda: decisions.show_decisions(folder, size, int(years)),
        "practice": lambda: worlds.show_worlds("practice", folder, size, years),
        "mediation": lambda: show_mediation(folder, size, years),
        "coverage": lambda: coverage.show_coverage(folder, size.seeds, size.scale, size.workers),
        "scorecard": lambda: show_scorecard(folder, size, years),
        "hindcast": lambda: not any(row["failed"] for row in hindcast.show_hindcast(folder, size)),
        "still": lambda: still.show_still(folder, size, int(years)),
        "worlds": lambda: still.show_still_worlds(folder, size, int(years)),
        "facts": lambda: facts.show_facts(folder, size, years),
        "account_weights": lambda: show_account_weights(folder, size),
        "lessons": lambda: show_lessons(folder, workers=request.workers),
    }
    return calls[name]


def run_examination(name: str, request: ValidationRequest) -> bool:
    """Run an examination and draw its table; return False if it failed."""
    result = call_of(name, request)()
    if ENTRIES[name].get("drawn"):
        from experiments.cli.plot import draw_record

        draw_record(request.folder / f"{name}.csv", fresh=True)
    return result is not False
