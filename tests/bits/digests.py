"""Record and compare digests of whole runs, so that a change of one bit in any result is noticed.

``python -m tests.bits.digests`` compares the short runs, with ``--full`` also the long ones: a line for each case that
names the measures and columns that differ, exit code 1 on a difference.  ``--settings`` compares the short runs as
other processors would compute them, ``--settings numba libm`` under these settings alone.  ``--record`` writes
`digests.toml` anew, short and long: do so only where results are meant to change.  ``--parts short villa_canales
status_quo`` prints the digest of each measure and column of one case.

Digests hold for every processor.  They were never compared with those of another operating system or of other versions
of numpy and Numba.
"""

import argparse
import base64
import datetime
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import numpy as np
from llvmlite.binding import get_host_cpu_features

from model import TrustModel
from scenarios import load

ROOT, RECORDED = Path(__file__).parents[2], Path(__file__).with_name("digests.toml")
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

MARK, NO_PART, MOST_NAMES = 3, "---", 8
"""Characters of a mark, of a part that a case lacks, and names in a line."""
VERSIONS = ("numpy", "numba", "llvmlite")
NUMPY_EXTENSIONS = " ".join(cast(Any, np.show_config(mode="dicts"))["SIMD Extensions"].get("found", ()))
"""Instructions beyond those of every processor of this kind, for which numpy has code of its own."""
SETTINGS: dict[str, tuple[str, dict[str, str]]] = {
    "plain": ("", {}),
    "Haswell": ("avx2", {"OPENBLAS_CORETYPE": "Haswell"}),
    "SkylakeX": ("avx512f", {"OPENBLAS_CORETYPE": "SkylakeX"}),
    "Zen": ("avx2", {"OPENBLAS_CORETYPE": "Zen"}),
    "numpy": ("", {"NPY_DISABLE_CPU_FEATURES": NUMPY_EXTENSIONS}),
    "libm": ("", {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX,-AVX2,-AVX512F,-FMA,-FMA4,-AVX2_Usable,-FMA_Usable"}),
    "numba": ("", {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}),
}
"""Variables by which a library takes this processor for another, and the feature without which that cannot be."""
OF_PROCESSORS = {key for _, environment in SETTINGS.values() for key in environment}

CASES = [(tier, site, policy) for tier in TIERS for site in SITES for policy in POLICIES[tier]]
"""Every site with every policy of a tier; the town of a site is built once."""

type Parts = dict[str, list[np.ndarray]]


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


def parts(world: Any) -> Parts:
    """Return the arrays of each part of a world's results: every measure, and every column of every table."""
    found: Parts = {f"measures/{name}": [numbers(column)] for name, column in world.datacollector.model_vars.items()}
    whole = {f"months/{name}": [getattr(world, name)()] for name in MONTHS}
    whole |= {f"kept/{name}": list(shifts) for name, shifts in world.kept.items()}
    whole |= {f"state/{name}": [table] for name, table in tables(vars(world.state))}
    whole |= {f"town/{name}": [table] for name, table in tables(vars(world.town))}
    for name, arrays in whole.items():
        columns = sorted(arrays[0].dtype.names or ()) if arrays else ()
        found |= {f"{name}.{column}": [array[column] for array in arrays] for column in columns} or {name: arrays}
    return found


def marks(world: Any) -> dict[str, str]:
    """Return the first characters of the digest of each part, enough to notice and name a difference."""
    return {
        name: base64.urlsafe_b64encode(bytes.fromhex(digest(arrays)))[:MARK].decode()
        for name, arrays in parts(world).items()
    }


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
    """Return the system and the versions for which digests were compared."""
    return {"system": f"{platform.system()} {platform.machine()}"} | {name: version(name) for name in VERSIONS}


@cache
def recorded() -> dict[str, Any]:
    """Return the file: ``here``, the cases, and by part the marks of all cases in their order."""
    return tomllib.loads(RECORDED.read_text(encoding="utf-8"))


def name_of(*case: str) -> str:
    """Return the name of a case in the file."""
    return " ".join(case)


def known_marks(*case: str) -> dict[str, str]:
    """Return the recorded mark of each part of a case."""
    start = MARK * recorded()["cases"].index(name_of(*case))
    return {name: of_all[start : start + MARK] for name, of_all in recorded()["marks"].items()}


def differing(*case: str) -> list[str]:
    """Run one case; return the measures and columns whose digest is not the recorded one."""
    found, known = marks(run(*case)), known_marks(*case)
    return sorted(name for name in found.keys() | known.keys() if found.get(name, NO_PART) != known.get(name, NO_PART))


def record() -> None:
    """Run every case and write its digests."""
    found = {}
    for case in CASES:
        found[case] = marks(run(*case))
        print(f"{name_of(*case)}: recorded", flush=True)
    lines = [
        "# Written by: python -m tests.bits.digests --record",
        f"cases = {json.dumps([name_of(*case) for case in CASES], indent=4)}",
        "",
        "[here]",
    ]
    lines += [f"{name} = {json.dumps(value)}" for name, value in here().items()]
    lines += ["", "[marks]"]
    for name in sorted({name for each in found.values() for name in each}):
        lines.append(f'"{name}" = "{"".join(each.get(name, NO_PART) for each in found.values())}"')
    RECORDED.write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")


def compare(tiers: Iterable[str]) -> bool:
    """Run every case of some tiers and print a line for each; return whether all digests are the recorded ones."""
    if apart := [name for name, value in here().items() if recorded()["here"].get(name) != value]:
        print(f"recorded with another {', '.join(apart)}: digests may differ for that alone")
    same = True
    for case in CASES:
        if case[0] in tiers:
            began = time.perf_counter()
            wrong = differing(*case)
            same &= not wrong
            told = f"DIFFERS in {shortened(wrong)}" if wrong else "same"
            print(f"{name_of(*case)}: {told} ({time.perf_counter() - began:.1f} s)", flush=True)
    return same


def shortened(names: list[str]) -> str:
    """Return some names, and the number of those left out."""
    left = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {left} more" if left > 0 else "")


def compare_under(settings: Iterable[str]) -> bool:
    """Compare the short runs in a process under each setting; return whether all digests are the recorded ones."""
    same, usual = True, {key: value for key, value in os.environ.items() if key not in OF_PROCESSORS}
    for name in settings:
        feature, variables = SETTINGS[name]
        print(f"== {name}: {variables}", flush=True)
        if feature and not get_host_cpu_features().get(feature):
            print(f"left out: this processor has no {feature}", flush=True)
            continue
        command = [sys.executable, "-m", "tests.bits.digests"]
        same &= subprocess.run(command, cwd=ROOT, env=usual | variables, check=False).returncode == 0
    return same


def show(*case: str) -> None:
    """Print the digest of every measure and column of one case, to be compared with those of another checkout."""
    for name, arrays in sorted(parts(run(*case)).items()):
        print(digest(arrays)[:16], name)


def main() -> int:
    """Carry out the command; return its exit code."""
    command = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    command.add_argument("--full", action="store_true", help="compare the long runs too")
    command.add_argument("--record", action="store_true", help="write digests.toml anew")
    command.add_argument("--parts", nargs=3, metavar=("TIER", "SITE", "POLICY"), help="print each part of one case")
    command.add_argument("--settings", nargs="*", choices=SETTINGS, help="compare as other processors would compute")
    wish = command.parse_args()
    if wish.record:
        record()
    elif wish.parts:
        show(*wish.parts)
    elif wish.settings is not None:
        return 0 if compare_under(wish.settings or SETTINGS) else 1
    else:
        return 0 if compare(TIERS if wish.full else TIERS[:1]) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
