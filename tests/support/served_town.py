"""The page of a town as it is served, with workers that simulate nothing: pairs have effects that are planted."""

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from chromium import PRINTED, free_port
from known_pairs import KEY, town_pairs, town_surfaces

from experiments.comparison.twin_results import WorldResult
from experiments.page import sites, town_document
from experiments.page.application import PAGE_REQUESTS, application
from experiments.page.background_worker import WORLD_COLUMNS, background_workers
from experiments.page.request_guard import RequestGuard
from experiments.page.serve import server_settings
from experiments.reproduce.design import ReproduceDesign
from experiments.reproduce.plan import MEASURES, STATUS_QUO
from experiments.storage.run_spec import RunSpec
from experiments.town_page.town_data import town_data
from experiments.town_page.town_page import town_page

LEVEL = 60.0
"""Sum over a year of every monthly column; a twelfth of it a month."""
SPREAD = 0.02
"""Spread of effects between pairs, in units of a column a month."""
VISITS = {"trust_mean": 2.0, "hours_patrol": -300.0, "visits_foot": -480.0}
"""Effects of the last step of long visits in the pairs made by hand."""


@dataclass
class PlannedWorkers:
    """Workers whose worlds are made up: those with measures have ``effects``; worlds of ``failing`` seeds fail.

    They answer at once, or with ``held`` never end more than so many worlds.
    """

    folder: Path
    effects: Mapping[str, float] = field(default_factory=dict)
    failing: Sequence[int] = ()
    held: int | None = None
    requested: list[Sequence[RunSpec]] = field(default_factory=list)
    cancelled: int = 0

    def start(self) -> None:
        """Start nothing."""

    def register_client(self) -> int:
        """Return a number."""
        return 1

    def cancel_request(self, client: int) -> None:
        """Count what is cancelled."""
        self.cancelled += 1

    def request_worlds(self, client: int, specs: Sequence[RunSpec], on_world: Any, on_months: Any = None) -> None:
        """Answer with made-up worlds."""
        self.requested.append(specs)
        if on_months is not None:
            on_months(made_months(specs[0], {}).head(7), specs[0].run)
        for spec in specs[: self.held]:
            failed = is_moved(spec) and spec.seed in self.failing
            on_world("RuntimeError: planted" if failed else made_world(spec, self.effects), spec.run)


def is_moved(spec: RunSpec) -> bool:
    """Tell whether a run is that with measures."""
    return spec.policies != (STATUS_QUO,)


def made_world(spec: RunSpec, effects: Mapping[str, float]) -> WorldResult:
    """Return a world without residents; with policies it has the effects."""
    nothing = np.zeros((2, 1))
    return WorldResult(spec.run, spec.seed, made_months(spec, effects), nothing, nothing, nothing, nothing)


def made_months(spec: RunSpec, effects: Mapping[str, float]) -> pd.DataFrame:
    """Return the months of a world: all columns alike, moved by the effects where it has policies."""
    n_months, rng = 12 * (spec.until.year - 2017), np.random.default_rng(spec.seed)
    months = pd.DataFrame({column: np.full(n_months, LEVEL / 12.0) for column in sorted(WORLD_COLUMNS)})
    months["month"] = pd.date_range("2017-01-31", periods=n_months, freq="ME")
    for column in ("trust_mean", "fear_mean", "c1", "c2", "c3", "c4"):
        months[column] = 0.5
    for measure, effect in effects.items() if is_moved(spec) else ():
        read = MEASURES[measure].read
        moved = (effect + SPREAD * rng.normal()) / read.scale
        months[read.columns[0]] += moved / (12.0 if read.sum else 1.0)
    return months


def write_page(folder: Path, design: ReproduceDesign, pairs: pd.DataFrame) -> Path:
    """Write the page of a municipality from pairs made by hand; return the file."""
    more = town_pairs(design, pairs)
    data = town_data(design, more, town_surfaces(design, more), [KEY[0]], "confianza answer --quick")
    file = folder / f"{KEY[0]}.html"
    file.write_text(town_page(data), encoding="utf-8")
    return file


@contextlib.contextmanager
def serving(workers: PlannedWorkers, answers: Path, language: str = "en") -> Iterator[str]:
    """Serve the page with workers and a folder of answers in a thread; return the address that opens it."""
    import uvicorn

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sites, "start_options", sites.StartOptions(KEY[0], language, {}, (answers,)))
        for cached in (town_document.served_data, town_document.document, town_document.document_of):
            cached.cache_clear()
        background_workers.append(workers)  # type: ignore[arg-type]
        port = free_port()
        guard = RequestGuard(application(), port, PAGE_REQUESTS)
        server = uvicorn.Server(uvicorn.Config(guard, **server_settings(host="127.0.0.1", port=port)))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            while not server.started:
                time.sleep(0.02)
            PRINTED[port] = guard.link
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.should_exit = True
            thread.join(20.0)
            background_workers.remove(workers)  # type: ignore[arg-type]
            PRINTED.pop(port, None)
            for cached in (town_document.served_data, town_document.document, town_document.document_of):
                cached.cache_clear()
