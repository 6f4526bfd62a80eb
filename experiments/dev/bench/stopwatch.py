"""Make one measurement in this process: `python -m experiments.dev.bench.stopwatch NAME ARGUMENTS`."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from experiments.dev.bench.fresh import FIRST_SHIFTS, SHIFTS_PER_YEAR, SITE, timed
from model.engine.fingerprint import fingerprint

TESTS = Path(__file__).parents[3] / "tests"
POLICE_NUMBERS = ("officers", "desks", "vehicles", "motorcycles")


def imports() -> dict[str, Any]:
    """Return the seconds to import the model with Mesa and Numba, and the memory (MB) of the process after it."""
    seconds = timed(lambda: [import_module(name) for name in ("model.simulation.model", "scenarios")])
    from experiments.dev.bench.probe import megabytes

    return {"seconds": seconds, "megabytes": megabytes()}


def town() -> dict[str, Any]:
    """Return the seconds to build the town of the larger site."""
    from model.town.town import build_town
    from scenarios import load

    scenario = load(SITE)
    return {"seconds": timed(lambda: build_town(scenario))}


def compiling() -> dict[str, Any]:
    """Return the seconds of the first small run; the caller chooses the cache, which may be empty."""
    from experiments.execution.compile_kernels import compile_model

    return {"seconds": timed(compile_model)}


def span(years: str, variant: str) -> dict[str, Any]:
    """Return seconds and peak memory of some years of the whole site on one core, after compilation."""
    from experiments.dev.bench.probe import clock_years
    from model.simulation.model import TrustModel

    world = TrustModel(site_variant(variant), rng=1)
    return clock_years(world, years) | {"residents": world.town.n_residents}


def site_variant(variant: str, factor: float = 2.0) -> Any:
    """Return a variant of the site: as it is, under the policy `everything`, or with more residents or police."""
    from scenarios import load

    sets: dict[str, Any] = {"calendar.warm_up": 0}
    scenario = load(SITE, set=sets)
    if variant == "everything":
        return load(SITE, set=sets, policies=["everything"])
    if variant == "census":
        return load(SITE, set=sets | {"population.total": round(factor * scenario["population"].total)})
    if variant == "couples":
        plant = [
            replace(one, **{name: round(factor * getattr(one, name)) for name in POLICE_NUMBERS})
            for one in scenario.facilities
        ]
        return replace(scenario, facilities=tuple(plant))
    return scenario


def twin(shifts: str) -> dict[str, Any]:
    """Return the seconds of the slow reference model and of the model for the same shifts of one small town."""
    from model.simulation.model import TrustModel
    from model.town.town import build_town
    from scenarios import load

    if not (TESTS / "oracle" / "town.py").is_file():
        return {"missing": "the folder of tests, where the slow reference model lives, is not here"}
    sys.path.insert(0, str(TESTS))
    plain = import_module("oracle.town").PlainTown
    scenario = load(SITE, set={"calendar.warm_up": 0, "population.scale": 0.05})
    built = build_town(scenario)
    world, slow = TrustModel(scenario, rng=1, town=built), plain(scenario, built, 1)
    world.run_for(int(shifts))
    fast = TrustModel(scenario, rng=1, town=built)
    seconds = {name: timed(step, int(shifts)) for name, step in (("slow", slow.step), ("fast", fast.step))}
    return {**seconds, "resident_shifts": built.n_residents * int(shifts)}


def replicates(runs: str, years: str, workers: str) -> dict[str, Any]:
    """Return the seconds of some replicates, with one or more workers."""
    from experiments.execution.run_requests import plan_runs
    from experiments.execution.runs import run_all

    specs = plan_runs(SITE, years=float(years), replicates=int(runs))
    return {"seconds": timed(lambda: run_all(specs, int(workers)))}


def phases(years: str) -> dict[str, Any]:
    """Return seconds and events by phase, from two worlds of the same seed; rows and bytes per row of residents."""
    from experiments.dev.bench.phases import events_by_phase, seconds_by_phase
    from model.simulation.model import TrustModel

    scenario, shifts = site_variant("plain"), round(float(years) * SHIFTS_PER_YEAR) - FIRST_SHIFTS
    world = TrustModel(scenario, rng=1)
    world.run_for(FIRST_SHIFTS)
    seconds = seconds_by_phase(world, shifts)
    again = TrustModel(scenario, rng=1, town=world.town)
    again.run_for(FIRST_SHIFTS)
    counted = replace(events_by_phase(again, shifts), seconds=seconds)
    rows = world.town.n_people
    of_residents = [table for table in vars(again.state).values() if getattr(table, "shape", ()) == (rows,)]
    row_bytes = max(int(table.itemsize) for table in of_residents)
    return {"phases": asdict(counted), "shifts": shifts, "rows": rows, "row_bytes": row_bytes}


def draws(shifts: str, town: str) -> dict[str, Any]:
    """Return draws by phase and decision, and exponentials by phase, of the first shifts of the site."""
    from experiments.dev.bench.phases import count_draws

    return dict(count_draws(SITE, int(shifts), Path(town)))


def loops(work: str) -> dict[str, Any]:
    """Return a decade of the site in units of the bare loop that does the given work (JSON of `WorkCounts`)."""
    from experiments.dev.bench.bare_loop import WorkCounts, measure_beside_loop
    from model.simulation.model import TrustModel

    return measure_beside_loop(TrustModel(site_variant("plain"), rng=1), WorkCounts(**json.loads(work)))


def pairs_on_page(years: str) -> dict[str, Any]:
    """Return the seconds of eight worlds with MOPSIC in persistent workers that cache towns and warm-ups."""
    from experiments.dev.bench.kept_workers import seconds_of_pairs

    return {"seconds": seconds_of_pairs(float(years))}


def parts(years: str) -> dict[str, Any]:
    """Return the processor seconds of each part of a whole run."""
    from experiments.dev.bench.whole_run import parts_of_run

    return dict(parts_of_run(int(years)))


def grown(variant: str, factor: str, years: str) -> dict[str, Any]:
    """Return processor seconds from process start to the end of each year of a variant, memory and sizes."""
    from experiments.dev.bench.probe import megabytes
    from model.simulation.model import TrustModel

    world, ends = TrustModel(site_variant(variant, float(factor)), rng=1), []
    for _ in range(int(years)):
        world.run_for(SHIFTS_PER_YEAR)
        ends.append(time.process_time())
    populated, couples = world.town.cells["population"] > 0, world.town.posts["copy"] == 0
    sizes = {"residents": world.town.n_residents, "couples": int(couples.sum()), "cells": int(populated.sum())}
    return {"ends": ends, "megabytes": megabytes(), **sizes}


MEASUREMENTS: dict[str, Callable[..., dict[str, Any]]] = {
    measure.__name__: measure
    for measure in (
        *(imports, town, compiling, span, twin, replicates, phases, draws, loops),
        *(parts, grown, pairs_on_page),
    )
}

if __name__ == "__main__":
    print(json.dumps(MEASUREMENTS[sys.argv[1]](*sys.argv[2:]) | {"fingerprint": fingerprint()}))
