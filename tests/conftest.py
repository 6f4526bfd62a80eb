"""Worlds and towns that many tests share."""

import gc
import itertools
import os
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.doctest import DoctestModule
from chromium import MISSING
from hypothesis import settings
from order_of_files import FIRST
from systems import replace_ignored_signals

from experiments.execution.compile_kernels import compile_from_end, compile_model
from experiments.storage.progress import compiled_before
from model.engine.parameters import ParameterGroup
from model.engine.scenario import Scenario
from model.simulation.model import TrustModel
from model.town.town import Town, build_town
from scenarios import load

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False  # dozens of tests start Python: what each imports is compiled once for all

os.environ.setdefault("CONFIANZA_STARTS_MB", "0")  # tests of the store of starts set their own limit and folder

settings.register_profile("confianza", deadline=None)
settings.load_profile("confianza")

collect_ignore = ["architecture/recipes", "support"]
"""What is added to a copy of the project, and programs that are run there."""

pytest.register_assert_rewrite("oracle.comparison")

SMALL = {"population.scale": 0.05, "calendar.warm_up": 0}
LAST = "small_town"
"""Short runs of a town against mutants, most of which are killed before."""


MECHANISM_TESTS = Path(__file__).with_name("model")
SMOKE_RUN = Path(__file__).with_name("oracle") / "test_smoke.py"


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Look for examples in docstrings of what is tested, not in the hundreds of files of tests, which have none."""
    found = yield
    return [one for one in found if not (file_path.name.startswith("test_") and isinstance(one, DoctestModule))]


def pytest_configure(config: pytest.Config) -> None:
    """Leave out long tests; add the smoke run of the slow reference model where tests of mechanisms are named."""
    all_files = config.args_source is not pytest.Config.ArgsSource.ARGS
    config.option.markexpr = config.option.markexpr or f"not slow{' and not thorough' * all_files}"
    named = [Path(name).resolve() for name in config.args if "::" not in name]
    if any(MECHANISM_TESTS in (path, *path.parents) for path in named):
        config.args.append(str(SMOKE_RUN))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Share the whole suite among all cores; files that are named run here, where nothing has to be started."""
    return 0 if config.args_source is pytest.Config.ArgsSource.ARGS else os.cpu_count() or 1


COMPILERS = {"gw0": compile_model, "gw1": compile_from_end}
"""The first two workers among which the suite is shared; each compiles from its own end what the other has not."""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let two workers compile the model together where it is new, before each compiles all of it for its own tests."""
    compile_half = COMPILERS.get(getattr(session.config, "workerinput", {}).get("workerid", ""))
    if compile_half and not compiled_before():
        compile_half()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let long files begin first, and towns against mutants last."""
    rank = {name: number for number, name in enumerate(FIRST)} | {LAST: len(FIRST) + 1}
    items.sort(key=lambda item: rank.get(item.path.stem, len(FIRST)))


def pytest_collection_finish() -> None:
    """Keep what has been imported out of garbage collection: every world collects before it takes its memory."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests need a browser that is missing; name the files that took longest of the whole suite."""
    if skipped := sum(MISSING in str(told.longrepr) for told in terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(f"{skipped} tests of pages were skipped: {MISSING}", yellow=True)
    if terminalreporter.config.args_source is pytest.Config.ArgsSource.ARGS:
        return
    seconds: Counter[str] = Counter()
    for told in itertools.chain(*terminalreporter.stats.values()):
        if type(told) is pytest.TestReport:  # a subtest is part of its test
            seconds[told.nodeid.partition("::")[0]] += told.duration
    terminalreporter.section("slowest files")
    for file, spent in seconds.most_common(10):
        terminalreporter.line(f"{spent:7.1f} s  {file}")


@pytest.fixture(scope="session", autouse=True)
def signals_heard() -> None:
    """Let programs that tests start hear signals, also where the tests run in the background."""
    replace_ignored_signals()


@pytest.fixture(autouse=True)
def known_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the groups that a file of tests makes up be known while its own tests run."""
    for group in getattr(getattr(request, "module", None), "MADE_UP", ()):
        monkeypatch.setitem(ParameterGroup.known, group.name, group)


@pytest.fixture(scope="session")
def villa() -> Scenario:
    """Villa Canales at one twentieth, without warm-up."""
    return load("villa_canales", set=SMALL)


@pytest.fixture(scope="session")
def villa_town(villa: Scenario) -> Town:
    return build_town(villa)


@pytest.fixture(scope="session")
def live(villa_town: Town) -> Callable[..., TrustModel]:
    """Return a function that lets a small Villa Canales live for some shifts."""

    def live_for(shifts: int, rng: int = 7, policies: Any = (), **changes: Any) -> TrustModel:
        trace = changes.pop("trace", False)
        scenario = load("villa_canales", set=SMALL | changes, policies=policies)
        same_town = not any(key.startswith(("population", "daily_rhythm", "plant", "boards")) for key in changes)
        world = TrustModel(scenario, rng=rng, town=villa_town if same_town else None, trace=trace)
        if shifts:
            world.run_for(shifts)
        return world

    return live_for


@pytest.fixture(scope="session")
def watch(live: Callable[..., TrustModel]) -> Callable[..., Iterator[TrustModel]]:
    """Return a function that shows a traced small Villa Canales after each of some shifts."""

    def shift_by_shift(shifts: int, **changes: Any) -> Iterator[TrustModel]:
        world = live(0, trace=True, **changes)
        for _ in range(shifts):
            world.step()
            yield world

    return shift_by_shift
