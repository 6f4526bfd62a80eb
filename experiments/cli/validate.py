"""The command `validate`: checks of what is asked, then one examination after the other."""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.engine.errors import InputError

if TYPE_CHECKING:
    from experiments.validation.experiment_runs import Size

OUT = Path("results") / "validate"
REPLICATES, SCALE, YEARS = 8, 0.25, 2.0
VIRTUAL = "--effects, --ceiling, --doses, --closed, --decisions, --practice, --reach and --laws"
"""Examinations that let worlds of their own live, which may be tried out quickly."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to examine, and how much of it; None is what the examination itself thinks right."""

    knockouts: bool = False
    audit: bool = False
    criteria: bool = False
    ranges: bool = False
    effects: bool = False
    ceiling: bool = False
    panel: bool = False
    doses: bool = False
    closed: bool = False
    decisions: bool = False
    practice: bool = False
    reach: bool = False
    laws: bool = False
    only: tuple[str, ...] = ()
    replicates: int | None = None
    years: float | None = None
    scale: float | None = None
    workers: int = 1
    quick: bool = False
    out: Path | None = None

    def check(self) -> None:
        """Raise with what is wrong, before anything is run."""
        virtual = any(getattr(self, name.lstrip("-")) for name in re.findall(r"--\w+", VIRTUAL))
        rules = {
            "say what to validate: --knockouts, --audit, --criteria, --ranges, --panel, "
            f"{VIRTUAL.replace(' and', ' or')}": not (
                virtual or self.knockouts or self.audit or self.criteria or self.ranges or self.panel
            ),
            "--only names mechanisms for --knockouts, rows for --audit or experiments for --effects:"
            " ask for one of them": bool(self.only) and self.knockouts + self.audit + self.effects != 1,
            "--years has no meaning with --effects: every experiment has its own": self.effects
            and self.years is not None,
            f"--quick goes with {VIRTUAL} only": self.quick and not virtual,
            "--quick sets --replicates, --years and --scale itself: leave them out": self.quick
            and (self.replicates, self.years, self.scale) != (None, None, None),
            f"--out goes with --panel, {VIRTUAL} only": self.out is not None and not (virtual or self.panel),
            f"--out {self.out} is a file, not a folder": self.out is not None and self.out.is_file(),
            f"--replicates must be at least 1, got {self.replicates}": self.replicates is not None
            and self.replicates < 1,
        }
        for message, broken in rules.items():
            if broken:
                raise InputError(message)

    @property
    def folder(self) -> Path:
        """Where tables and figures go."""
        return self.out or OUT

    def size(self, **own: Any) -> "Size":
        """Return how much is simulated: what is asked for, else what is an examination's own."""
        from experiments.validation.experiment_runs import QUICK, Size

        size = QUICK if self.quick else Size(**own)
        seeds, scale = self.replicates or size.seeds, self.scale or size.scale
        return replace(size, workers=self.workers, seeds=seeds, scale=scale)

    def draw(self, name: str) -> None:
        """Write the figure of a table beside it."""
        from experiments.cli.plot import draw_record

        draw_record(self.folder / f"{name}.csv")


def carry_out(asked: Asked) -> bool:
    """Carry out all examinations that are asked for; return whether all is as it must be."""
    asked.check()
    examinations = (
        knockouts,
        audit,
        criteria,
        ranges,
        effects,
        ceiling,
        panel,
        doses,
        closed,
        decisions,
        practice,
        reach,
        laws,
    )
    good = [examine(asked) for examine in examinations if getattr(asked, examine.__name__)]
    return all(good)


def knockouts(asked: Asked) -> bool:
    """Switch every mechanism off."""
    from experiments.validation.knockouts import show_knockouts

    return show_knockouts(
        asked.only,
        scale=SCALE if asked.scale is None else asked.scale,
        years=YEARS if asked.years is None else asked.years,
        replicates=asked.replicates or REPLICATES,
        workers=asked.workers,
    )


def audit(asked: Asked) -> bool:
    """Take out what carries each row of evidence."""
    from experiments.validation.audit import Size, show_audit

    own = Size(workers=asked.workers)
    size = replace(
        own,
        scale=asked.scale or own.scale,
        years=asked.years or own.years,
        replicates=asked.replicates or own.replicates,
    )
    return show_audit(asked.only, size)


def criteria(asked: Asked) -> bool:
    """Print the criteria over draws, beside the paper, and what they answer to."""
    from experiments.validation.criteria import YEARS as OWN
    from experiments.validation.criteria import show_criteria

    show_criteria(**of_towns(asked, OWN, REPLICATES))
    return True


def of_towns(asked: Asked, years: float, seeds: int) -> dict[str, Any]:
    """Return how many towns of which size live how long: what is asked for, else what is an examination's own."""
    return {
        "years": years if asked.years is None else asked.years,
        "replicates": asked.replicates or seeds,
        "workers": asked.workers,
        "scale": asked.scale or 1.0,
    }


def ranges(asked: Asked) -> bool:
    """Print how far the criteria of the status quo go over what is assumed."""
    from experiments.validation.criteria_ranges import SEEDS, show_ranges
    from experiments.validation.criteria_ranges import YEARS as OWN

    show_ranges(**of_towns(asked, OWN, SEEDS))
    return True


def effects(asked: Asked) -> bool:
    """Carry out the virtual experiments and draw them."""
    from experiments.validation.effects import holds, show_effects

    rows = show_effects(asked.only, asked.folder, asked.size())
    asked.draw("effects")
    return all(holds(row) for row in rows)


def ceiling(asked: Asked) -> bool:
    """Carry out the worlds of the ceiling and draw them."""
    from experiments.validation import ceiling as worlds

    years = worlds.YEARS if asked.years is None else asked.years
    worlds.show_ceiling(asked.folder, asked.size(), years)
    asked.draw("ceiling")
    return True


def panel(asked: Asked) -> bool:
    """Repeat the panels and the twins from which the sizes of single events are taken, and draw them."""
    from experiments.validation.trust_events import show_events

    show_events(asked.folder)
    asked.draw("trust_events")
    return True


def doses(asked: Asked) -> bool:
    """Carry out the doses at both sites and draw them."""
    from experiments.validation.doses import show_doses

    size = asked.size(seeds=1)
    size = size if asked.years is None else replace(size, longest=asked.years)
    show_doses(asked.folder, size)
    asked.draw("doses")
    return True


def closed(asked: Asked) -> bool:
    """Let closed towns live under every law of trust; whether they stand still is printed, not judged."""
    from experiments.validation.closed_town import YEARS as LONG
    from experiments.validation.closed_town import show_closed

    years = 6 if asked.quick else LONG if asked.years is None else int(asked.years)
    show_closed(asked.folder, asked.size(seeds=REPLICATES, scale=SCALE), years)
    return True


def decisions(asked: Asked) -> bool:
    """Tell what every kind of agent decided, and how that changes in other worlds."""
    from experiments.validation.decisions import YEARS as LONG
    from experiments.validation.decisions import show_decisions
    from experiments.validation.experiment_runs import QUICK, Size

    folder, size = asked.out or OUT, QUICK if asked.quick else Size(seeds=20, scale=SCALE)
    size = replace(size, workers=asked.workers, seeds=asked.replicates or size.seeds, scale=asked.scale or size.scale)
    show_decisions(folder, size, 1 if asked.quick else LONG if asked.years is None else int(asked.years))
    return True


def practice(asked: Asked) -> bool:
    """Tell which dose each policy of practices gave, and what came of it after 1, 3 and 10 years."""
    from experiments.validation.practice import AFTER, show_practice

    show_practice(asked.folder, asked.size(seeds=REPLICATES), max(AFTER) if asked.years is None else asked.years)
    return True


def reach(asked: Asked) -> bool:
    """Tell what each measure of the decision view does alone, step by step."""
    from experiments.comparison.single_measure_effects import YEARS as OWN
    from experiments.comparison.single_measure_effects import show_reach

    size = asked.size(seeds=REPLICATES)
    show_reach(asked.folder, size.seeds, OWN if asked.years is None else asked.years, size.sets, size.workers)
    return True


def laws(asked: Asked) -> bool:
    """Tell whether what each measure of the decision view does alone keeps its sign under other laws of trust."""
    from experiments.comparison.sign_stability import show_laws
    from experiments.comparison.single_measure_effects import YEARS as OWN

    size = asked.size(seeds=REPLICATES, scale=SCALE)
    show_laws(asked.folder, size.seeds, OWN if asked.years is None else asked.years, size.sets, size.workers)
    return True
