"""Solve event weights, intercepts and the level of crime under each rival account.

An account leaves out parts of the default model. Events that it keeps get weights that reproduce their measured sizes,
intercepts absorb slopes that it sets to 0, and an account of crime is scaled to as many crimes as the default model.
``python -m experiments.dev.examinations.accounts`` solves all accounts in the reference town and writes the table
``[solved]`` of their files.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from experiments.comparison.over_draws import rival_accounts
from experiments.dev.examinations.usual_levels import KINDS
from experiments.storage.writing import write_atomically
from experiments.validation.calibration import SITE
from experiments.validation.event_weights import SOLVED_PARAMETERS, WeightSolver, weight_solver
from experiments.validation.sizes import EVENTS
from experiments.validation.slopes import intercepts
from model.engine.calendar import YEAR
from model.simulation.model import TrustModel
from model.town.crime_kinds import NAMES
from scenarios import accounts, load
from scenarios.accounts import ACCOUNTS, RivalAccount

SOLVED_HEADING = "\n[solved] # by python -m experiments.dev.examinations.accounts\n"
LEVEL_PARAMETER, ROUNDS, DIGITS = "certainty.level", 3, 3


def solved_trust(account: RivalAccount, solver: WeightSolver) -> dict[str, float]:
    """Return the weights of events that an account of trust keeps, and the intercepts of slopes it changes.

    Weights that an account itself multiplies by a factor are intended; such an account gets no solved weights.
    """
    stated = stated_values(account)
    offsets = intercepts(stated)
    weights = {event.parameter: stated[event.parameter] for event in EVENTS if event.parameter in stated}
    changes = {name: value for name, value in stated.items() if name not in weights}
    if any(weights.values()) or not any(changes_size(name) for name in (*weights, *changes)):
        return offsets
    sizes = {event.name: 0.0 for event in EVENTS if event.parameter in weights}
    if len(weights) == len({event.parameter for event in EVENTS}):
        return offsets
    return offsets | {name: value for name, value in solver.weights(changes, sizes).items() if name not in weights}


def changes_size(name: str) -> bool:
    """Return whether a parameter affects the size of events."""
    return name in SOLVED_PARAMETERS or name.partition(".")[0] in ("events", "trust", "hearsay")


def stated_values(account: RivalAccount) -> dict[str, float]:
    """Return the parameter values that an account states, without those solved from them."""
    return {name: value for entry in account.stated for name, value in entry.values.items()}


def solved_level(account: RivalAccount, scale: float) -> dict[str, float]:
    """Return the `certainty.level` at which an account of crime has as many crimes a year as the default model."""
    target, level = crimes_in_a_year({}, scale), float(load(SITE)["certainty"].level)
    for _ in range(ROUNDS):
        level *= target / crimes_in_a_year({**stated_values(account), LEVEL_PARAMETER: level}, scale)
    return {LEVEL_PARAMETER: level}


def crimes_in_a_year(values: Mapping[str, float], scale: float) -> float:
    """Return the robberies, thefts, vehicle crimes, burglaries and assaults in a year of the reference town."""
    world = TrustModel(load(SITE, set={"population.scale": scale, **values}), rng=1, keep=("incidents",))
    world.advance(YEAR)
    kinds = np.concatenate(world.kept["incidents"])["kind"]
    return float(np.isin(kinds, [NAMES.index(kind) for kind in KINDS]).sum())


def with_solved_values(path: Path, solved: Mapping[str, float]) -> str:
    """Return the text of an account file with its table of solved values replaced."""
    text = path.read_text(encoding="utf-8").partition(SOLVED_HEADING)[0]
    rows = "".join(f'"{name}" = {value:.{DIGITS}g}\n' for name, value in solved.items())
    return text + (SOLVED_HEADING + rows if rows else "")


def main() -> None:
    """Solve all accounts, or those named on the command line, and write their files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=rival_accounts())
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    for name in options.names:
        account = accounts.account(name)
        trust = account.explains == "trust"
        solved = solved_trust(account, weight_solver(options.scale)) if trust else solved_level(account, options.scale)
        write_atomically(ACCOUNTS / f"{name}.toml", with_solved_values(ACCOUNTS / f"{name}.toml", solved).encode())
        summary = ", ".join(f"{key} {value:.{DIGITS}g}" for key, value in solved.items())
        print(f"{name}: {summary or 'nothing to solve'}")


if __name__ == "__main__":
    main()
