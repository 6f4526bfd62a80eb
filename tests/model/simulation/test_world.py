"""What must hold in any world: conserved people, a balanced ledger, shared random numbers, nothing without a cause."""

import ast
import copy
import dataclasses
import datetime
import math
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model.engine.calendar import tick_of
from model.engine.errors import InputError
from model.engine.scenario import Policy, PolicyEntry, Scenario
from model.police.contacts import Contacts
from model.simulation.model import TrustModel
from model.simulation.registry import SHIFT_SCHEDULE, TABLES
from model.simulation.world import Simulation
from model.town.crime_kinds import EXTORTION, HOMICIDE
from model.town.town import Town, build_town
from model.trust.ledger import sum_trust_by_settlement
from model.world.shift_events import COMMUNAL, EVENT_TABLES, INCIDENTS, NOBODY, TERRITORIAL
from model.world.shift_program import BoundProgram, ShiftProgram
from model.world.state import MOOD
from model.world.steps import PythonStep, RowBound, rows_of
from scenarios import load

Live = Callable[..., TrustModel]
ROOT = Path(__file__).parents[3]
MONTH = 93
BUSY = {
    "crime.armed": 50,
    "gangs.ms13": 40,
    "gangs.barrio18": 40,
    "extortion.clash": 30,
    "extortion.demands": 12,
    "extortion.punish": 0.8,
    "reporting.intercept": -2,
}


def same_state(one: TrustModel, other: TrustModel) -> bool:
    """Whether two worlds hold the same bits."""
    tables = [(one.state[table], other.state[table]) for table in TABLES]
    arrays = [(a, b) if isinstance(a, np.ndarray) else (a.used_rows(), b.used_rows()) for a, b in tables]
    return one.tick == other.tick and all(bits(a) == bits(b) for a, b in arrays)


def bits(table: np.ndarray) -> bytes:
    """The bits of every column; what lies between the columns of a row means nothing."""
    return b"".join(np.ascontiguousarray(table[name]).tobytes() for name in table.dtype.names or ((),))


def measures(world: TrustModel) -> pd.DataFrame:
    return world.datacollector.get_model_vars_dataframe()


def test_trust_stays_between_0_and_1(live: Live) -> None:
    trust = live(2 * MONTH, **BUSY, **{"trust.asymmetry": 8, "trust.harm": 3}).trust()
    assert ((trust > 0.0) & (trust < 1.0)).all()


def test_people_are_conserved_but_for_booked_deaths(live: Live) -> None:
    world = live(3 * MONTH, **BUSY, **{"mechanisms.population_change": False})
    to_come = int((world.town.people["arrives"] >= 0).sum())
    dead = int((world.state.minds["gone"] >= 0).sum()) - to_come - len(world.state.prison)
    assert dead > 0
    assert dead == measures(world)["homicides"].sum() + world.state.crime_counts[0, HOMICIDE]
    gone = to_come + measures(world)["homicides"].sum() + measures(world)["members_held"].iloc[-1]
    assert measures(world)["residents"].iloc[-1] == world.town.n_people - gone


def test_in_every_settlement_and_month_the_causes_sum_to_the_change_of_trust(live: Live) -> None:
    world = live(0, **BUSY)
    before = sum_trust_by_settlement(world.state.minds, world.town.people, world.town.n_settlements)
    for _ in range(3):
        start = world.month
        while world.month == start:
            world.step()
        after = world.state.trust_total.copy()
        rows = world.ledger_months()
        booked = [rows["change"][(rows["month"] == start) & (rows["settlement"] == z)].sum() for z in range(len(after))]
        assert np.abs(after - before - booked).max() < 1e-9
        assert np.abs(booked).max() > 1e-3
        before = after


def test_every_entry_of_books_2_to_4_belongs_to_an_incident_of_book_1(live: Live) -> None:
    world = live(0, trace=True, **BUSY)
    seen = 0
    for _ in range(MONTH):
        world.step()
        incidents, arrests = world.trace["incidents"], world.trace["arrests"]
        known = (incidents["handed"] == 1) | ~np.isin(incidents["reported_to"], (NOBODY, COMMUNAL))
        assert not (incidents["complaint"] == 1)[~known].any()
        assert not (incidents["recorded"] == 1)[~known & (incidents["found"] == 0)].any()
        assert (arrests["incident"] < len(incidents)).all()
        assert ((arrests["incident"] >= 0) | (arrests["number"] == -1)).all()
        seen += int(known.sum())
    assert seen > 20


def test_without_officers_nobody_is_arrested_and_nobody_answers(villa: Scenario) -> None:
    facilities = tuple(dataclasses.replace(one, officers=0, desks=0) for one in villa.facilities)
    world = TrustModel(dataclasses.replace(villa, facilities=facilities), rng=7)
    world.run_for(2 * MONTH)
    sums = measures(world).sum(numeric_only=True)
    assert sums["crimes_told"] > 0
    assert sums[["couple_shifts", "visits", "contacts", "arrests", "served"]].sum() == 0


def test_without_cliques_there_is_no_territorial_extortion_while_imitators_go_on(live: Live) -> None:
    world = live(2 * MONTH, **{"gangs.ms13": 0, "gangs.barrio18": 0})
    sums = measures(world).sum(numeric_only=True)
    assert sums[["extortion_territorial", "payments", "homicides_gang", "recruits"]].sum() == 0
    assert sums["extortion_imitators"] > 0


def test_with_cliques_territorial_extortion_happens_only_in_their_cells(live: Live) -> None:
    world = live(0, trace=True, **BUSY)
    found = 0
    for _ in range(MONTH):
        world.step()
        rows = world.trace["incidents"]
        rows = rows[(rows["kind"] == EXTORTION) & (rows["motive"] == TERRITORIAL)]
        assert (world.state.held_by[rows["cell"]] == rows["clique"]).all()
        found += len(rows)
    assert found > 0


def test_a_policy_that_changes_nothing_makes_no_difference_at_all(
    live: Live, villa: Scenario, villa_town: Town
) -> None:
    idle = Policy(
        name="idle",
        entries=(PolicyEntry(parameter="roster.gallons", how="scale", value=1.0),),
        start=villa.start.replace(day=20),
    )
    one = live(2 * MONTH)
    other = TrustModel(dataclasses.replace(villa, policies=(idle,)), rng=7, town=villa_town)
    other.run_for(2 * MONTH)
    assert same_state(one, other)
    assert measures(one).equals(measures(other))


def test_a_policy_begins_on_its_date_and_changes_nothing_before(live: Live, villa: Scenario, villa_town: Town) -> None:
    absent = Policy(
        name="nobody comes",
        entries=(PolicyEntry(parameter="roster.absence", how="set", value=1.0),),
        start=villa.start.replace(day=20),
    )
    one = live(57)
    other = TrustModel(dataclasses.replace(villa, policies=(absent,)), rng=7, town=villa_town)
    other.run_for(57)
    assert same_state(one, other)
    for world in (one, other):
        world.run_for(9)
    assert not same_state(one, other)
    assert other.state.couples["on"].sum() == 0


def test_a_changed_mood_changes_no_other_table(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mood changes every month; writing hazards and derived tables anew each time gives the same bits."""
    without = live(2 * MONTH)
    monkeypatch.setattr("model.simulation.model.READ_AT_MONTH_END", set())
    anew, written = live(0), []
    monkeypatch.setattr(
        anew, "invalidate_views", lambda: written.append(anew.date) or TrustModel.invalidate_views(anew)
    )
    anew.advance(2 * MONTH)
    assert len(set(written)) >= 2
    assert without.state[MOOD][0] != live(0).state[MOOD][0]
    assert same_state(without, anew)


def test_only_the_end_of_a_month_reads_the_mood_of_the_parameters() -> None:
    """A rule that read it would act on an old one."""
    readers = set()
    for path in (ROOT / "model").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            of_world = isinstance(node, ast.Attribute) and ast.unparse(node.value).split(".")[-1] == "w"
            if isinstance(node, ast.Attribute) and node.attr == "mood" and not of_world:
                readers.add(path.relative_to(ROOT).as_posix())
    assert readers == {"model/simulation/model.py"}


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(live: Live) -> None:
    assert same_state(live(MONTH), live(MONTH))
    assert not same_state(live(MONTH), live(MONTH, rng=8))


def test_by_its_own_clock_a_world_lives_as_by_mesa_s(live: Live) -> None:
    by_mesa, by_itself = live(2 * MONTH), live(0)
    by_itself.advance(2 * MONTH)
    assert by_itself.tick == by_mesa.tick
    assert same_state(by_itself, by_mesa)


@pytest.mark.parametrize(
    ("shifts", "example"),
    [(-5, 1), (0, 1), (1.5, 2), (np.float64(7.2), 7), (math.nan, 3), (math.inf, 3), ("9", 3), (None, 3)],
)
def test_only_whole_numbers_of_shifts_are_simulated(live: Live, shifts: Any, example: int) -> None:
    world = live(0)
    begun = world.tick
    rule = f"needs a whole number of shifts, 1 or more (3 a day), got {shifts!r}; for example run_for({example})"
    with pytest.raises(InputError, match=f"^run_for {re.escape(rule)}$"):
        world.run_for(shifts)
    with pytest.raises(InputError, match="advance needs a whole number of shifts, 0 or more"):
        world.advance(shifts if shifts != 0 else -1)
    assert world.tick == begun
    world.run_for(2.0)
    world.advance(np.int32(1))
    assert world.tick == begun + 3


def test_the_old_name_of_advance_warns_until_it_goes(live: Live) -> None:
    world = live(0)
    before = world.tick
    with pytest.warns(DeprecationWarning, match="TrustModel.advance; the old name goes with version 0.4"):
        world.live(2)
    assert world.tick == before + 2


def test_shifts_that_follow_each_other_in_compiled_code_give_the_bits_of_single_ones(live: Live) -> None:
    """Policies begin in the middle of months, and the last shift is in the middle of one, too."""
    dated = {"policies": ["multicultural@2017-01-11", "heavy_hand@2017-02-20"], **BUSY}
    single, together = live(3 * MONTH - 20, **dated), live(0, **dated)
    together.advance(3 * MONTH - 20)
    assert together.tick == single.tick
    assert same_state(together, single)
    pd.testing.assert_frame_equal(measures(together), measures(single), check_exact=True)


def test_compiled_code_runs_to_the_end_of_a_month_or_to_the_next_policy(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, ends = live(0, policies="multicultural@2017-01-11"), []
    run = ShiftProgram.run_until
    monkeypatch.setattr(ShiftProgram, "run_until", lambda *words: (ends.append(words[2]), run(*words)))
    first = world.tick
    world.advance(93 + 3)
    assert ends == [first + 30 - 1, first + 93 - 1, first + 93 + 2]  # the last shift of each is a step of its own


def test_a_subclass_and_a_trace_get_every_shift(live: Live) -> None:
    class Counting(TrustModel):
        opened = 0

        def open_shift(self) -> None:
            self.opened += 1
            super().open_shift()

    world = live(0)
    counting = Counting(world.settings, rng=7, town=world.town)
    begun = counting.opened
    counting.advance(40)
    assert counting.opened - begun == 40
    traced = live(0, trace=True)
    traced.advance(5)
    assert traced.trace is not None
    assert len(traced.trace["visits"]) == traced.shift_events.counts[0]


def test_the_rows_that_kernels_take_are_of_one_type_in_all_worlds(live: Live, tmp_path: Path) -> None:
    world = live(0)
    world.save(tmp_path)
    restored = TrustModel.restore(tmp_path, world.settings, world.town)
    for other in (live(0, rng=8, policies="mopsic_full"), copy.deepcopy(world), restored):
        assert [name for name, kind in types_of(world).items() if kind is not types_of(other)[name]] == []


def types_of(world: TrustModel) -> dict[str, np.dtype]:
    """Type of the rows of every table and group of numbers: two that are only equal are compared at each call."""
    tables = {table.name: getattr(world.state, table.name) for table in TABLES} | world.parameters.by_name()
    return {name: getattr(table, "rows", table).dtype for name, table in tables.items()}


def test_a_saved_world_goes_on_bit_for_bit(live: Live, tmp_path: Path, villa_town: Town) -> None:
    through = live(MONTH + 40, **BUSY)
    world = live(MONTH - 7, **BUSY)
    world.save(tmp_path)
    restored = TrustModel.restore(tmp_path, world.settings, villa_town)
    for other in (restored, copy.deepcopy(world), world):
        other.run_for(47)
        assert same_state(through, other)
        assert measures(through).equals(measures(other))


@pytest.mark.slow  # a town that was pickled can be written, for which all rules are compiled again
def test_a_pickled_world_goes_on_bit_for_bit(live: Live) -> None:
    through, world = live(MONTH + 40, **BUSY), live(MONTH - 7, **BUSY)
    pickled = pickle.loads(pickle.dumps(world))
    pickled.run_for(47)
    assert same_state(through, pickled)
    assert measures(through).equals(measures(pickled))


def test_a_copied_world_leaves_the_original_alone(live: Live) -> None:
    world, untouched = live(30), live(30)
    copy.deepcopy(world).run_for(30)
    assert same_state(world, untouched)


def test_boards_that_never_call_the_police_are_drawn_anew_for_every_seed_and_never_the_town() -> None:
    scenario = load("totonicapan", set={"population.scale": 0.25, "calendar.warm_up": 0})
    town = build_town(scenario)
    closed = [np.flatnonzero(TrustModel(scenario, rng=seed, town=town).state.boards["invites"] == 0) for seed in (1, 2)]
    assert closed[0].tolist() != closed[1].tolist()
    assert all(len(rows) > 0 and rows[0] > 0 for rows in closed)


def test_the_warm_up_is_simulated_and_not_reported(villa_town: Town) -> None:
    scenario = load("villa_canales", set={"population.scale": 0.05, "calendar.warm_up": 1})
    world = TrustModel(scenario, rng=7, town=villa_town)
    assert world.date == scenario.start
    assert (world.state.minds["met"] >= 0).any()
    world.run_for(MONTH)
    assert list(measures(world)["month"]) == [scenario.start]


def test_a_scenario_is_no_name() -> None:
    with pytest.raises(InputError, match=r"^TrustModel takes a scenario, got 'baseline': read one with load\("):
        TrustModel("baseline", rng=1)  # type: ignore[arg-type]


def test_a_seed_must_be_a_whole_number(villa: Scenario, villa_town: Town) -> None:
    for wrong in (None, 1.5, -1, True, "7"):
        with pytest.raises(Exception, match="rng must be a whole number"):
            TrustModel(villa, rng=wrong, town=villa_town)  # type: ignore[arg-type]


LIFE = """
import hashlib, sys
sys.path.insert(0, {tests!r})
from oracle.small_towns import small_scenario
from model.simulation.model import TrustModel
world = TrustModel(small_scenario(residents=250), rng=11)
world.run_for(16)
state = world.state
tables = (state.minds, state.couples, state.crime_counts, state.ledger)
print(hashlib.sha256(b"".join(table.tobytes() for table in tables)).hexdigest())
"""


@pytest.mark.thorough
def test_compiled_and_uncompiled_rules_give_the_same_bits() -> None:
    hashes = {
        subprocess.run(
            [sys.executable, "-c", LIFE.format(tests=str(ROOT / "tests"))],
            env=os.environ | {"NUMBA_DISABLE_JIT": jit},
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for jit in ("0", "1")
    }
    assert len(hashes) == 1


RULE = """
from model.police.contacts import Contacts, treats_fairly
from model.town.police import Officer
import numpy as np
print(treats_fairly(np.zeros(1, Officer.dtype)[0], Contacts().rows(1)[0], 0.5))
"""


@pytest.mark.thorough
def test_a_changed_rule_of_another_file_is_not_served_from_a_stale_cache(tmp_path: Path) -> None:
    code = tmp_path / "code"
    shutil.copytree(ROOT / "model", code / "model", ignore=shutil.ignore_patterns("__pycache__"))

    def answer() -> str:
        return subprocess.run(
            [sys.executable, "-c", RULE],
            env=os.environ | {"CONFIANZA_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(code)},
            cwd=code,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    assert [answer(), answer()] == ["True", "True"]
    source = code / "model" / "engine" / "random_streams.py"
    text = source.read_text().replace("return 1.0 / (1.0 + exp(-x))", "return 0.1 / (1.0 + exp(-x))")
    assert text != source.read_text()
    source.write_text(text)
    assert answer() == "False"


@pytest.mark.thorough
def test_a_changed_number_changes_what_a_rule_does_and_compiles_nothing_anew(tmp_path: Path) -> None:
    code, cache = tmp_path / "code", tmp_path / "cache"
    shutil.copytree(ROOT / "model", code / "model", ignore=shutil.ignore_patterns("__pycache__"))

    def answer() -> tuple[str, str, dict[Path, int]]:
        told = subprocess.run(
            [sys.executable, "-c", f"{RULE}\nimport model; print(model.fingerprint())"],
            env=os.environ | {"CONFIANZA_CACHE": str(cache), "PYTHONPATH": str(code)},
            cwd=code,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        return told[0], told[1], {path: path.stat().st_mtime_ns for path in cache.rglob("*.nb?")}

    fair, before, kernels = answer()
    assert fair == "True"
    assert kernels
    numbers = code / "model" / "police" / "numbers.toml"
    text = numbers.read_text(encoding="utf-8")
    assert text.count("\nfair = { value = ") == 1
    changed = re.sub(r"(\nfair = \{ value = )[\d.-]+", r"\g<1>-2.0", text)
    numbers.write_text(changed, encoding="utf-8")
    fair, after, now = answer()
    assert (fair, now) == ("False", kernels)
    assert after != before


def test_kernels_never_see_tables_that_have_moved_or_numbers_of_yesterday(live: Live) -> None:
    world = live(0, policies=["multicultural@2017-01-11"], **BUSY)
    fair, places = set(), set()
    for shift in range(MONTH):
        world.step()
        if shift == MONTH // 2:  # more than ever happens here
            world.state.repeats.reserve(10_000)
            world.shift_events.reserve(INCIDENTS, 10_000)
        w = world.w
        assert w.p.contacts is world.parameters[Contacts]
        assert w.repeats is world.state.repeats.rows
        assert w.incidents is world.shift_events.tables["incidents"]
        assert (w.tick, w.where) == (world.tick, world.calendar.place_list(world.tick))
        fair.add(float(w.p.contacts["fair"][0]))
        places |= {id(w.repeats), id(w.incidents)}
    assert len(fair) == 2
    assert len(places) >= 4


def test_a_program_is_bound_once_and_anew_when_a_table_has_moved_or_numbers_change(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, times = live(0, policies=["multicultural@2017-01-11"], **BUSY), list[int]()
    begin = BoundProgram.__init__

    def told(bound: BoundProgram, program: ShiftProgram, world: TrustModel) -> None:
        times.append(world.tick)
        begin(bound, program, world)

    monkeypatch.setattr(BoundProgram, "__init__", told)
    first = world.tick
    for shift in range(MONTH):
        world.step()
        if shift == MONTH // 2:
            world.shift_events.reserve(INCIDENTS, 10_000)
    assert times[0] == first
    assert {tick_of(datetime.date(2017, 1, 11)), first + MONTH // 2 + 1} <= set(times)
    assert len(times) < MONTH // 2


class StepByStep(ShiftProgram):
    """A program that calls every step from Python."""

    is_compiled = False

    def run(self, sim: Simulation) -> None:
        """Run the steps that are due, one after the other."""
        for part in self.parts:
            part(sim)


@pytest.mark.parametrize("policy", ["status_quo", "heavy_hand", "multicultural+responses_that_fit+clique_dismantled"])
def test_steps_give_the_same_bits_from_compiled_code_and_one_by_one(live: Live, policy: str) -> None:
    compiled, single = (live(0, policies=policy, **BUSY) for _ in range(2))
    single.schedule = StepByStep(SHIFT_SCHEDULE.values())
    for _ in range(4):
        compiled.advance(MONTH)
        single.advance(MONTH)
        assert same_state(compiled, single)
    assert bits(compiled.choices()) == bits(single.choices())
    pd.testing.assert_frame_equal(measures(compiled), measures(single), check_exact=True)


def test_tables_that_lack_rows_are_reserved_together(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    world, bound = live(0, **BUSY), []
    begin = BoundProgram.__init__
    monkeypatch.setattr(BoundProgram, "__init__", lambda *words: bound.append(begin(*words)))
    world.step()
    assert 1 <= len(bound) <= 4
    assert sum(len(world.shift_events.tables[name]) > 64 for name in EVENT_TABLES) > len(bound)


def test_an_ordinary_shift_calls_no_step_in_python(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    world = live(MONTH, **{"population_change.arrivals": 0.0})
    called: list[str] = []
    run = PythonStep.run

    def told(step: PythonStep, world: TrustModel) -> None:
        called.append(step.__name__)
        run(step, world)

    monkeypatch.setattr(PythonStep, "run", told)
    without = 0
    for _ in range(MONTH):
        called.clear()
        world.step()
        without += not called
    assert without > MONTH // 2


def test_a_bound_of_rows_adds_and_multiplies_what_tables_hold(live: Live) -> None:
    world = live(1)
    world.shift_events.counts[INCIDENTS] = 5
    bound = 2 * (rows_of(INCIDENTS) + 3) + rows_of(INCIDENTS)
    assert bound == RowBound(6, ((INCIDENTS, 2), (INCIDENTS, 1)))
    assert bound.rows(world) == 21


def test_rows_are_reserved_when_they_run_out_in_the_middle_of_a_shift(live: Live) -> None:
    """A table that is as small as can be grows until the shift has room; results are those of a larger one."""
    small, large = (live(0, **BUSY) for _ in range(2))
    large.shift_events.reserve(INCIDENTS, 10_000)
    large.state.repeats.reserve(10_000)
    moves = small.state.version.number
    for world in (small, large):
        world.advance(MONTH)
    assert small.state.version.number > moves
    assert len(small.state.repeats.rows) < len(large.state.repeats.rows)
    assert same_state(small, large)


FREED = """
import gc, weakref
gc.disable()
from model.simulation.model import TrustModel
from scenarios import load
world = TrustModel(load("villa_canales", set={"population.scale": 0.05, "calendar.warm_up": 0}), rng=7)
world.advance(3)
held = [weakref.ref(one) for one in (world.state, world.w, world.w.victim_chances, world.hazard_factors.rates)]
world.release()
print([freed() is None for freed in held])
"""


def test_a_world_that_is_released_frees_its_tables_without_the_garbage_collector() -> None:
    told = subprocess.run([sys.executable, "-c", FREED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == "[True, True, True, True]\n"
