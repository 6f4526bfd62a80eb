"""The runs of a study: one for each of its points and seeds, in its own order."""

from collections.abc import Iterator

import numpy as np

from experiments.runs.asked import after
from experiments.runs.spec import RunSpec, begun, laid, overrides_of
from experiments.sweeps.design import settings
from experiments.sweeps.study import Study
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
            for values in settings(study, points):
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
