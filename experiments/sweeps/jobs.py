"""The runs of a study: one for each seed and combination of scenarios, policies, grids and points of its design."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from experiments.runs.asked import after
from experiments.runs.spec import RunSpec, begun, laid, overrides_of
from experiments.sweeps.study import Design, Study
from model.scenario import Scenario


def jobs_of(study: Study, points: np.ndarray | None = None) -> list[RunSpec]:
    """Return the runs of a study in its own order; rows that coincide are one run."""
    jobs: dict[str, RunSpec] = {}
    for point in points_of(study, points):
        for job in map(point.with_seed, study.seeds):
            jobs.setdefault(job.run, job)
    return list(jobs.values())


def points_of(study: Study, points: np.ndarray | None = None) -> Iterator[RunSpec]:
    """Yield a run for each point of a study."""
    for source in study.scenarios:
        for policies in study.policies:
            for values in drawn(study, points):
                scenario = shared(study, source, policies)
                yield RunSpec(
                    source=source,
                    policies=begun(policies, scenario, scenario.start),
                    overrides=overrides_of(dict(study.sets) | dict(values)),
                    varied=tuple(values),
                    start=study.start,
                    until=after(scenario.start, study.years),
                    seed=study.seeds[0],
                    keep=study.keep,
                    measures=study.measures,
                )


def shared(study: Study, source: str, policies: tuple[str, ...]) -> Scenario:
    """Return the scenario that points with the same policies have in common."""
    return laid(source, policies, overrides_of(study.sets), study.start)


def shares(design: Design, n_ranges: int) -> np.ndarray:
    """Return the points of a design in the unit cube; the same for the same seed."""
    from scipy.stats import qmc  # half a second, for studies with ranges only

    kind = {"lhs": qmc.LatinHypercube, "sobol": qmc.Sobol}[design.kind]
    found: np.ndarray = kind(d=n_ranges, rng=np.random.default_rng(design.seed)).random(design.points)
    return found


def drawn(study: Study, points: np.ndarray | None = None) -> Iterator[Mapping[str, Any]]:
    """Yield the varied values: grids combined with the points of the design (or those given)."""
    ranges = study.factors.ranges
    if points is None:
        points = shares(study.design, len(ranges)) if ranges else np.zeros((1, 0))
    for grid in study.factors.grid_points():
        for point in points:
            yield grid | {name: ranges[name].value(float(share)) for name, share in zip(ranges, point, strict=True)}
