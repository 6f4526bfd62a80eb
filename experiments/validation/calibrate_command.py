"""The command `calibrate`: fit parameters to data of both municipalities, and draw from the posterior.

A screening draws all assumed parameters and chooses, for each target, those on which it depends. Waves of history
matching vary only these; municipalities share them. A monthly series of the user adds runs of its months and a target
for each column. The folder stores finished runs, so that the command resumes after an interruption.

Targets are fitted on the scale of square roots (`root`), on which the random variance of a count is about the same at
every level. On the original scale, an emulator of arrests underestimates its error where there are most.
"""

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.headline_measures import BY_NAME
from experiments.emulation.history_matching import (
    Coverage,
    Matched,
    Reals,
    Target,
    coverage,
    is_as_wide_as_its_prior,
    match_history,
)
from experiments.execution.parameter_draws import Draw, draws_bytes, read_draws
from experiments.execution.run_requests import plan_runs
from experiments.execution.runs import RunGroup, run_missing_groups
from experiments.statistics.over_assumed import correlations, null_correlation
from experiments.storage.progress import Progress
from experiments.storage.run_spec import RunSpec
from experiments.storage.writing import check_own_files, csv_bytes, make_folder, write_atomically
from experiments.studies.factors import Range, plausible_ranges
from experiments.validation.event_weights import SOLVED_PARAMETERS
from experiments.validation.experiment import SITES
from experiments.validation.plausible_draws import PLAUSIBLE, file_of_kind
from experiments.validation.slopes import intercepts
from experiments.validation.targets import MeasuredTarget, OwnSeries, SeriesTarget, measured_targets
from model.engine.errors import InputError

PARAMETERS_PER_TARGET, MAX_PARAMETERS = 3, 12
"""Parameters chosen for each target, and the maximum in total."""
EFFECT_MEASURES = ("trust_mean", "crimes_occurred")
N_DRAWS = 200
DIGITS = 4
OPTION_LIMITS = {"points": (24, 1000), "waves": (1, 20), "seeds": (3, 1000), "years": (1, 100), "truths": (1, 10_000)}
"""Minimum and maximum of each option."""
POSTERIOR_FILE, DRAWS_FILE = "posterior.csv", "draws.csv"
POSTERIOR_COLUMNS = ("parameter", "prior_low", "prior_high", "width", "as_wide_as_its_prior", "coverage")

type AnyTarget = MeasuredTarget | SeriesTarget


@dataclass(frozen=True)
class CalibrationRequest:
    """Options of a calibration.

    ``points`` is the size of the screening and of each wave, ``truths`` the number of simulated truths over which
    coverage is measured. With a ``policy``, coverage of its effects is measured, too; ``own_series`` is a series of the
    user.
    """

    points: int
    waves: int
    seeds: int
    years: float
    truths: int
    scale: float
    workers: int
    out: Path
    policy: str = ""
    sites: tuple[str, ...] = SITES
    own_series: OwnSeries | None = None

    def __post_init__(self) -> None:
        for name, (low, high) in OPTION_LIMITS.items():
            if not low <= (value := getattr(self, name)) <= high:
                raise InputError(f"--{name} must lie between {low:g} and {high:g}, got {value!s:.20}")
        if self.own_series is not None and self.scale != 1.0:
            raise InputError("--scale and --against exclude each other: a series counts a whole town")

    @property
    def places(self) -> tuple[str, ...]:
        """Names of the runs of one set of values: municipalities, then those of the user's series."""
        return (*self.sites, *([self.own_series.place] if self.own_series else []))

    @property
    def targets(self) -> list[AnyTarget]:
        """All targets to which parameters are fitted."""
        return [*measured_targets(self.sites, "calibrated"), *(self.own_series.targets() if self.own_series else [])]


@dataclass
class Simulations:
    """Runs of a calibration, stored in its folder."""

    request: CalibrationRequest
    targets: Sequence[AnyTarget]

    @cached_property
    def progress(self) -> Progress:
        """Progress of all runs that may be necessary: those of default values, screening, waves and policy."""
        request, n_policies = self.request, 2 if self.request.policy else 0
        points = request.points * (1 + request.waves + n_policies) + request.seeds * (1 + n_policies)
        return Progress("calibrating", points * self.shifts_per_point, points * len(request.places))

    def leave_out(self, waves: int) -> None:
        """Take the waves that are not necessary from the progress."""
        points = waves * self.request.points
        self.progress.leave_out(points * self.shifts_per_point, points * len(self.request.places))

    @property
    def shifts_per_point(self) -> int:
        """Shifts of the runs of one set of values."""
        return sum(self.spec(place, {}, 1, "").shifts for place in self.request.places)

    def results(self, values: Sequence[Mapping[str, float]], first_seed: int, policy: str = "") -> Reals:
        """Return the results of each set of values (rows): roots of targets, then effect measures by place."""
        labels = [(k, place) for k in range(len(values)) for place in self.request.places]
        groups = [RunGroup((self.spec(place, values[k], first_seed + k, policy),), (k, place)) for k, place in labels]
        results = run_missing_groups(groups, self.request.workers, self.progress, self.request.out).all_results
        months = {one.label: one.finished[0].tables["measures"].to_pandas() for one in results}
        months_by_place = ({place: months[k, place] for place in self.request.places} for k in range(len(values)))
        return np.array([[*self.row(months_of_row)] for months_of_row in months_by_place], float)

    def row(self, months_by_place: Mapping[str, pd.DataFrame]) -> Iterator[float]:
        """Yield the results of one set of values from the months of its runs, by place."""
        yield from (root(target.of(months_by_place[target.site], self.request.scale)) for target in self.targets)
        yield from (
            BY_NAME[name].of(months_by_place[place]) for place in self.request.places for name in EFFECT_MEASURES
        )

    def spec(self, place: str, values: Mapping[str, float], seed: int, policy: str) -> RunSpec:
        """Return the specification of one run."""
        sets = [f"{name}={value!r}" for name, value in values.items()]
        scale = [] if self.request.scale == 1.0 else [f"population.scale={self.request.scale}"]
        options: dict[str, Any] = {"policies": (policy,) if policy else (), "sets": [*scale, *sets], "seed": seed}
        series = self.request.own_series
        if series is not None and place == series.place:
            return plan_runs(series.scenario, start=series.start, until=series.until, **options)[0]
        return plan_runs(place, years=self.request.years, **options)[0]


def calibrate(request: CalibrationRequest) -> Matched:
    """Calibrate; write posterior and draws; print and return the result."""
    targets = request.targets
    runs = Simulations(request, targets)
    for place in request.places:
        runs.spec(place, {}, 1, request.policy)  # raises errors of input before any run starts
    check_own_files(request.out, {POSTERIOR_FILE: ",".join(POSTERIOR_COLUMNS)}, {DRAWS_FILE: POSTERIOR_FILE})
    make_folder(request.out)
    noise = noise_variances(runs)
    targets = [target for target in targets if noise[target.name] > 0.0]
    if not targets:
        raise InputError("no target varies between seeds: the town is too small, or the runs too short")
    runs.targets = targets
    chosen = screen_parameters(runs)
    ranges = {name: one for name, one in plausible_ranges("*") if name in chosen}

    def simulated(points: Reals, wave: int) -> Reals:
        return runs.results([values_at(ranges, point) for point in points], 1000 * (wave + 1))[:, : len(targets)]

    aims = [to_root_scale(one.target) for one in targets]
    matched = match_history(simulated, list(ranges), aims, noise, request.points, request.waves)
    runs.leave_out(request.waves - len(matched.waves))
    covered = coverage(matched, effects_of(runs, matched, ranges), request.truths)
    write_results(request.out, matched, ranges, covered)
    runs.progress.conclude()
    print("\n".join(report_lines(matched, targets, covered, request)))
    return matched


def root(number: float) -> float:
    """Return the square root of a number, with its sign.

    >>> root(9.0), root(-4.0)
    (3.0, -2.0)
    """
    return math.copysign(math.sqrt(abs(number)), number)


def to_root_scale(target: Target) -> Target:
    """Return a target on the scale of square roots, with variances transformed by the delta method.

    >>> to_root_scale(Target("arrests", 100.0, 36.0, 4.0))
    Target(name='arrests', value=10.0, observation=0.09, discrepancy=0.01)
    """
    squared_slope = 1.0 / (4.0 * abs(target.value))
    return Target(
        target.name, root(target.value), target.observation * squared_slope, target.discrepancy * squared_slope
    )


def noise_variances(runs: Simulations) -> dict[str, float]:
    """Return the variance over seeds of the root of each target at the default parameters."""
    results = runs.results([{}] * runs.request.seeds, 1)[:, : len(runs.targets)]
    return {target.name: float(np.nanvar(results[:, k], ddof=1)) for k, target in enumerate(runs.targets)}


def screen_parameters(runs: Simulations) -> list[str]:
    """Return the parameters on which targets depend beyond chance, over draws of all assumed parameters.

    Weights and intercepts follow from other parameters and are not fitted on their own.
    """
    draws = read_draws(file_of_kind(f"{PLAUSIBLE}:{runs.request.points}"))
    ranges = {name: one for name, one in plausible_ranges("*") if name not in SOLVED_PARAMETERS}
    points = np.array([[position_in_range(ranges[name], draw.values[name]) for name in ranges] for draw in draws])
    results = runs.results([draw.values for draw in draws], 100)
    strength: dict[str, float] = {}
    for k in range(len(runs.targets)):
        known = np.isfinite(results[:, k])
        if known.sum() < 3 or not np.ptp(results[known, k]):
            continue
        correlation = np.abs(correlations(points[known], results[known, k]))
        threshold = null_correlation(points[known], results[known, k], 1)
        for k_parameter in np.argsort(-correlation, kind="stable")[:PARAMETERS_PER_TARGET]:
            if correlation[k_parameter] > threshold:
                name = list(ranges)[k_parameter]
                strength[name] = max(strength.get(name, 0.0), float(correlation[k_parameter] / threshold))
    if not strength:
        raise InputError("no target depends on any parameter beyond chance: give more --points")
    return sorted(strength, key=lambda name: -strength[name])[:MAX_PARAMETERS]


def position_in_range(span: Range, value: float) -> float:
    """Return the position (0-1) of a value within its range."""
    if span.whole:
        return (value - span.low + 0.5) / (span.high - span.low + 1)
    shares = np.linspace(0.0, 1.0, 1001)
    return float(np.interp(value, [span.value(float(share)) for share in shares], shares))


def values_at(ranges: Mapping[str, Range], point: Reals) -> dict[str, float]:
    """Return the parameter values at a point, with the intercepts that follow from them."""
    values = {name: span.value(float(share)) for (name, span), share in zip(ranges.items(), point, strict=True)}
    return values | intercepts(values)


def effects_of(runs: Simulations, matched: Matched, ranges: Mapping[str, Range]) -> dict[str, tuple[Reals, float]]:
    """Return the effects of the policy at the points of the first wave, each with its variance over seeds."""
    if not runs.request.policy:
        return {}
    points, n_targets = [values_at(ranges, point) for point in matched.waves[0].points], len(runs.targets)
    policies = ("", runs.request.policy)
    base, arm = (runs.results(points, 1000, policy)[:, n_targets:] for policy in policies)
    defaults: list[dict[str, float]] = [{}] * runs.request.seeds
    default_base, default_arm = (runs.results(defaults, 1, policy)[:, n_targets:] for policy in policies)
    names = [f"{place}: {name}" for place in runs.request.places for name in EFFECT_MEASURES]
    effects, default_effects = arm - base, default_arm - default_base
    return {
        name: (effects[:, k], float(default_effects[:, k].var(ddof=1)))
        for k, name in enumerate(names)
        if np.isfinite(effects[:, k]).all() and np.ptp(effects[:, k]) > 0.0
    }


def write_results(out: Path, matched: Matched, ranges: Mapping[str, Range], covered: Coverage) -> None:
    """Write the posterior of each parameter, and draws from it."""
    rows = []
    for name, width in matched.widths().items():
        cells = [f"{number:.{DIGITS}g}" for number in (ranges[name].low, ranges[name].high, width)]
        rows.append([name, *cells, is_as_wide_as_its_prior(width), f"{covered.parameters[name]:.2f}"])
    write_atomically(out / POSTERIOR_FILE, csv_bytes(POSTERIOR_COLUMNS, rows))
    if len(matched.remaining):
        points = matched.draws(N_DRAWS, np.random.default_rng(1))
        draws = [Draw(k, values_at(ranges, point)) for k, point in enumerate(points, start=1)]
        write_atomically(out / DRAWS_FILE, draws_bytes(draws))


def report_lines(
    matched: Matched, targets: Sequence[AnyTarget], covered: Coverage, request: CalibrationRequest
) -> Iterator[str]:
    """Yield the report of a calibration in lines of at most 80 columns."""
    yield f"{'target':46}{'measured':>10}{'R²':>7}{'of':>7}  emulator"
    emulators = matched.waves[-1].emulators
    for target in targets:
        name = textwrap.shorten(target.name, 45, placeholder="…")
        if target.name in emulators:
            diagnostics = emulators[target.name].diagnostics
            verdict = "accepted" if diagnostics.accepted else "NOT USED"
            yield f"{name:46}{target.target.value:>10.4g}{diagnostics.r2:>7.2f}{diagnostics.ceiling:>7.2f}  {verdict}"
        else:
            yield f"{name:46}{target.target.value:>10.4g}{'-':>7}{'-':>7}  does not vary"
    yield "Left of the space, wave by wave: " + ", ".join(f"{wave.remaining_share:.1%}" for wave in matched.waves)
    if not len(matched.remaining):
        yield "Nothing is left: no values of these parameters agree with the data. No draws are written."
        return
    yield f"\n{'parameter':40}{'90 % ÷ prior':>14}{'coverage':>10}"
    for name, width in matched.widths().items():
        verdict = "  as wide as its prior" if is_as_wide_as_its_prior(width) else ""
        yield f"{name:40}{width:>14.2f}{covered.parameters[name]:>10.2f}{verdict}"
    mean = np.mean(list(covered.parameters.values())) if covered.parameters else math.nan
    yield f"Coverage of 90 % intervals over {covered.truths} simulated truths: {mean:.2f} of parameters"
    for name, share in covered.results.items():
        yield f"  effect on {name}: {share:.2f}"
    draws = request.out / DRAWS_FILE
    yield f"Written to {request.out}/{POSTERIOR_FILE} and {DRAWS_FILE}; use them with --draws {draws}"
