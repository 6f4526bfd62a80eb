"""M44: problems have a cause, which police may find; a response that fits lowers a problem while it is kept up."""

from collections.abc import Callable

import numpy as np
import pytest

from model.police.chief import chief_positions
from model.police.practices import find_team_leaders
from model.problems.problem_causes import (
    analysts_at,
    diagnose_causes,
    inform_community,
    right_cause_probability,
)
from model.problems.problem_work import MECHANISM, record_outcome, update_effect, update_response
from model.problems.problems import (
    BAR,
    BUS_STOP,
    FENCE,
    N_CAUSES,
    PLOT,
    PROBLEM_CAUSES,
    PROBLEMS,
    ProblemRow,
    Problems,
    renew_problems,
)
from model.simulation.model import TrustModel
from model.simulation.world import World
from model.town.crime_kinds import IS_PROPERTY, N_KINDS, PROBLEM_OF

Live = Callable[..., TrustModel]
MONTH = 93
MANY = {"crime.armed": 10, "crime.thieves": 20, "problems.gathered": 0.5, "problems.size": 10.0}
MANY |= {"problems.posted": 0.0}  # no analyst looks into problems unless a test says so
NOTHING_ELSE = {
    f"mechanisms.{name}": False
    for name in (
        *("near_repeat", "fear", "communal_authority", "extortion", "domestic_violence", "population_change"),
        *("offenders", "certainty", "deterrence", "guards", "misconduct", "heavy_hand", "collective_violence"),
    )
} | {"crime.hire": 0.0, "crime.lethal_robbery": 0.0, "crime.lethal_assault": 0.0}
"""No crime leads to or keeps away another, and nobody leaves."""


@pytest.fixture
def town(live: Live) -> TrustModel:
    """A small town with many problems, before its first shift."""
    return live(0, **MANY)


def answer_all(world: TrustModel) -> None:
    """Let every problem have a response that fits and has taken effect."""
    rows = world.state[PROBLEMS].used_rows()
    rows["noted"], rows["named"], rows["response"], rows["eff"] = 0, rows["cause"], rows["cause"], 1.0
    world.hazard_factors.write_guard(world, MECHANISM.name)


def made_ready(world: TrustModel) -> tuple[ProblemRow, int]:
    """Return a problem that is there, and its slot, noted and without anything else; team leaders are known."""
    find_team_leaders(world)
    i = int(np.flatnonzero(world.state[PROBLEMS].used_rows()["cell"] >= 0)[0])
    row = world.state[PROBLEMS].rows[i]
    row.noted, row.named, row.response, row.eff = 0, -1, -1, 0.0
    return row, i


def world_at(sim: TrustModel, tick: int) -> World:
    """Return the world of a simulation in another shift."""
    w = sim.w
    w.set_field("tick", tick)
    return w


def chance(world: TrustModel, rule: Callable[[int], bool]) -> float:
    """Return how often something happens over the random numbers of two hundred months."""
    return float(np.mean([rule(1000 + 91 * month) for month in range(200)]))


def test_problems_take_their_share_and_the_rest_loses_it(town: TrustModel) -> None:
    usual, at = town.state.usual_here, town.hazard_factors.modifiers["problems"]
    for _ in range(3):
        factor = np.ones((4, N_KINDS, town.town.n_cells))
        at.place(town, factor)
        assert (factor > 0.0).all()
        assert np.allclose((factor[0].T * usual).sum(axis=0), usual.sum(axis=0))
        renew_problems(world_at(town, 91), len(town.state[PROBLEMS]), False)
    assert town.state[PROBLEMS].used_rows()["size"].sum() == pytest.approx(0.5 * usual.sum(), rel=0.3)


def test_what_moves_is_laid_on_what_stays_as_if_all_were_laid(town: TrustModel) -> None:
    renew_problems(world_at(town, 91), len(town.state[PROBLEMS]), False)
    town.hazard_factors.rewrite_mechanism(town, "problems")
    rates, highest = town.hazard_factors.rates.copy(), town.hazard_factors.highest.copy()
    town.hazard_factors.write_motivation(town)
    assert (rates == town.hazard_factors.rates).all()
    assert (highest == town.hazard_factors.highest).all()
    assert (rates != 1.0).any()


def test_a_problem_has_a_cause_that_its_cell_has_and_its_place_to_itself(town: TrustModel) -> None:
    rows = town.state[PROBLEMS].used_rows()
    rows = rows[rows["cell"] >= 0]
    here = town.town.cells[rows["cell"]]
    assert len(rows) > 10
    assert len(set(rows[["cell", "kind"]].tolist())) == len(rows)
    assert len(set(rows["cause"].tolist())) > 2
    assert (here["bars"][rows["cause"] == BAR] > 0).all()
    assert (IS_PROPERTY[rows["kind"][rows["cause"] == FENCE]] == 1).all()
    assert (here["core"][rows["cause"] == PLOT] == 0).all()
    assert (rows["sector"] >= 0).all()


def test_problems_that_end_are_replaced_and_their_number_stays(live: Live) -> None:
    world = live(0, **MANY, **{"problems.life": 6.0})
    n, first = len(world.state[PROBLEMS]), world.state[PROBLEMS].used_rows()["gen"].sum()
    world.run_for(6 * MONTH)
    assert len(world.state[PROBLEMS]) == n
    assert world.state[PROBLEMS].used_rows()["gen"].sum() > first


def test_crimes_that_a_response_keeps_away_are_counted_exactly(live: Live) -> None:
    crimes, refused = [], []
    for effect in (0.0, 0.6):
        world = live(0, trace=True, **MANY | NOTHING_ELSE, **{"problems.effect": effect, "problems.life": 600.0})
        answer_all(world)
        found: set[tuple[int, int]] = set()
        for _ in range(80):
            world.step()
            found |= set(world.trace["incidents"][["tick", "number"]].tolist())
        crimes.append(found)
        refused.append(world.tally[0].crimes_refused)
        assert world.state.sector_record["better"].sum() == refused[-1]
    assert crimes[1] < crimes[0]
    assert len(crimes[0]) - len(crimes[1]) == refused[1] > refused[0] == 0


def test_a_response_takes_the_minutes_of_its_cause_and_does_nothing_if_it_does_not_fit(town: TrustModel) -> None:
    p = town.p.problems[0]
    row, i = made_ready(town)
    for named in (row.cause, (row.cause + 1) % N_CAUSES):
        row.named = row.response = named
        row.owner, row.eff = town.w.team_leaders[row.sector], 0.0
        row.person = town.state.officers[row.owner].person
        row.owed = 0.0
        minutes = update_response(world_at(town, 91), i, 1.0)
        assert minutes == row.owed == p[f"upkeep_{PROBLEM_CAUSES[named]}"] > 0.0
        for _ in range(12):
            update_effect(row, p)
        assert row.eff > 0.9 if named == row.cause else row.eff == 0.0


@pytest.mark.parametrize(("known", "gain"), [(2.0, (1.0, 0.0)), (5.0, (0.0, 1.0)), (3.0, (0.0, 0.0))])
def test_chiefs_learn_whether_less_is_known_where_a_response_is_kept(
    town: TrustModel, known: float, gain: tuple[float, float]
) -> None:
    row, _ = made_ready(town)
    chief, at = town.state.chiefs[row.facility], PROBLEM_OF[row.kind]
    for response in (-1, row.cause):
        row.response, row.load, chief.eased, chief.worse = response, 3.0, 0.0, 0.0
        town.state.crimes_known[row.cell] = 0.0
        town.state.crimes_known[row.cell, at, 0] = known
        record_outcome(town.w, row)
        assert row.load == known
        assert (chief.eased, chief.worse) == (gain if response >= 0 else (0.0, 0.0))


def test_what_is_asked_for_problems_is_asked_for_each_by_its_kind_and_response(live: Live) -> None:
    names = [name for name in Problems.parameter_specs() if name.startswith(("upkeep_", "looking_"))]
    assert len(names) == 10
    world = live(3 * MONTH, rng=1, **MANY, **{"problems.analysts": 3.0, "problems.presence": 0.5})
    rows, mark = world.state[PROBLEMS].used_rows(), world.state.problem_mark
    asked = world.state.minutes_owed[:, 2, 0] - mark
    own = np.bincount(np.maximum(rows["facility"], 0), rows["owed"], len(mark))
    assert own.tolist() == pytest.approx(asked.tolist())
    assert asked.sum() > 0.0
    none = live(3 * MONTH, **MANY, **{f"problems.{name}": 0.0 for name in names})
    assert none.state.minutes_owed[:, 2, 0].sum() == 0.0


def test_the_effect_wears_off_after_a_response_has_lapsed(town: TrustModel) -> None:
    row, _ = made_ready(town)
    row.eff = 1.0
    for _ in range(3):
        update_effect(row, town.p.problems[0])
    assert row.eff == pytest.approx(0.5)


@pytest.mark.parametrize("what", ["filed", "talks"])
def test_what_was_told_and_said_helps_to_find_the_cause(town: TrustModel, what: str) -> None:
    row, _ = made_ready(town)
    p = town.p.problems[0]
    row.filed = row.talks = 0.0
    poor = right_cause_probability(town.w, row, p)
    row[what] = 5.0
    assert poor < right_cause_probability(town.w, row, p) < 1.0


def test_who_knows_nothing_finds_no_more_than_a_guess(live: Live) -> None:
    world = live(0, **MANY, **{"resources.internet": 0.0})
    row, _ = made_ready(world)
    world.state.facility_resources["internet"] = 0
    row.filed = row.talks = 0.0
    assert right_cause_probability(world.w, row, world.p.problems[0]) == pytest.approx(0.2)


def test_a_station_looks_into_problems_by_its_chief_s_habit_and_by_analysts(live: Live) -> None:
    done = []
    for habit, analysts in ((0.0, 0.0), (1.0, 0.0), (1.0, 2.0)):
        world = live(1, **MANY, **{"problems.analysts": analysts})
        rows = world.state[PROBLEMS].used_rows()
        rows["noted"] = 0
        world.state.officers["habit_analysis"][world.cached(chief_positions)] = habit
        f = int(np.bincount(rows["facility"][rows["cell"] >= 0]).argmax())
        done.append(sum(diagnose_causes(world_at(world, 91 * m), f) for m in range(1, 5)))
    assert done[0] == 0 < done[1] < done[2]


def test_analysts_are_posted_at_stations_and_not_at_substations(live: Live) -> None:
    world = live(0, **{"population.scale": 0.5, "problems.posted": 2.0})
    w, p, facilities = world.w, world.p.problems[0], world.town.facilities
    assert 0 < facilities["station"].sum() < len(facilities)
    world.state.officers["habit_analysis"] = 1.0
    world.state.facility_resources["internet"] = 1
    p["report_minutes"] = 0.0
    assert [analysts_at(w, f, p) for f in range(len(facilities))] == [2.0 * one["station"] for one in facilities]


def test_posted_analysts_report_upwards_first_and_look_at_the_town_if_the_chief_asks(live: Live) -> None:
    world = live(0, **{"problems.posted": 1.0, "problems.analyst_hours": 150.0, "problems.report_minutes": 30.0})
    w, p = world.w, world.p.problems[0]
    f = int(np.flatnonzero(world.town.facilities["station"])[0])
    w.set_fields({"since": 90})
    world.state.officers["habit_analysis"] = 0.5
    world.state.facility_resources["internet"] = 1
    assert analysts_at(w, f, p) == pytest.approx(0.5 * (1.0 - 45.0 / 150.0))
    world.state.forms_to_verify[f] = 60.0  # at a quarter of an hour each
    assert analysts_at(w, f, p) == pytest.approx(0.5 * (1.0 - 60.0 / 150.0))
    world.state.facility_resources["internet"] = 0  # half as much is done in an hour
    assert analysts_at(w, f, p) == pytest.approx(0.5 * (1.0 - 120.0 / 150.0))
    world.state.officers["habit_analysis"] = 0.0
    assert analysts_at(w, f, p) == 0.0
    world.p.problems["analysts"] = 2.0  # of a policy: they do nothing else
    assert analysts_at(w, f, p) == 2.0


def test_residents_are_told_causes_that_were_used_and_no_others(live: Live) -> None:
    world = live(0, **MANY)
    row, i = made_ready(world)
    world.state.officers["habit_follow"] = 1.0
    world.state.boards["met"] = world.tick
    world.w.set_fields({"since": 90})
    row.named = row.cause
    inform_community(world.w, i, int(world.w.team_leaders[row.sector]))
    assert row.shared == 0
    row.response = row.named
    inform_community(world.w, i, int(world.w.team_leaders[row.sector]))
    assert row.shared == (1 if world.w.cells[row.cell].settlement >= 0 else 0)


def test_a_town_starts_with_problems_of_all_ages_and_without_a_warm_up_with_none(live: Live) -> None:
    def ages(**changes: float) -> tuple[np.ndarray, TrustModel]:
        world = live(0, **MANY, **changes)
        rows = world.state[PROBLEMS].used_rows()
        return rows["noted"][rows["noted"] >= 0], world

    warm, world = ages(**{"calendar.warm_up": 1})
    new, _ = ages()
    assert len(new) == 0 < len(warm)
    assert world.state.problem_months[0] == 0
    # A year of warm-up stands for twelve: more problems have ended than a year has time for.
    gone = world.state[PROBLEMS].used_rows()["gen"]
    assert gone.mean() > 1.5


def kept(world: TrustModel, had: float = 1.0, other: int = 0) -> float:
    """Return how often a response is kept up for a month, by the same owner or after another has come."""
    row, i = made_ready(world)

    def once(tick: int) -> bool:
        row.named = row.response = row.cause
        row.owner = world.w.team_leaders[row.sector]
        row.person = world.state.officers[row.owner].person - other
        world.p.problems["begins"] = 0.0
        update_response(world_at(world, tick), i, had)
        return bool(row.response >= 0)

    return chance(world, once)


def test_who_follows_up_keeps_responses_and_who_does_not_lets_them_lapse(live: Live) -> None:
    world = live(0, **MANY)
    world.state.officers["habit_follow"] = 1.0
    assert kept(world) == 1.0
    world.state.officers["habit_follow"] = 0.0
    assert 0.8 < kept(world) < 0.97


def test_without_minutes_responses_lapse(live: Live) -> None:
    world = live(0, **MANY)
    assert kept(world, had=0.0) < kept(world) - 0.15


def test_a_response_goes_with_its_owner_unless_it_is_handed_over(live: Live) -> None:
    bare, register = (live(1, **MANY, **{"practices.register": held}) for held in (0.0, 1.0))
    assert kept(bare, other=1) < 0.5 < kept(register, other=1)
    assert kept(register, other=1) == pytest.approx(kept(register), abs=0.02)


def test_a_response_that_needs_no_partner_begins_more_often(live: Live) -> None:
    world = live(0, **MANY)
    world.state.officers["habit_follow"] = 1.0
    row, i = made_ready(world)

    def begun(named: int) -> float:
        def once(tick: int) -> bool:
            row.named, row.response = named, -1
            update_response(world_at(world, tick), i, 1.0)
            return bool(row.response == named)

        return chance(world, once)

    assert begun(BUS_STOP) > begun(PLOT) + 0.1
    assert begun(PLOT) > 0.0


def test_full_analysis_and_follow_up_keep_crimes_away_and_cost_minutes(live: Live) -> None:
    usual, full = (live(24 * MONTH, 8, policies=names, **MANY) for names in ((), ("mopsic_full",)))
    before, after = (world.datacollector.get_model_vars_dataframe().sum(numeric_only=True) for world in (usual, full))
    for name in ("causes_right", "responses_fitting", "crimes_refused", "minutes_problems"):
        assert after[name] > before[name]


def test_switched_off_there_are_no_problems(live: Live) -> None:
    world = live(2 * MONTH, **{"mechanisms.problems": False})
    assert len(world.state[PROBLEMS]) == 0
    assert not world.state.usual_here.any()
    assert world.tally[0].problems_noted == world.state.minutes_owed[:, 2].sum() == 0.0


def test_few_candidates_reach_a_ceiling(live: Live) -> None:
    months = live(6 * MONTH).datacollector.get_model_vars_dataframe()
    possible = 0.5 * months["candidates"].sum()  # half of them are inside, old enough and live here
    assert months["ceiling_hits"].sum() < 0.01 * possible


def test_a_record_knows_numbers_of_sectors_and_no_names(town: TrustModel) -> None:
    names = (*town.state.sector_record.dtype.names, *town.state[PROBLEMS].used_rows().dtype.names)
    assert "sector" in names
    assert not {"settlement", "name", "place", "who", "resident"} & set(names)
