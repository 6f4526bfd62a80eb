"""Record and compare digests of whole runs, so that a change of one bit in any result is noticed.

``python -m tests.bits.digests`` compares the short runs, with ``--full`` also the long ones: a line for each case, exit
code 1 on a difference.  ``--record`` writes `digests.toml` anew, short and long: do so only where results are meant to
change.  ``--parts short villa_canales status_quo`` prints the digest of each table of one case.

Digests hold for the processor and versions that recorded them: elsewhere numpy computes exponentials by other
instructions, which may differ in the last bit.
"""

import argparse
import datetime
import hashlib
import json
import platform
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from model import TrustModel
from scenarios import load

RECORDED = Path(__file__).with_name("digests.toml")
SEED = 11
SITES = ("villa_canales", "totonicapan")
SHORT, LONG = "short", "long"
TIERS = (SHORT, LONG)
SET: dict[str, dict[str, Any]] = {SHORT: {"population.scale": 0.05, "calendar.warm_up": 0}, LONG: {}}
SHIFTS = {SHORT: 3 * 365 + 31, LONG: 3 * (5 * 365 + 1) + 31}
"""One year and five, and ten days more: at a month's end the tables of the month would be empty."""
POLICIES = {
    SHORT: ("status_quo", "mopsic_full"),
    LONG: (
        "status_quo",
        "mopsic_full",
        "everything",
        "heavy_hand",
        "no_police",
        "all_worst",
        "three_years_then_off",
        "multicultural+responses_that_fit+clique_dismantled",
    ),
}
"""The long ones cover reforms, repression, no police, the worst levers, a policy that ends, and events of one day."""
MONTHS = ("settlement_months", "group_months", "ledger_months", "cell_months", "choices", "impressions")
"""Tables that a world reports, by the name of the method."""

type Parts = dict[str, list[np.ndarray]]


def cases(tier: str) -> Iterator[tuple[str, str]]:
    """Yield every site with every policy of a tier; the town of a site is built once."""
    return ((site, policy) for site in SITES for policy in POLICIES[tier])


@cache
def town_of(tier: str, site: str) -> Any:
    """Return the town of a site, which all policies share."""
    return TrustModel(load(site, set=SET[tier] | {"calendar.warm_up": 0}), rng=SEED).town


def run(tier: str, site: str, policy: str) -> Any:
    """Return the world of one case at its end."""
    scenario = load(site, policies=policy, set=SET[tier])
    world = TrustModel(scenario, rng=SEED, town=town_of(tier, site), keep=("incidents", "impressions"))
    world.run_for(SHIFTS[tier])
    return world


def digests(world: Any) -> dict[str, str]:
    """Return a digest of each group of results: kept, measures, months and state."""
    groups: dict[str, Any] = {}
    for name, arrays in sorted(parts(world).items()):
        groups.setdefault(name.split("/")[0], hashlib.sha256()).update(f"{name} {digest(arrays)};".encode())
    return {name: whole.hexdigest() for name, whole in groups.items()}


def parts(world: Any) -> Parts:
    """Return the arrays of each part of a world's results."""
    found: Parts = {f"measures/{name}": [numbers(column)] for name, column in world.datacollector.model_vars.items()}
    found |= {f"months/{name}": [getattr(world, name)()] for name in MONTHS}
    found |= {f"kept/{name}": list(shifts) for name, shifts in world.kept.items()}
    return found | {f"state/{name}": [table] for name, table in tables(vars(world.state))}


def tables(held: Mapping[Any, Any]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the tables that a State holds, as attributes or in a mapping by name or declaration; rows in use only."""
    for key, value in held.items():
        name = key if isinstance(key, str) else key.name
        if isinstance(value, np.ndarray):
            yield name, value
        elif hasattr(value, "rows") and hasattr(value, "count"):
            yield name, value.rows[: int(np.asarray(value.count).flat[0])]
        elif isinstance(value, Mapping):
            yield from tables(value)


def numbers(column: list[Any]) -> np.ndarray:
    """Return the monthly values of a measure, or the first days of the months, as an array."""
    dates = any(isinstance(one, datetime.date) for one in column)
    return np.array(column, "M8[D]" if dates else np.float64).view(np.int64)


def digest(arrays: Iterable[np.ndarray]) -> str:
    """Return the digest of some arrays: of each its shape, and its columns in the order of their names.

    Columns are taken one by one, since the bytes between them are not part of any result.
    """
    whole = hashlib.sha256()
    for array in arrays:
        names = sorted(array.dtype.names or ())
        for name, column in [(name, array[name]) for name in names] or [("", array)]:
            whole.update(f"{name} {column.dtype.str} {column.shape};".encode() + column.tobytes())
    return whole.hexdigest()


def here() -> dict[str, str]:
    """Return the kind of machine and the versions on which digests depend."""
    extensions: Any = np.show_config(mode="dicts")["SIMD Extensions"]
    found = {"system": f"{platform.system()} {platform.machine()}", "extensions": " ".join(extensions["found"])}
    return found | {name: version(name) for name in ("numpy", "numba", "llvmlite")}


def recorded() -> dict[str, Any]:
    """Return the recorded digests by tier, site and policy, and the machine that recorded them as ``here``."""
    return tomllib.loads(RECORDED.read_text(encoding="utf-8"))


def differing(tier: str, site: str, policy: str) -> list[str]:
    """Run one case; return the groups of results whose digest is not the recorded one."""
    found, known = digests(run(tier, site, policy)), recorded()[tier][site][policy]
    return sorted(name for name in found.keys() | known.keys() if found.get(name) != known.get(name))


def record() -> None:
    """Run every case and write its digests."""
    lines = ["# Written by: python -m tests.bits.digests --record", "", "[here]"]
    lines += [f"{name} = {json.dumps(value)}" for name, value in here().items()]
    for tier in TIERS:
        for site, policy in cases(tier):
            lines += ["", f'[{tier}.{site}."{policy}"]']
            lines += [f'{name} = "{value}"' for name, value in digests(run(tier, site, policy)).items()]
            print(f"{tier} {site} {policy}: recorded", flush=True)
    RECORDED.write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")


def compare(tiers: Iterable[str]) -> bool:
    """Run every case of some tiers and print a line for each; return whether all digests are the recorded ones."""
    if apart := [name for name, value in here().items() if recorded()["here"].get(name) != value]:
        print(f"recorded with another {', '.join(apart)}: digests may differ for that alone")
    same = True
    for tier in tiers:
        for site, policy in cases(tier):
            began = time.perf_counter()
            wrong = differing(tier, site, policy)
            same &= not wrong
            told = f"DIFFERS in {', '.join(wrong)}" if wrong else "same"
            print(f"{tier} {site} {policy}: {told} ({time.perf_counter() - began:.1f} s)", flush=True)
    return same


def show(tier: str, site: str, policy: str) -> None:
    """Print the digest of every table and measure of one case, to be compared with those of another checkout."""
    for name, arrays in sorted(parts(run(tier, site, policy)).items()):
        print(digest(arrays)[:16], name)


def main() -> int:
    """Carry out the command; return its exit code."""
    command = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    command.add_argument("--full", action="store_true", help="compare the long runs too")
    command.add_argument("--record", action="store_true", help="write digests.toml anew")
    command.add_argument("--parts", nargs=3, metavar=("TIER", "SITE", "POLICY"), help="print each table of one case")
    wish = command.parse_args()
    if wish.record:
        record()
    elif wish.parts:
        show(*wish.parts)
    else:
        return 0 if compare(TIERS if wish.full else TIERS[:1]) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
