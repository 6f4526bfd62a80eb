"""The jobs of a study: one for each of its points and seeds, in its own order."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from experiments.runs.jobs import Job, Point, base, jobs_at
from experiments.runs.plan import after
from experiments.sweeps.design import settings
from experiments.sweeps.study import Study


def jobs_of(study: Study, points: np.ndarray | None = None) -> list[Job]:
    """Return the jobs of a study in its own order; rows that coincide are one job."""
    jobs: dict[str, Job] = {}
    for point in points_of(study, points):
        for job in jobs_at(point, study.seeds):
            jobs.setdefault(job.run, job)
    return list(jobs.values())


def points_of(study: Study, points: np.ndarray | None = None) -> Iterator[Point]:
    """Yield the points of a study."""
    for source in study.scenarios:
        for policies in study.policies:
            for values in settings(study, points):
                yield point_of(study, source, policies, values)


def point_of(study: Study, source: str, policies: tuple[str, ...], values: Mapping[str, Any]) -> Point:
    """Return one point of a study."""
    sets = tuple((dict(study.sets) | dict(values)).items())
    begins = base(source, policies, tuple(study.sets.items()), study.start).start
    return Point(
        source=source,
        policies=policies,
        sets=sets,
        varied=tuple(values),
        start=study.start,
        until=after(begins, study.years).isoformat(),
        keep=study.keep,
        measures=study.measures,
    )
