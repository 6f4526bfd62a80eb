"""The command `validate`: check the request, then run the requested examinations in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.storage.disk_space import check_disk_space
from experiments.storage.writing import check_own_files
from model.engine.errors import InputError, suggest_nearest

if TYPE_CHECKING:
    from experiments.validation.experiment_runs import ExperimentSize

DEFAULT_FOLDER = Path("results") / "validate"
REPLICATES, SCALE, YEARS = 8, 0.25, 2.0
MIN_SCALE = 0.05
"""The smallest part of a town that the model takes."""
EXAMINATIONS = (
    *("knockouts", "audit", "criteria", "ranges", "effects", "ceiling", "panel", "doses", "closed", "decisions"),
    *("practice", "mediation", "reach", "laws", "coverage", "scorecard", "hindcast", "still", "worlds", "facts"),
    "lessons",
)
"""All examinations, in the order in which they run."""
WITH_QUICK = tuple(name for name in EXAMINATIONS if name not in ("knockouts", "audit", "panel", "lessons"))
"""Examinations that simulate their own towns and accept --quick."""
WITH_ONLY = ("knockouts", "audit", "effects")
"""Examinations of which --only chooses parts."""
DRAWN_TABLES = {"effects": "effects", "ceiling": "ceiling", "panel": "trust_events", "doses": "doses"}
"""Tables of which a figure is drawn, by examination."""
TABLE_HEADERS = {
    "knockouts": {"knockouts": "mechanism,site"},
    "audit": {"audit": "row,kind"},
    "criteria": {"criteria": "site,world"},
    "ranges": {"criteria_ranges": "site,world"},
    "effects": {"effects": "experiment,line"},
    "ceiling": {"ceiling": "site,world"},
    "panel": {"trust_events": "reading,event"},
    "doses": {"doses": "site,reading"},
    "closed": {"closed": "site,law"},
    "decisions": {"decisions": "site,world", "consequences": "site,world"},
    "practice": {"practice": "site,world"},
    "mediation": {"mediation": "site,year"},
    "reach": {"reach": "site,years"},
    "laws": {"laws": "site,measure"},
    "coverage": {"coverage": "site,policy"},
    "scorecard": {"scorecard": "site,name", "patterns": "id,site"},
    "hindcast": {"hindcast": "site,series"},
    "still": {"still": "site,measure"},
    "worlds": {"still_worlds": "site,world,measure"},
    "facts": {"facts": "site,part"},
    "lessons": {"lessons": "town,case"},
}
"""Tables that each examination writes, with their first columns, by which they are recognised."""
IN_WHOLE_YEARS = ("closed", "decisions", "still", "worlds")
"""Examinations that count whole years alone."""
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
        sizes = (self.replicates, self.years, self.scale)
        rules = {
            f"name what to validate: {', '.join(EXAMINATIONS)}": not self.names,
            "--only names mechanisms for knockouts, rows for audit or experiments for effects: name one of them": (
                bool(self.only) and sum(name in WITH_ONLY for name in self.names) != 1
            ),
            "--replicates, --years and --scale have no meaning with lessons: they are those of a student's pairs": (
                "lessons" in self.names and sizes != (None, None, None)
            ),
            "--years has no meaning with effects: every experiment has its own": (
                "effects" in self.names and self.years is not None
            ),
            f"--quick goes with {', '.join(WITH_QUICK)} only": (self.quick and set(WITH_QUICK).isdisjoint(self.names)),
            "--quick sets --replicates, --years and --scale itself: leave them out": (
                self.quick and sizes != (None, None, None)
            ),
            f"--out {self.out} is a file, not a folder": self.out is not None and self.out.is_file(),
            f"--replicates must be at least 1, got {self.replicates}": (
                self.replicates is not None and self.replicates < 1
            ),
            f"--scale must lie between {MIN_SCALE:g} and 1, got {self.scale}": (
                self.scale is not None and not MIN_SCALE <= self.scale <= 1.0
            ),
            f"--years must be more than 0, got {self.years}": self.years is not None and not self.years > 0.0,
            f"--years of {' and '.join(IN_WHOLE_YEARS)} must be at least 1, got {self.years}": (
                self.years is not None and self.years < 1.0 and not set(IN_WHOLE_YEARS).isdisjoint(self.names)
            ),
        }
        for message, broken in rules.items():
            if broken:
                raise InputError(message)
        for name in self.names:
            headers = {f"{table}.csv": header for table, header in TABLE_HEADERS[name].items()}
            beside = {
                f"{table}{ending}": f"{table}.csv" for table in TABLE_HEADERS[name] for ending in (".txt", ".png")
            }
            check_own_files(self.folder, headers, beside)

    @property
    def folder(self) -> Path:
        """Folder of tables and figures."""
        return self.out or DEFAULT_FOLDER

    def years_or(self, usual: float) -> float:
        """Return the requested years, else ``usual``."""
        return usual if self.years is None else self.years

    def towns(self, years: float, replicates: int, scale: float = 1.0) -> dict[str, Any]:
        """Return years, replicates, scale and workers: requested values, else the given defaults."""
        return {
            "years": self.years_or(years),
            "replicates": self.replicates or replicates,
            "scale": scale if self.scale is None else self.scale,
            "workers": self.workers,
        }

    def size(self, **own: Any) -> ExperimentSize:
        """Return the size of the experiment: requested values, else the defaults of the examination (``own``)."""
        from experiments.validation.experiment_runs import QUICK, ExperimentSize

        size = QUICK if self.quick else ExperimentSize(**own)
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
    """Return the call of an examination, with its default years, runs and scale if the request gives none."""
    from experiments.dev.examinations import ceiling, closed_town, decisions, doses, practice, scorecard
    from experiments.dev.examinations.audit import AuditSize, show_audit
    from experiments.dev.examinations.coverage import PAIRS_PER_SITE, show_coverage
    from experiments.dev.examinations.effects import row_passes, show_effects
    from experiments.dev.examinations.hindcast import show_hindcast
    from experiments.dev.examinations.knockouts import show_knockouts
    from experiments.dev.examinations.lessons import show_lessons
    from experiments.dev.examinations.mediation import show_mediation
    from experiments.dev.examinations.trust_events import show_events
    from experiments.validation import criteria, experiment

    only, folder, quick, years = request.only, request.folder, request.quick, request.years_or
    one_seed, twins, pairs = (request.size(seeds=seeds) for seeds in (1, REPLICATES, criteria.PAIRS))
    small, coverage, many = (request.size(seeds=seeds, scale=SCALE) for seeds in (REPLICATES, PAIRS_PER_SITE, 20))
    audit_size = AuditSize(**request.towns(AuditSize.years, AuditSize.replicates, AuditSize.scale))
    calls: dict[str, Callable[[], object]] = {
        "knockouts": lambda: show_knockouts(only, folder, **request.towns(YEARS, REPLICATES, SCALE)),
        "audit": lambda: show_audit(only, folder, audit_size),
        "criteria": lambda: criteria.show_criteria(folder, pairs, years(criteria.YEARS)),
        "ranges": lambda: criteria.show_ranges(folder, pairs, years(criteria.YEARS)),
        "effects": lambda: all(map(row_passes, show_effects(only, folder, request.size(seeds=experiment.MIN_TWINS)))),
        "ceiling": lambda: ceiling.show_ceiling(folder, request.size(), years(ceiling.YEARS)),
        "panel": lambda: show_events(folder),
        "doses": lambda: doses.show_doses(folder, replace(one_seed, max_years=years(one_seed.max_years))),
        "closed": lambda: closed_town.show_closed(folder, small, 6 if quick else int(years(closed_town.YEARS))),
        "decisions": lambda: decisions.show_decisions(folder, many, 1 if quick else int(years(decisions.YEARS))),
        "mediation": lambda: show_mediation(folder, twins, years(max(practice.HORIZONS))),
        "practice": lambda: practice.show_practice(folder, twins, years(max(practice.HORIZONS))),
        "coverage": lambda: show_coverage(folder, coverage.seeds, coverage.scale, coverage.workers),
        "scorecard": lambda: scorecard.show_scorecard(folder, twins, years(scorecard.YEARS)),
        "lessons": lambda: show_lessons(folder, workers=request.workers),
        "hindcast": lambda: not any(row["failed"] for row in show_hindcast(folder, twins)),
    }
    return (calls | calls_on_status_quo(request))[name]


def calls_on_status_quo(request: ValidationRequest) -> dict[str, Callable[[], object]]:
    """Return the calls of the examinations of the status quo alone, by name."""
    from experiments.dev.examinations import facts, still
    from experiments.validation.experiment import MIN_TWINS_RARE

    towns, folder = request.size(seeds=MIN_TWINS_RARE), request.folder
    decade = 3 if request.quick else int(request.years_or(still.YEARS))
    return {
        "still": lambda: still.show_still(folder, towns, decade),
        "worlds": lambda: still.show_still_worlds(folder, towns, decade),
        "facts": lambda: facts.show_facts(folder, towns, request.years_or(facts.YEARS)),
    }


def run_examination(name: str, request: ValidationRequest) -> bool:
    """Run an examination and draw its table; return False if it failed."""
    result = call_of(name, request)()
    if name in DRAWN_TABLES:
        from experiments.cli.plot import draw_record

        draw_record(request.folder / f"{DRAWN_TABLES[name]}.csv", fresh=True)
    return result is not False
