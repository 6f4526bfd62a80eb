"""Saved states with wrong numbers: `python state_fuzz.py EXAMPLES`, in a process of its own, which a kernel may crash.

What is changed, and to what, follows from the domains that the tables declare.  A value outside its domain must be
refused; a world with any other value must live on.
"""

import gc
import math
import resource
import sys
import time
import warnings
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from experiments.execution.run_tables import decisions_table, impressions_table, incidents_table, months_table
from model.engine.domains import Domain
from model.engine.tables import GrowingTableSpec
from model.simulation import checkpoint as saved
from model.simulation.model import HISTORY_TABLES, KEPT_TABLES, TrustModel, table_sizes
from model.simulation.registry import CAUSES, TABLES
from model.simulation.state_check import sizes_with_tables
from scenarios import load

type Tables = dict[str, NDArray[Any]]
type Place = tuple[str, str, Domain, int]
"""A stored table, a column (empty for an array), its domain, and how many of its rows count."""
POLICIES = ("heavy_hand", "mopsic_full")
LIVED, MORE = 539, 12
"""Shifts before the state is saved, three before the end of a month, and shifts that each accepted state lives on."""


def small_world() -> TrustModel:
    """Return a world with cliques, prisoners, plans, problems and requests."""
    scenario = load(
        "villa_canales", set={"population.scale": 0.15, "calendar.warm_up": 0, "gangs.ms13": 20}, policies=POLICIES
    )
    world = TrustModel(scenario, rng=7, keep=KEPT_TABLES)
    world.run_for(LIVED)
    return world


def places(tables: Tables) -> Iterator[Place]:
    """Return everything in a state that declares a domain."""
    for table in TABLES:
        stored = f"state/{table.name}"
        used = tables[f"count/{table.name}"].item() if isinstance(table, GrowingTableSpec) else len(tables[stored])
        if used and tables[stored].size:
            yield from ((stored, column, domain, used) for column, domain in table.domains.items())
    for part, declared in (("past", HISTORY_TABLES), ("kept", KEPT_TABLES)):
        for name, history in declared.items():
            if len(rows := tables.get(f"{part}/{name}", ())):
                yield from ((f"{part}/{name}", column, domain, len(rows)) for column, domain in history.domains.items())


def values(domain: Domain, kind: np.dtype[Any], sizes: dict[str, int]) -> st.SearchStrategy[float]:
    """Return numbers within a domain, at its ends, just outside, and far away."""
    low, high = domain.limits(sizes)
    if kind.kind == "f":
        far = [math.nan, math.inf, -math.inf, 1e300, -1e300, 5e-324, math.nextafter(low, -math.inf)]
        return st.one_of(st.floats(low, high), st.sampled_from([low, high, 0.0, *far]))
    least, most = np.iinfo(kind).min, np.iinfo(kind).max
    low, high = max(int(low), least), min(int(high), most)
    edges = [least, most, low, high, low - 1, high + 1, -1, 0, 1_000_000]
    inside = [st.integers(low, high)] if low <= high else []
    return st.one_of(*inside, st.sampled_from([one for one in edges if least <= one <= most]))


class Fuzz:
    """A saved state, and what is done with copies of it."""

    def __init__(self) -> None:
        self.world = small_world()
        self.tables, self.about = saved.split_checkpoint(self.world.checkpoint())
        self.sizes = table_sizes(self.world.town, self.world.settings)
        numbers = sizes_with_tables(self.world.state, self.world.tick, self.world.town, self.sizes)
        self.numbers = numbers
        self.places = [list(some) for _, some in groupby(places(self.tables), lambda place: place[0])]
        self.refused = self.lived = 0
        self.longest = 0.0

    def try_one(self, data: st.DataObject) -> None:
        """Change up to three columns, in one row or in all; read the state and let the world live on if accepted."""
        changed: Tables = {}
        within = True
        for some in data.draw(st.lists(st.sampled_from(self.places), min_size=1, max_size=3, unique_by=id)):
            name, column, domain, used = data.draw(st.sampled_from(some))
            changed[name] = table = self.tables[name].copy()
            part = table[column] if column else table
            value = data.draw(values(domain, part.dtype, self.numbers))
            whole = data.draw(st.booleans())
            at = [slice(used)] if whole else [data.draw(st.integers(0, n - 1)) for n in (used, *part.shape[1:])]
            part[tuple(at)] = value
            low, high = domain.limits(self.numbers)
            within = bool(within and low <= value <= high)
            print(f"{name} {column} {at} {value}", file=sys.stderr, flush=True)
        self.read(self.tables | changed, within)

    def read(self, tables: Tables, within: bool) -> None:
        """Read a state: refused, as it must be where a value is outside its domain, or lived in for some shifts."""
        town, began = self.world.town, time.perf_counter()
        try:
            checkpoint = saved.assemble_checkpoint(tables, self.about, town, self.sizes, HISTORY_TABLES, KEPT_TABLES)
        except ValueError:
            self.refused += 1
            return
        assert within, "a value outside its domain was accepted"
        world = TrustModel._resume_own(self.world.settings, checkpoint, town, False, KEPT_TABLES)
        world.run_for(MORE)
        for write in (decisions_table, incidents_table, impressions_table):
            write(world)
        months_table(world, world.ledger_months(), {"settlement": town.settlement_names, "cause": CAUSES})
        self.lived += 1
        self.longest = max(self.longest, time.perf_counter() - began)
        if self.lived % 10 == 0:
            gc.collect()  # worlds that have ended are cycles, which would add up


def most_memory() -> float:
    """Return the most memory that this process has had, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def main(examples: int) -> None:
    """Try some states; say how many were refused and lived in."""
    warnings.simplefilter("ignore", RuntimeWarning)
    fuzz = Fuzz()
    fuzz.read(fuzz.tables, True)
    before = most_memory()
    fuzz.lived, fuzz.longest = 0, 0.0
    settings.register_profile(
        "states",
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("states")
    given(data=st.data())(fuzz.try_one)()
    more = most_memory() - before
    print(f"{fuzz.refused} refused, {fuzz.lived} lived in; longest {fuzz.longest:.2f} s; {more:.0f} MB more")


if __name__ == "__main__":
    main(int(sys.argv[1]))
