"""What happens in a copy of the project, as JSON: run in the copy with a folder to write into."""

import contextlib
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from experiments.cli.app import run_program
from model.simulation.model import TrustModel
from model.simulation.registry import MEASURES
from model.town.crime_kinds import NAMES
from scenarios import load

SMALL = {"population.scale": 0.05, "calendar.warm_up": 0}
BUSY = {"crime.armed": 50.0, "crime.thieves": 50.0}
LIT = {"street_lighting.lit": 1.0, "street_lighting.effect": 0.9}
MONTH, QUARTER = 93, 273
SIZE = [word for name, value in (SMALL | BUSY).items() for word in ("--set", f"{name}={value}")]


def world_of(shifts: int, policies: Any = (), **numbers: float) -> TrustModel:
    """Return a small and busy Villa Canales after some shifts."""
    scenario = load("villa_canales", set=SMALL | BUSY | numbers, policies=policies)
    world = TrustModel(scenario, rng=7, keep=("incidents",))
    world.run_for(shifts)
    return world


def digest(world: TrustModel) -> dict[str, Any]:
    """Return what happened and what everybody thinks of it, in a form that can be compared and stored."""
    incidents = np.concatenate(world.kept["incidents"])
    minds = world.state.minds
    columns = {name: [str(value) for value in values] for name, values in world.datacollector.model_vars.items()}
    accounts = world.ledger_months()
    return columns | {
        "incidents": hashlib.sha256(incidents.tobytes()).hexdigest(),
        "minds": {name: hashlib.sha256(minds[name].tobytes()).hexdigest() for name in minds.dtype.names},
        "ledger": sorted(row for row in accounts[accounts["change"] != 0.0].tolist()),
    }


def robberies(world: TrustModel) -> dict[str, int]:
    """Count the robberies by day and by night."""
    rows = np.concatenate(world.kept["incidents"])
    night = (rows["tick"] % 3 == 2)[rows["kind"] == NAMES.index("robbery")]
    return {"night": int(night.sum()), "day": int((~night).sum())}


def resumed(folder: Path) -> list[dict[str, Any]]:
    """Return the digests of a world that goes on and of one that was saved and restored on its way."""
    straight = world_of(MONTH, **LIT)
    straight.save(folder)
    restored = TrustModel.restore(folder, straight.settings, town=straight.town, keep=("incidents",))
    for world in (straight, restored):
        world.run_for(MONTH)
    return [digest(world) for world in (straight, restored)]


def programs(folder: Path) -> dict[str, int]:
    """Return the exit codes of the program, which leaves runs and a report."""
    run, short = ["run", "villa_canales", *SIZE, "--policy", "lit"], ["--until", "2017-03-01"]
    calls = {
        "lit": [*run, *short, "--out", f"{folder}/lit"],
        "off": [*run, *short, "--out", f"{folder}/off", "--set", "mechanisms.street_lighting=false"],
        "compared": ["compare", "status_quo", "lit", *SIZE, *short, "--replicates", "2", "--lang", "both"],
    }
    calls["compared"] += ["--out", f"{folder}/compared", "--report", f"{folder}/report.html"]
    with contextlib.redirect_stdout(sys.stderr):
        return {name: run_program(call) for name, call in calls.items()}


def lived(folder: Path) -> dict[str, Any]:
    """Return everything that a test asks of the copy."""
    quiet = {"crime.livestock_theft": 0.0}
    herds = world_of(QUARTER, **{"crime.livestock_theft": 10.0})
    return {
        "programs": programs(folder),
        "at rest": digest(world_of(QUARTER, **quiet)),
        "switched off": digest(world_of(QUARTER, ["lit"], **quiet, **{"mechanisms.street_lighting": False})),
        "dark": robberies(world_of(QUARTER)),
        "lit": robberies(world_of(QUARTER, **LIT)),
        "resumed": resumed(folder / "saved"),
        "livestock": {name: sum(herds.datacollector.model_vars[name]) for name in MEASURES if "livestock" in name},
    }


if __name__ == "__main__":
    print(json.dumps(lived(Path(sys.argv[1]))))
