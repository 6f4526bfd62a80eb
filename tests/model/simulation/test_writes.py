"""What the syntax of the rules says that they write is what runs show: tables are compared around every step."""

import ast
import dataclasses
import datetime
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.dev.documents.table_access import BY_LEDGER, home_modules, home_of, written_places
from model.engine.scenario import Scenario
from model.engine.tables import GrowingTable, GrowingTableSpec
from model.simulation import registry
from model.simulation.model import TrustModel
from model.simulation.registry import MECHANISMS, ROW_OF_TABLE, SHIFT_SCHEDULE, TABLES
from model.trust.ledger import TrustBelief
from model.world import shift_events
from model.world.mechanism import no_step
from model.world.shift_program import ShiftProgram
from model.world.steps import StepFunction, parts_of
from oracle.small_towns import BUSY, WATCHED, small_scenario
from scenarios import load

MODEL = Path(registry.__file__).parent.parent
GROWING = {table.name for table in TABLES if isinstance(table, GrowingTableSpec)}
HOMES = home_modules()
MONTH = 100
MONTHS = 300
"""Shifts of more than three months, so that a quarter ends."""


class Watch:
    """Compares all tables of a world before and after everything that it watches, and notes who changed what."""

    def __init__(self) -> None:
        self.found: dict[str, set[str]] = defaultdict(set)
        self.acting: list[str] = []
        self.before: dict[str, bytes] = {}

    def watched(self, name: str, verb: Callable[..., None]) -> Callable[..., None]:
        """Return a verb that is watched; what another does within it is noted for that other."""

        def watched_step(world: TrustModel, *rows: int) -> None:
            if self.acting:
                self.look(world)
            else:
                self.before = {table: found.tobytes() for table, found in tables_of(world)}
            self.acting.append(name)
            verb(world, *rows)
            self.look(world)
            self.acting.pop()

        return watched_step

    def look(self, world: TrustModel) -> None:
        """Note what has changed since the last look."""
        for table, now in tables_of(world):
            before, after = self.before[table], now.tobytes()
            if before != after:
                self.found[self.acting[-1]] |= changed(table, now.dtype, before, after)
                self.before[table] = after


def tables_of(world: TrustModel) -> Iterator[tuple[str, np.ndarray]]:
    """Yield every table of the State and of the daybook."""
    for table in TABLES:
        found = getattr(world.state, table.name)
        yield table.name, found.used_rows() if isinstance(found, GrowingTable) else found
    for number, name in enumerate(shift_events.EVENT_TABLES):
        yield name, world.shift_events.rows_of(number)


def changed(table: str, dtype: Any, before: bytes, now: bytes) -> set[str]:
    """Return the places that differ: columns; a table as a whole where rows came or went or it has no columns."""
    if table in GROWING or table not in ROW_OF_TABLE:
        return {table}
    came_or_went, n = len(before) != len(now), min(len(before), len(now)) // dtype.itemsize
    one, other = (
        np.frombuffer(held, np.uint8, n * dtype.itemsize).reshape(n, dtype.itemsize) for held in (before, now)
    )
    differs = (one != other).any(axis=0)  # byte by byte of a row
    columns = {
        f"{table}.{name}"
        for name, (kind, start, *_) in dtype.fields.items()
        if name in ROW_OF_TABLE[table].columns and differs[start : start + kind.itemsize].any()
    }
    return columns | ({table} if came_or_went else set())


def municipalities() -> Iterator[Scenario]:
    """Yield both municipalities under every policy, with much going on."""
    busy = {f"{group}.{name}": value for group, values in BUSY.items() for name, value in values.items()}
    small = {"population.scale": 0.05, "calendar.warm_up": 0, "plans.takes_request": 1.0}
    small |= {"deliberation.protocol": 5.0, "deliberation.climb": 5.0, "deliberation.abuse": 0.5}
    small |= {"absence.months": 1.0, "problems.analysts": 10.0, "problems.blind": 0.0, "problems.by_report": 5.0}
    small |= {f"problems.{name}": 1.0 for name in ("begins", "partner", "partner_willing", "effect")}
    solved = {"base": 1.0, "ratified": 1.0, "arrest": 1.0, "hours": 1000.0, "other": 0.0}
    warrants = {f"investigation.{name}": value for name, value in solved.items()}  # of which cantons are asked
    for site, more in {"villa_canales": {}, "totonicapan": warrants}.items():
        yield load(site, set=busy | small | more, policies=["everything", "heavy_hand"])
    weak = {"cliques.least": 20, "cliques.large": 21, "cliques.honour": 0.0, "cliques.attack_base": 5.0}
    weak |= {"gangs.ms13": 30, "gangs.barrio18": 30, "gangs.dense": 5, "gangs.border": 100.0}
    yield load("villa_canales", set=busy | small | weak, policies=["clique_pact", "leaders_arrested"])
    yield load("villa_canales", set=busy | small | weak)


def small_towns() -> Iterator[Scenario]:
    """Yield small towns for what is rare."""
    deadly = {"narcos": {"groups": 4, "deaths": 0.2, "thieves": 0.0}, "land_conflicts": {"rate": 20.0, "fight": 1.0}}
    yield small_scenario(cliques=(0, 0), changes=deadly)
    yield small_scenario(changes={"capture": {"base": 2.0, "found": 1.0}, "mayor": {"habit": 4.0}})
    yield small_scenario(start=datetime.date(2016, 11, 1))
    yield small_scenario(start=datetime.date(2017, 3, 20), changes=WATCHED)
    yield small_scenario(residents=1000, poor=True, communal=0)
    yield small_scenario(warm_up=1)
    yield small_scenario(start=datetime.date(2018, 3, 25), residents=900, officers=(30, 16), roads=(0, 1, 2))


def changes(towns: Iterable[Scenario], shifts: int) -> dict[str, set[str]]:
    """Return the places that each mechanism changes in towns that live for some shifts."""
    watch = Watch()
    with pytest.MonkeyPatch.context() as patch:
        order = [
            dataclasses.replace(
                one,
                initialise=one.initialise if one.initialise is no_step else watch.watched(one.name, one.initialise),
            )
            for one in MECHANISMS
        ]
        patch.setattr("model.simulation.model.MECHANISMS", tuple(order))
        for seed, town in enumerate(towns):
            live(watch, TrustModel(town, rng=seed), shifts)
    return watch.found


def live(watch: Watch, world: Any, shifts: int) -> None:
    """Let a world live, watched verb by verb; what is learned is the ledger's doing."""

    def watched(verbs: Iterable[StepFunction]) -> tuple[StepFunction, ...]:
        return tuple(watch.watched(home_of(part, verb), part) for verb in verbs for part in parts_of(verb))

    world.schedule, world.month_steps = ShiftProgram(watched(SHIFT_SCHEDULE.values())), watched(world.month_steps)
    learn = world.apply_impressions
    ledger = watch.watched(HOMES["model.trust.ledger"], lambda _: learn())
    world.apply_impressions = lambda: ledger(world)
    for _ in range(shifts):
        world.step()


def untold(found: dict[str, set[str]]) -> dict[str, list[str]]:
    """Return the places that a mechanism changes although its rules do not show it."""
    missing = {}
    for one in MECHANISMS:
        derived = {*written_places(one)}
        places = {place for place in found[one.name] - BY_LEDGER if not {place, place.partition(".")[0]} & derived}
        missing[one.name] = sorted(places)
    return {name: places for name, places in missing.items() if places}


@pytest.fixture(scope="module")
def found() -> dict[str, set[str]]:
    """What each mechanism changes in all towns."""
    return changes(itertools.chain(municipalities(), small_towns()), MONTHS)


@pytest.mark.thorough
def test_whatever_a_mechanism_changes_in_a_month_is_derived_from_its_rules() -> None:
    assert untold(changes(small_towns(), MONTH)) == {}


@pytest.mark.slow
def test_whatever_a_mechanism_changes_is_derived_from_its_rules(found: dict[str, set[str]]) -> None:
    assert untold(found) == {}


RARE = {
    *("boards.climbs_kept", "boards.climbs_broken", "boards.promises_kept", "boards.promises_broken", "boards.shown"),
    *("boards.climbing", "boards.rung", "couples.for_problems", "plans.changed", "leaving"),
    *("cliques.centre", "cliques.founding", "cliques.deaths_owed", "cliques.asked", "cliques.refused"),
    *("cliques.dread", "cliques.gang", "cliques.rivals", "loans.taken", "gifts.idle"),
    *("petitions.asked", "petitions.granted", "petitions.wanted", "mayor.budget_left"),
    *("tally.answered_by_police", "tally.cliques_founded", "tally.complaints_outside", "tally.kept_by_mayor"),
    *("tally.pacts_honoured", "tally.petitions", "tally.promises_broken", "tally.promises_kept", "tally.suspended"),
    *("tally.visits_on_paper", "tally.problems_seen_in_vain"),
}
"""What takes more months than these towns live; the slow reference model compares all but counts."""
RARE_FOR = {
    *(("land_conflicts", "minds.gone"), ("calls", "tally.ceiling_hits"), ("problem_work", "problem_months")),
    *((name, "tally.victims_again") for name in ("domestic_violence", "extortion", "land_conflicts", "narcos")),
    *((name, "local_service.calls_good") for name in ("calls", "reporting", "seeking_help")),
    *(("reporting", "local_service.cases_good"), ("seeking_help", "minds.cases_good")),
    ("seeking_help", "minds.cases_bad"),
}
"""What others do every month: deaths in fights over land, calls beyond the bound of their hazard, crimes against recent
victims; what is counted in a warm-up alone; and complaints, few of which are refused or for nothing."""


@pytest.mark.slow
def test_whatever_is_derived_does_change(found: dict[str, set[str]]) -> None:
    idle = {(one.name, place) for one in MECHANISMS for place in {*written_places(one)} - found[one.name] - RARE}
    assert sorted(idle - RARE_FOR) == []


def test_the_ledger_alone_assigns_beliefs_and_trust() -> None:
    beliefs = {*TrustBelief.columns} - {"touched"}  # columns of other tables are called so too
    for path in sorted(MODEL.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.ctx, ast.Store)
                and path.stem not in ("ledger", "belief_updating", "start")
            ):
                assert node.attr not in beliefs, f"{path}:{node.lineno}"
