"""The command `validate`: check the request, then run one examination after the other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.storage.disk_space import check_room
from model.engine.errors import InputError, suggest_nearest

if TYPE_CHECKING:
    from experiments.validation.experiment_runs import ExperimentSize

OUT = Path("results") / "validate"
REPLICATES, SCALE, YEARS = 8, 0.25, 2.0
OPTIONS = ("--only", "--replicates", "--years", "--scale", "--workers", "--quick", "--out")
"""Options of the command, to suggest the nearest."""
TABLES = 5e6
"""Bytes of the tables and figures of an examination, at most."""


@dataclass(frozen=True, kw_only=True)
class ValidationRequest:
    """Examinations to run, and how much of each; None is the default of the examination."""

    names: tuple[str, ...]
    only: tuple[str, ...] = ()
    replicates: int | None = None
    years: float | None = None
    scale: float | None = None
    workers: int = 1
    quick: bool = False
    out: Path | None = None

    def check(self) -> None:
        """Raise InputError with what is wrong, before anything is run."""
        for name in self.names:
            if name not in EXAMINATIONS:
                what = f"no option '{name}'" if name.startswith("-") else f"no examination '{name}'"
                near = suggest_nearest(name, [*EXAMINATIONS, *OPTIONS])
                raise InputError(f"{what}{near or f'; examinations are {", ".join(EXAMINATIONS)}'}")
        asked = [EXAMINATIONS[name] for name in self.names]
        virtual = any(one.virtual for one in asked)
        own_worlds = ", ".join(name for name, one in EXAMINATIONS.items() if one.virtual)
        sizes = (self.replicates, self.years, self.scale)
        rules = {
            f"name what to validate: {', '.join(EXAMINATIONS)}": not asked,
            "--only names mechanisms for knockouts, rows for audit or experiments for effects: name one of them": (
                bool(self.only) and sum(one.selects for one in asked) != 1
            ),
            "--years has no meaning with effects: every experiment has its own": (
                "effects" in self.names and self.years is not None
            ),
            f"--quick goes with {own_worlds} only": self.quick and not virtual,
            "--quick sets --replicates, --years and --scale itself: leave them out": (
                self.quick and sizes != (None, None, None)
            ),
            f"--out {self.out} is a file, not a folder": self.out is not None and self.out.is_file(),
            f"--replicates must be at least 1, got {self.replicates}": (
                self.replicates is not None and self.replicates < 1
            ),
        }
        for message, broken in rules.items():
            if broken:
                raise InputError(message)

    @property
    def folder(self) -> Path:
        """Folder of tables and figures."""
        return self.out or OUT

    def years_or(self, usual: float) -> float:
        """Return the years that are asked for, else those of the examination."""
        return usual if self.years is None else self.years

    def towns(self, years: float, replicates: int, scale: float = 1.0) -> dict[str, Any]:
        """Return number, size and years of the towns: what is asked for, else what is the examination's own."""
        return {
            "years": self.years_or(years),
            "replicates": self.replicates or replicates,
            "scale": scale if self.scale is None else self.scale,
            "workers": self.workers,
        }

    def size(self, **own: Any) -> ExperimentSize:
        """Return how much is simulated: what is asked for, else the default of the examination."""
        from experiments.validation.experiment_runs import QUICK, ExperimentSize

        size = QUICK if self.quick else ExperimentSize(**own)
        seeds, scale = self.replicates or size.seeds, self.scale or size.scale
        return replace(size, workers=self.workers, seeds=seeds, scale=scale)


def requested_names(words: Sequence[str]) -> tuple[str, ...]:
    """Return the examinations that words of a command name, each once; `--effects` stands for `effects`.

    The form with dashes is that of version 0.2. It is accepted, with a warning, until version 0.4.
    """
    plain = {f"--{name}": name for name in EXAMINATIONS}
    for word in words:
        if word in plain:
            print(f"'validate {word}' goes with version 0.4: write 'validate {plain[word]}'", file=sys.stderr)
    return tuple(dict.fromkeys(plain.get(word, word) for word in words))


def run_examinations(request: ValidationRequest) -> bool:
    """Run all examinations that are asked for, in the order of the list; return whether all is as it must be."""
    request.check()
    if request.out is not None:
        check_room({"--out": (request.out, TABLES)})
    good = [one.carried_out(request) for name, one in EXAMINATIONS.items() if name in request.names]
    return all(good)


def knockouts(request: ValidationRequest) -> bool:
    """Switch every mechanism off."""
    from experiments.validation.knockouts import show_knockouts

    return show_knockouts(request.only, request.folder, **request.towns(YEARS, REPLICATES, SCALE))


def audit(request: ValidationRequest) -> bool:
    """Take out what carries each row of evidence."""
    from experiments.validation.audit import AuditSize, show_audit

    own = AuditSize()
    return show_audit(request.only, request.folder, AuditSize(**request.towns(own.years, own.replicates, own.scale)))


def criteria(request: ValidationRequest) -> None:
    """Print the criteria over draws, beside the paper, and what they answer to."""
    from experiments.validation import criteria as own

    own.show_criteria(request.folder, request.size(seeds=own.PAIRS), request.years_or(own.YEARS))


def ranges(request: ValidationRequest) -> None:
    """Print how far the criteria of the status quo go over what is assumed."""
    from experiments.validation import criteria as own

    own.show_ranges(request.folder, request.size(seeds=own.PAIRS), request.years_or(own.YEARS))


def effects(request: ValidationRequest) -> bool:
    """Carry out the virtual experiments."""
    from experiments.validation.effects import holds, show_effects
    from experiments.validation.experiment import LEAST_TWINS

    return all(holds(row) for row in show_effects(request.only, request.folder, request.size(seeds=LEAST_TWINS)))


def ceiling(request: ValidationRequest) -> None:
    """Carry out the worlds of the ceiling."""
    from experiments.validation import ceiling as own

    own.show_ceiling(request.folder, request.size(), request.years_or(own.YEARS))


def panel(request: ValidationRequest) -> None:
    """Repeat the panels and the twins from which the sizes of single events are taken."""
    from experiments.validation.trust_events import show_events

    show_events(request.folder)


def doses(request: ValidationRequest) -> None:
    """Carry out the doses at both sites."""
    from experiments.validation.doses import show_doses

    size = request.size(seeds=1)
    show_doses(request.folder, replace(size, longest=request.years_or(size.longest)))


def closed(request: ValidationRequest) -> None:
    """Simulate closed towns under every law of trust; whether they stand still is printed, not judged."""
    from experiments.validation import closed_town as own

    years = 6 if request.quick else int(request.years_or(own.YEARS))
    own.show_closed(request.folder, request.size(seeds=REPLICATES, scale=SCALE), years)


def decisions(request: ValidationRequest) -> None:
    """Tell what every kind of agent decided, and how that changes in other worlds."""
    from experiments.validation import decisions as own

    years = 1 if request.quick else int(request.years_or(own.YEARS))
    own.show_decisions(request.folder, request.size(seeds=20, scale=SCALE), years)


def practice(request: ValidationRequest) -> None:
    """Tell which dose each policy of practices gave, and what came of it after 1, 3 and 10 years."""
    from experiments.validation import practice as own

    own.show_practice(request.folder, request.size(seeds=REPLICATES), request.years_or(max(own.AFTER)))


def reach(request: ValidationRequest) -> None:
    """Tell what each measure of the decision view does alone, step by step."""
    from experiments.comparison import single_measure_effects as own

    size = request.size(seeds=REPLICATES)
    own.show_reach(request.folder, size.seeds, request.years_or(own.YEARS), size.sets, size.workers)


def coverage(request: ValidationRequest) -> bool:
    """Measure how often intervals and verdicts of effects are right, on a bank of paired runs."""
    from experiments.validation.coverage import BANK, show_coverage

    size = request.size(seeds=BANK, scale=SCALE)
    return show_coverage(request.folder, size.seeds, size.scale, size.workers)


def scorecard(request: ValidationRequest) -> bool:
    """Set every row of the evidence that can be tested beside the model and a trivial forecast."""
    from experiments.validation.scorecard import YEARS as OWN
    from experiments.validation.scorecard import show_scorecard

    return show_scorecard(request.folder, request.size(seeds=REPLICATES), request.years_or(OWN))


def hindcast(request: ValidationRequest) -> bool:
    """Forecast the years from 2009 with and without the series that are scored."""
    from experiments.validation.hindcast import show_hindcast

    rows = show_hindcast(request.folder, request.size(seeds=REPLICATES))
    return not any(row["failed"] for row in rows)


def laws(request: ValidationRequest) -> None:
    """Tell whether what each measure of the decision view does alone keeps its sign under other laws of trust."""
    from experiments.comparison.sign_stability import show_laws
    from experiments.comparison.single_measure_effects import YEARS as OWN

    size = request.size(seeds=REPLICATES, scale=SCALE)
    show_laws(request.folder, size.seeds, request.years_or(OWN), size.sets, size.workers)


@dataclass(frozen=True, kw_only=True)
class Examination:
    """One way to validate the model; one that judges returns whether all is as it must be.

    `virtual` ones simulate towns of their own and may be tried with --quick; `selects`: --only chooses among its parts;
    `drawn`: its table in the folder, of which a figure is drawn.
    """

    run: Callable[[ValidationRequest], bool | None]
    virtual: bool = False
    selects: bool = False
    drawn: str = ""

    def carried_out(self, request: ValidationRequest) -> bool:
        """Carry it out and draw its table; return whether all is as it must be."""
        good = self.run(request)
        if self.drawn:
            from experiments.cli.plot import draw_record

            draw_record(request.folder / f"{self.drawn}.csv")
        return good is not False


EXAMINATIONS = {
    "knockouts": Examination(run=knockouts, selects=True),
    "audit": Examination(run=audit, selects=True),
    "criteria": Examination(run=criteria, virtual=True),
    "ranges": Examination(run=ranges, virtual=True),
    "effects": Examination(run=effects, virtual=True, selects=True, drawn="effects"),
    "ceiling": Examination(run=ceiling, virtual=True, drawn="ceiling"),
    "panel": Examination(run=panel, drawn="trust_events"),
    "doses": Examination(run=doses, virtual=True, drawn="doses"),
    "closed": Examination(run=closed, virtual=True),
    "decisions": Examination(run=decisions, virtual=True),
    "practice": Examination(run=practice, virtual=True),
    "reach": Examination(run=reach, virtual=True),
    "laws": Examination(run=laws, virtual=True),
    "coverage": Examination(run=coverage, virtual=True),
    "scorecard": Examination(run=scorecard, virtual=True),
    "hindcast": Examination(run=hindcast, virtual=True),
}
"""Every examination by its name, in the order in which they run."""
