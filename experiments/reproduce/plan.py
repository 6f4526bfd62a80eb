"""Plan of `confianza answer`, read from `plan.toml`: packages, measures and sizes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from experiments.comparison.headline_measures import BY_NAME, Headline
from experiments.comparison.practice_effects import COSTS
from experiments.words.toml_files import toml_beside
from model.engine.errors import InputError, suggest_nearest
from scenarios.timeline import BUILT_IN_SITES

PLAN_FILE = Path(__file__).with_name("plan.toml")
SITES = BUILT_IN_SITES
HORIZONS = (1, 2, 3, 5, 10)
"""Years after which effects are reported, if runs are long enough."""
STATUS_QUO, HEAVY_HAND = "status_quo", "heavy_hand"
EVERYTHING, ADOPTION = "everything", "adoption"
"""Packages of MOPSIC, reporting support and resources, and of MOPSIC alone."""
PARTS = (ADOPTION, "reporting", "resources")
"""Packages that together are `EVERYTHING`."""

MEASURES: Mapping[str, Headline] = BY_NAME | {one.name: one for one in COSTS if one.name not in BY_NAME}
"""Measures that effects may be reported on, by name: headline measures, and what policies cost."""


@dataclass(frozen=True, kw_only=True)
class ReproduceSize:
    """Number of blocks of each kind at a site, years of their runs, and parameters set for all of them.

    The first `long` draws are run for `long_years`. `points` are the settings of levers in each block. Blocks of
    `checks` test the emulators, which are not fitted to them. `levels` tells whether the levels of draws are solved
    (`experiments.reproduce.levels`).
    """

    draws: int
    points: int
    loop: int
    cuts: int
    years: int
    long: int = 0
    long_years: int = 0
    checks: int = 0
    prior: int = 0
    again: int = 0
    levels: bool = True
    set: Mapping[str, float] = field(default_factory=dict)

    @property
    def all_draws(self) -> int:
        """Number of draws of a site over all kinds of blocks."""
        return self.draws + self.loop + self.checks

    @property
    def horizons(self) -> tuple[int, ...]:
        """Years after which effects are reported."""
        longest = self.long_years if self.long else self.years
        return tuple(years for years in HORIZONS if years <= longest)


@dataclass(frozen=True, kw_only=True)
class Loop:
    """Accounts of the loop from trust to crime: the one without a cut, those that cut it; and the reported measures."""

    uncut: str
    cuts: Sequence[str]
    links: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ReproducePlan:
    """Packages and measures, and the sizes of the design.

    ``width`` is the factor around a value that nobody has measured, ``correlation`` that of the numbers of a mechanism
    in every second draw. ``packages`` are policies by the name of the package, ``unknowns`` the number of drawn
    parameters that are inputs of the emulators.
    """

    seed: int
    width: float
    correlation: float
    packages: Mapping[str, Sequence[str]]
    unknowns: int
    reported: Sequence[str]
    costs: Sequence[str]
    emulated: Sequence[str]
    regions: Sequence[str]
    loop: Loop
    sizes: Mapping[str, ReproduceSize]

    def size(self, name: str) -> ReproduceSize:
        """Return a size by name."""
        if name not in self.sizes:
            raise InputError(f"no size '{name}'{suggest_nearest(name, self.sizes)}")
        return self.sizes[name]

    @property
    def headlines(self) -> Sequence[Headline]:
        """Measures that are reported, costs last."""
        return [MEASURES[name] for name in (*self.reported, *self.costs)]

    @property
    def columns(self) -> tuple[str, ...]:
        """Monthly measures that runs keep."""
        return tuple(dict.fromkeys(column for one in self.headlines for column in one.read.columns))


@cache
def plan() -> ReproducePlan:
    """Return the plan."""
    content = toml_beside(__file__)
    measures = content["measures"]
    return ReproducePlan(
        **{key: content[key] for key in ("seed", "unknowns", "width", "correlation", "packages")},
        reported=measures["told"],
        costs=measures["costs"],
        emulated=measures["emulated"],
        regions=measures["regions"],
        loop=Loop(**content["loop"]),
        sizes={name: ReproduceSize(**size) for name, size in content["size"].items()},
    )
