"""Whatever people hand in, the answer is a result or one line: never a traceback, never two seconds of silence."""

import contextlib
import importlib
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import fuzz
import pytest
from declared_inputs import COMMANDS, DECLARED, words_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from state_fuzz import most_memory
from stub_runs import write_study
from systems import needs_linux

import scenarios
from experiments.cli import app as cli
from experiments.comparison.comparison import Request, arms_of
from experiments.execution.run_requests import plan_runs
from experiments.narrative.report_reading import read_sites
from experiments.storage.manifest import MANIFEST_IN_HTML
from experiments.storage.run_store import batch_file_name
from experiments.studies.study import KEYS, STUDIES, read_study
from experiments.studies.study_jobs import confirm_size, count_of, points_of
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint
from model.engine.parameters import ParameterGroup
from scenarios.reading import FOLDER

ROOT = Path(__file__).parents[3]
SMALL = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.1")
SLOWEST_S = 2.0
LONGEST = 1000
FEW, MORE, MANY = 150, 500, 20_000
MOST_MB = 1000.0
"""Memory that an input may take beyond what the tests had taken before."""
WOULD_COMPUTE = (
    "experiments.execution.executor.run_in_process",
    "experiments.execution.local_workers.LocalExecutor.__init__",
    "experiments.execution.runs.run_jobs",
    "experiments.cli.answer.solve_levels",
    "experiments.cli.answer.planned_specs",
    "experiments.cli.answer_value.choice_worlds",
    "experiments.cli.trial.town_for",
    "experiments.studies.repeat.run_jobs",
    "experiments.comparison.comparison.run_missing_groups",
    "experiments.validation.plausible_draws.weight_solver",
    "experiments.studies.sweep_command.jobs_of",
    "experiments.figures.plot_command.draw_run",
    "experiments.figures.plot_command.draw_levels",
    "experiments.dev.examinations.command.run_examination",
    "experiments.figures.answers.write_contrasts",
    "experiments.page.background_worker.in_background",
    "experiments.page.serve.serve",
    "experiments.studies.sensitivity_command.executor_and_order",
    "experiments.studies.sensitivity_command.runs_by_point",
    "experiments.dev.bench.bench_command.measure",
    "experiments.dev.bench.bench_command.check_floor",
    "experiments.dev.bench.paired.timings_of",
    "experiments.dev.bundle.bundle.pip",
    "experiments.setup.doctor.run_checks",
    "experiments.setup.tiny_run.store_record",
)
"""Whatever takes long once its input is found right; no run begins without one of the first two."""


class Accepted(BaseException):
    """An input was read and found right: what follows would be computed or drawn."""


@dataclass
class Place:
    """Folders that the program wrote, and a corner in which inputs are tried."""

    written: Path
    corner: Path
    backup: Path
    originals: dict[str, bytes] = field(default_factory=dict)

    def restore(self) -> None:
        """Put everything back as it was written, if a command has changed any of it."""
        if listing(self.written) != listing(self.backup):
            shutil.rmtree(self.written)
            shutil.copytree(self.backup, self.written)

    def original(self, name: str) -> bytes:
        if name not in self.originals:
            self.originals[name] = (self.written / name).read_bytes()
        return self.originals[name]

    @contextlib.contextmanager
    def instead(self, name: str, content: bytes) -> Iterator[Path]:
        """Put other content in the place of a written file for a while."""
        path, before = self.written / name, self.original(name)
        written = path.stat().st_mtime_ns
        path.write_bytes(content)
        try:
            yield path
        finally:
            path.write_bytes(before)
            os.utime(path, ns=(written, written))

    def command(self, *words: object) -> None:
        """Give a command; what it refuses must be one line."""
        command(*words)

    def use(self, kind: str, rng: random.Random) -> None:
        """Give a command that reads a folder of a kind."""
        {"run": of_run, "compare": of_comparison, "sweep": of_sweep}[kind](rng, self)


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of all files below a folder."""
    files = ((path.relative_to(folder).as_posix(), path.stat()) for path in folder.rglob("*") if not path.is_dir())
    return {name: (found.st_size, found.st_mtime_ns) for name, found in files}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a run with its saved states, a comparison, a sweep and a run in quarantine, as the program writes them."""
    written = tmp_path_factory.mktemp("written")
    study = write_study(written / "study.toml", seeds=1)
    for words in (
        ("run", "baseline", *SMALL, "--save", str(written / "saved"), "--out", str(written / "run")),
        ("compare", "status_quo", "resources_only", *SMALL, "--replicates", "2", "--out", str(written / "compare")),
        ("sweep", str(study), "--out", str(written / "sweep")),
    ):
        assert cli.run_program([*words]) == 0
    (written / "quarantine.json").write_text(
        json.dumps(
            {"repeat": "", "error": "", "run": "0" * 16, "command": "confianza run baseline --until 2018-01-01"}
        ),
        encoding="utf-8",
    )
    corner = tmp_path_factory.mktemp("corner")
    shutil.copytree(FOLDER / "maps", corner / "maps")
    (corner / "worlds").mkdir()
    backup = tmp_path_factory.mktemp("backup") / "written"
    shutil.copytree(written, backup)
    return Place(written, corner, backup)


LIBRARIES = ("distributed", "matplotlib.figure", "SALib.analyze.sobol", "scipy.stats", "sklearn.gaussian_process")
"""Libraries that commands load where they need them: part of start-up, which does not count."""


@pytest.fixture(scope="module")
def libraries(place):
    """Load `LIBRARIES` as far as they are installed, and plot once: the first figure finds the fonts."""
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    command("export", place.written / "run", "--figures", place.written / "run")
    place.restore()


def refuse_to_compute(*_: object, **__: object) -> None:
    raise Accepted


def command(*words: object) -> None:
    """Give a command; what it refuses must be one line."""
    told = io.StringIO()
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace")
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(printed):
        code = cli.run_program([str(word) for word in words])
    lines = told.getvalue().splitlines()
    if "Traceback" in told.getvalue() or (code == 1 and "not equal" not in told.getvalue() and lines):
        raise AssertionError(told.getvalue())
    if code == 2:
        assert lines[-1].startswith("confianza: "), told.getvalue()
        assert len(lines[-1]) < LONGEST, told.getvalue()
        raise InputError(lines[-1])


def numbers() -> list[str]:
    """Return the dotted names of all parameters."""
    return [f"{name}.{key}" for name, one in ParameterGroup.known.items() for key in one.parameter_specs()]


def scenario(rng: random.Random, place: Place) -> None:
    tables = {
        "": ["title", "extends", "settlements", "facilities", "start"],
        "territory": ["outline", "lake", "cell_m"],
    }
    tables |= {
        name: [*group.parameter_specs()] for name, group in ParameterGroup.known.items() if group.parameter_specs()
    }
    tables |= {"mechanisms": [*ParameterGroup.known], "calendar": ["start", "warm_up"]}
    path = place.corner / "site.toml"
    if rng.random() < 0.2:
        path.write_bytes(b'extends = "baseline"\n' + fuzz.grammar(rng, tables))
    else:
        name = rng.choice(["baseline", "villa_canales", "totonicapan"])
        path.write_bytes(fuzz.toml(rng, (FOLDER / f"{name}.toml").read_text(encoding="utf-8")))
    scenarios.load(path)


def policy(rng: random.Random, place: Place) -> None:
    files = sorted((FOLDER / "policies").rglob("*.toml"))
    file = rng.choice(files)
    path = place.corner / ("worlds/one.toml" if file.parent.name == "worlds" else "one.toml")
    tables = {"": ["start", "until", "once", "include", "settlements", "title"], "mechanisms": [*ParameterGroup.known]}
    tables |= {
        how: [f"{name}.{key}" for name, one in ParameterGroup.known.items() for key in one.parameter_specs()]
        for how in ("set", "add")
    }
    text = fuzz.grammar(rng, tables) if rng.random() < 0.2 else fuzz.toml(rng, file.read_text(encoding="utf-8"))
    path.write_bytes(text)
    scenarios.load("baseline", policies=[str(path)])


def study(rng: random.Random, place: Place) -> None:
    path = place.corner / "study.toml"
    tables = {"": [*KEYS], "set": numbers(), "vary": [*numbers(), '"*"'], "design": ["kind", "points", "seed"]}
    tables |= {"sensitivity": ["measures", "by"]}
    file = rng.choice(sorted(STUDIES.glob("*.toml")))
    text = fuzz.toml(rng, file.read_text(encoding="utf-8"))
    path.write_bytes(b'scenarios = ["baseline"]\n' + fuzz.grammar(rng, tables) if rng.random() < 0.2 else text)
    read = read_study(path)
    confirm_size(read, count_of(read), 1, agreed=False)
    next(iter(points_of(read)))


def outline(rng: random.Random, place: Place) -> None:
    name = rng.choice(["baseline", "totonicapan", "villa_canales"])
    text = (FOLDER / "maps" / f"{name}.geojson").read_text(encoding="utf-8")
    (place.corner / "own.geojson").write_bytes(fuzz.tree(rng, text))
    scenarios.load(name, set={"territory.outline": str(place.corner / "own.geojson")})


def words(rng: random.Random, place: Place) -> None:
    names = [f"{name}.{key}" for name, one in ParameterGroup.known.items() for key in one.parameter_specs()]
    key = rng.choice(
        [*names, "x", "mechanisms.fear", "settlements", "territory.outline", "calendar.start", "", "title"]
    )
    options = {
        "policies": [rng.choice([*fuzz.WORDS, "resources_only", "heavy_hand@2018-01-01"])],
        "sets": [f"{key}={rng.choice([*fuzz.WORDS, *fuzz.TOML_VALUES])}"],
        "start": rng.choice([*fuzz.WORDS, "2017-01-01"]),
        "until": rng.choice([*fuzz.WORDS, "2018-01-01"]),
        "years": rng.choice([1.0, -1.0, float("nan"), float("inf"), 1e300]),
        "seed": rng.choice([1, -1, 2**70]),
        "replicates": rng.choice([1, 0, 10**9]),
        "keep": rng.choice([*fuzz.WORDS, "cells"]),
        "measures": rng.choice([*fuzz.WORDS, "trust_mean"]),
    }
    chosen = rng.sample(sorted(options), rng.randint(1, 3))
    plan_runs(rng.choice([*fuzz.WORDS, *["baseline"] * 30]), **{name: options[name] for name in chosen})


def run_folder(rng: random.Random, place: Place) -> None:
    with place.instead("run/manifest.json", fuzz.tree(rng, place.original("run/manifest.json").decode())):
        of_run(rng, place)


def run_table(rng: random.Random, place: Place) -> None:
    with place.instead("run/measures.parquet", fuzz.parquet(rng, place.original("run/measures.parquet"))):
        of_run(rng, place)


def of_run(rng: random.Random, place: Place) -> None:
    """Give a command that reads the folder of a run."""
    folder, run = place.written / "run", json.loads(place.original("run/manifest.json"))["runs"]["1"]
    how = rng.randrange(5)
    if how == 0:
        command("export", folder, "--csv", place.corner / "out.csv")
    elif how == 1:
        command("verify", folder)
    elif how == 2:
        command("verify", run, "--in", folder)
    elif how == 3:
        command("export", folder, "--figures", folder)
    else:
        arms_of(Request(arms=(str(folder), f"{place.written}/compare/arms/villa_canales-resources_only")))


def comparison_folder(rng: random.Random, place: Place) -> None:
    content = fuzz.tree(rng, place.original("compare/manifest.json").decode())
    with place.instead("compare/manifest.json", content):
        of_comparison(rng, place)


def comparison_table(rng: random.Random, place: Place) -> None:
    with place.instead("compare/effects.parquet", fuzz.parquet(rng, place.original("compare/effects.parquet"))):
        of_comparison(rng, place)


def of_comparison(rng: random.Random, place: Place) -> None:
    """Give a command that reads the folder of a comparison."""
    folder, how = place.written / "compare", rng.randrange(5)
    if how == 0:
        command("compare", folder)
    elif how == 1:
        command("verify", folder)
    elif how == 2:
        command("verify", "0" * 16, "--in", folder)
    elif how == 3:
        for site in read_sites(folder):
            site.effect_rows  # noqa: B018
    else:
        arms_of(Request(arms=(str(folder),)))


def sweep_folder(rng: random.Random, place: Place) -> None:
    with place.instead("sweep/manifest.json", fuzz.tree(rng, place.original("sweep/manifest.json").decode())):
        of_sweep(rng, place)


def sweep_plan(rng: random.Random, place: Place) -> None:
    with place.instead("sweep/plan.parquet", fuzz.parquet(rng, place.original("sweep/plan.parquet"))):
        of_sweep(rng, place)


def sweep_batch(rng: random.Random, place: Place) -> None:
    """Put another batch in the place of the first, under a name that fits its content."""
    (path,) = sorted((place.written / "sweep" / "measures").glob("*.parquet"))
    before = path.read_bytes()
    content = fuzz.parquet(rng, before)
    other = path.with_name(batch_file_name(1, content))
    path.unlink()
    other.write_bytes(content)
    try:
        of_sweep(rng, place)
    finally:
        for found in path.parent.glob("*"):
            found.unlink()
        shutil.rmtree(place.written / "sweep" / "rejected", ignore_errors=True)
        path.write_bytes(before)


def of_sweep(rng: random.Random, place: Place) -> None:
    """Give a command that reads the folder of a sweep."""
    folder, how = place.written / "sweep", rng.randrange(6)
    if how == 0:
        command("export", folder, "--csv", place.corner / "out.csv")
    elif how == 1:
        command("verify", folder)
    elif how == 2:
        command("verify", "0" * 16, "--in", folder)
    elif how == 3:
        command("export", folder, "--figures", folder)
    elif how == 4:
        plan, manifest = (folder / name for name in ("plan.parquet", "manifest.json"))
        kept = plan.read_bytes(), manifest.read_bytes()
        try:
            command("sweep", place.written / "study.toml", "--out", folder)
        finally:
            plan.write_bytes(kept[0])
            manifest.write_bytes(kept[1])
    else:
        arms_of(Request(arms=(str(folder),)))


def saved(rng: random.Random, place: Place) -> None:
    with place.instead("saved/saved.json", fuzz.tree(rng, place.original("saved/saved.json").decode())):
        plan_runs(
            "baseline", branch=place.written / "saved", years=1.0, sets=["population.scale=0.05", "calendar.warm_up=0"]
        )


def quarantined(rng: random.Random, place: Place) -> None:
    content = fuzz.tree(rng, place.original("quarantine.json").decode())
    with place.instead("quarantine.json", content) as path:
        command("verify", path)


def report(rng: random.Random, place: Place) -> None:
    text = (ROOT / "tests/support/compared_towns/informe.html").read_text(encoding="utf-8")
    text = re.sub('"fingerprint": "[0-9a-f]{16}"', f'"fingerprint": "{fingerprint()}"', text)
    path = place.corner / "report.html"
    path.write_bytes(
        fuzz.html(rng, text[:2000] + text[text.index('<script type="application/json"') :], MANIFEST_IN_HTML)
    )
    command("verify", path)


def any_file(rng: random.Random, place: Place) -> None:
    """Name a file or folder of the wrong kind, or none, to every command that takes one."""
    there = [place.written / name for name in ("", "run", "saved", "sweep", "compare", "sweep/measures", "nowhere")]
    there += [
        place.written / name for name in ("run/measures.parquet", "run/summary.png", "study.toml", "run/manifest.json")
    ]
    file = rng.choice([*there, Path(os.devnull), place.corner / ("n" * 300)])
    command(
        *rng.choice(
            [
                ("verify", file),
                ("export", file, "--csv", place.corner / "out.csv"),
                ("export", place.written / "run", "--csv", file / "x"),
                ("export", file, "--figures", file),
                ("verify", "0" * 16, "--in", file),
                ("verify", f"{file}.json"),
                ("sweep", file),
                ("sweep", f"{file}/x.toml"),
                ("compare", file, file),
                ("run", f"{file}.toml"),
                ("run", "baseline", "--from", file),
            ]
        )
    )


KINDS: dict[str, Callable[[random.Random, Place], None]] = {
    one.__name__: one
    for one in (
        *(scenario, policy, study, outline, words, run_folder, run_table, comparison_folder, comparison_table),
        *(sweep_folder, sweep_plan, sweep_batch, saved, quarantined, report, any_file),
    )
}


@dataclass
class Tally:
    """What became of inputs of one kind."""

    inputs: int = 0
    refused: int = 0
    slowest: float = 0.0
    memory: float = 0.0
    drawing: float = 0.0
    """Seconds of processor time for making inputs, not the program's: in a new checkout the first takes two."""
    last: str = ""
    wrong: list[str] = field(default_factory=list)


def tried(input_: str, attempt: Callable[[], None], tally: Tally) -> None:
    """Try one input, and take note of what became of it."""
    tally.inputs += 1
    begun, memory = time.process_time() - tally.drawing, most_memory()
    try:
        attempt()
    except Accepted:
        pass
    except InputError as reason:
        tally.refused += 1
        tally.last = str(reason)
    except HypothesisException:
        raise
    except Exception:
        tally.wrong.append(f"{input_}: {traceback.format_exc()}")
    seconds, more = time.process_time() - tally.drawing - begun, most_memory() - memory
    tally.slowest = max(tally.slowest, seconds)
    tally.memory = max(tally.memory, more)
    if seconds > SLOWEST_S or more > MOST_MB:
        tally.wrong.append(f"{input_}: {seconds:.1f} s, {more:.0f} MB")


def mutate(total: int, place: Place) -> dict[str, Tally]:
    """Try files and words that are mutated at random."""
    tallies = {kind: Tally() for kind in KINDS}
    for number in range(total):
        kind = list(KINDS)[number % len(KINDS)]
        which = number if total < MORE else -1 - number
        attempt = partial(KINDS[kind], random.Random(f"{kind} {which}"), place)
        tried(f"{kind} {which}", attempt, tallies[kind])
        place.restore()
    return tallies


def derive(kind: str, total: int, place: Place) -> Tally:
    """Try inputs of a kind that follow from what its reader declares."""
    tally = Tally()

    def attempt(data: st.DataObject) -> None:
        drawn: list[Any] = []

        def draw(values: st.SearchStrategy[Any]) -> Any:
            begun = time.process_time()
            drawn.append(data.draw(values))
            tally.drawing += time.process_time() - begun
            return drawn[-1]

        before = len(tally.wrong)
        tried(kind, partial(DECLARED[kind], draw, place), tally)
        place.restore()
        tally.wrong[before:] = [f"{drawn!r:.2000}\n{one}" for one in tally.wrong[before:]]

    many(total)(given(data=st.data())(attempt))()
    return tally


def many(total: int) -> settings:
    """Return settings under which hypothesis tries so many inputs, the same each time, and stops at none."""
    return settings(
        max_examples=total,
        **{"deadline": None, "derandomize": True, "database": None, "phases": (Phase.generate,)},
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize(
    "total", [FEW, pytest.param(MORE, marks=pytest.mark.thorough), pytest.param(MANY, marks=pytest.mark.slow)]
)
def test_no_input_ends_in_a_traceback_or_takes_two_seconds(place, libraries, monkeypatch, record_property, total):
    for name in WOULD_COMPUTE:
        monkeypatch.setattr(name, refuse_to_compute)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.chdir(place.corner)
    tallies = mutate(total * 3 // 10, place)
    tallies |= {kind: derive(kind, total * 7 // 10 // len(DECLARED) + 1, place) for kind in DECLARED}
    print(f"\n{'kind':20}{'inputs':>8}{'refused':>9}{'wrong':>7}{'slowest':>9}{'memory':>10}")
    for kind, one in tallies.items():
        print(f"{kind:20}{one.inputs:8}{one.refused:9}{len(one.wrong):7}{one.slowest:8.2f}s{one.memory:7.0f} MB")
    wrong = [told for one in tallies.values() for told in one.wrong]
    record_property("cases", sum(one.inputs for one in tallies.values()))
    record_property("failed", len(wrong))
    kind, slowest = max(((kind, one.slowest) for kind, one in tallies.items()), key=lambda one: one[1])
    most = max(one.memory for one in tallies.values())
    told = f"the slowest {slowest:.2f} s of processor time ({kind}), {most:.0f} MB more at most"
    record_property("measured", f"{sum(one.inputs for one in tallies.values()):,} inputs in process: {told}")
    ends = Counter(told.strip().splitlines()[-1][:120] for told in wrong)
    first = wrong[0].replace("\n", " ") if wrong else ""
    assert not wrong, "\n\n".join([f"{len(wrong)} wrong: {first:.300}", *map(str, ends.most_common()), *wrong[:20]])


MAIN = "from experiments.cli import main\nif __name__ == '__main__': main()"
BETWEEN = """import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
spent = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, spent.ru_utime + spent.ru_stime, spent.ru_maxrss)"""
"""Starts a program and says what it took; a child begins with the memory of its parent, and the tests' own is large."""
THROUGH_THE_SHELL = 500


def shelled(words: list[str]) -> tuple[int, str, float, float]:
    """Give a command to a program of its own; return its exit code, what it said, its seconds and megabytes."""
    with tempfile.TemporaryFile() as said:
        program = [sys.executable, "-c", BETWEEN, sys.executable, "-c", MAIN, *words]
        between = subprocess.run(program, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, check=True)
        said.seek(0)
        told = said.read().decode(errors="replace")
    code, seconds, kilobytes = between.stdout.split()[-3:]
    return int(code), told, float(seconds), float(kilobytes) / 1024.0


@needs_linux
@pytest.mark.slow
def test_what_is_refused_in_process_is_refused_by_the_program(place, monkeypatch, record_property):
    """Start-up counts, and is subtracted; words that would be accepted are not given, since they would compute."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.chdir(place.corner)
    started = max(shelled(["scenarios"])[2] for _ in range(3))
    wrong, tried_, longest, most = [], [], 0.0, 0.0

    def attempt(data: st.DataObject) -> None:
        nonlocal longest, most
        words = words_of(data.draw, data.draw(st.sampled_from(sorted(COMMANDS))), place)
        if len(tried_) == THROUGH_THE_SHELL or "\0" in "".join(words):
            return
        with monkeypatch.context() as nothing:
            for name in WOULD_COMPUTE:
                nothing.setattr(name, refuse_to_compute)
            with contextlib.suppress(Accepted):
                try:
                    command(*words)
                except InputError:
                    tried_.append(words)
        if tried_ and tried_[-1] is words:
            code, told, seconds, megabytes = shelled(words)
            if seconds - started > SLOWEST_S:  # other work on a machine inflates processor time: the second try counts
                code, told, seconds, megabytes = shelled(words)
            longest, most = max(longest, seconds - started), max(most, megabytes)
            good = code == 2 and told.splitlines()[-1].startswith("confianza: ") and "Traceback" not in told
            if not good or seconds - started > SLOWEST_S or megabytes > MOST_MB:
                wrong.append(f"{words!r:.500}: {code}, {seconds:.1f} s, {megabytes:.0f} MB, {told}")

    many(4 * THROUGH_THE_SHELL)(given(data=st.data())(attempt))()
    record_property("cases", len(tried_))
    record_property("failed", len(wrong))
    told_of = f"the slowest {longest:.2f} s of processor time beyond start-up ({started:.2f} s), {most:.0f} MB at most"
    record_property("measured", f"{len(tried_)} commands through the shell: {told_of}")
    assert len(tried_) == THROUGH_THE_SHELL
    assert not wrong, "\n".join([f"{len(wrong)} wrong: {wrong[0]}", *wrong[1:20]])


def test_what_is_not_mutated_is_right(place, monkeypatch):
    """Otherwise the inputs above would be refused for another reason than what is wrong with them."""
    for name in WOULD_COMPUTE:
        monkeypatch.setattr(name, refuse_to_compute)
    monkeypatch.setattr(fuzz, "toml", lambda rng, text: text.encode())
    monkeypatch.setattr(fuzz, "tree", lambda rng, text: text.encode())
    monkeypatch.setattr(fuzz, "html", lambda rng, text, embedded: text.encode())
    monkeypatch.setattr(fuzz, "grammar", lambda rng, tables: b"")
    monkeypatch.setattr(fuzz, "parquet", lambda rng, content: content)
    for kind in KINDS:
        tally = Tally()
        for number in range(6):
            tried(kind, partial(KINDS[kind], random.Random(f"{kind} {number}"), place), tally)
        assert not tally.wrong
        none_found = kind.startswith(("comparison", "sweep"))  # one command of five asks for a run that is not there
        assert kind in ("any_file", "words", "quarantined") or tally.refused <= 3 * none_found, tally
