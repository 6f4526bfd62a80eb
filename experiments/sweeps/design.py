"""The points of a study: every combination of scenarios, policies, grids and points of the design."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from experiments.sweeps.study import Design, Study


def shares(design: Design, n_ranges: int) -> np.ndarray:
    """Return the points of a design in the unit cube; the same for the same seed."""
    from scipy.stats import qmc  # half a second, for studies with ranges only

    kind = {"lhs": qmc.LatinHypercube, "sobol": qmc.Sobol}[design.kind]
    found: np.ndarray = kind(d=n_ranges, rng=np.random.default_rng(design.seed)).random(design.points)
    return found


def settings(study: Study, points: np.ndarray | None = None) -> Iterator[Mapping[str, Any]]:
    """Yield the varied values: grids combined with the points of the design (or those given)."""
    ranges = study.factors.ranges
    if points is None:
        points = shares(study.design, len(ranges)) if ranges else np.zeros((1, 0))
    for grid in study.factors.grid_points():
        for point in points:
            yield grid | {name: ranges[name].value(float(share)) for name, share in zip(ranges, point, strict=True)}
