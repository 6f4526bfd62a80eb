"""Station chiefs: hours of the month, modes of plans, requests; who moves forgets."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from model.police.chief import (
    HOURS_CHOICE,
    N_BLOCKS,
    NO_BLOCK,
    TO_ARREST,
    TO_PREVENT,
    USE_HABIT,
    USE_PLACES,
    USE_QUICK_ARRESTS,
    USE_VISITS,
    WORK_CHOICE,
    Chiefs,
    WorkTerm,
    block_emphasis,
    chief_positions,
    choose_hours,
    choose_plan_mode,
    choose_request,
    choose_work,
    close_station_books,
    compare_with_last_month,
    fill_hour_terms,
    order_from_above,
    update_commands,
    work_reasons,
)
from model.simulation.model import TrustModel
from model.world.shift_events import UNSERVED_REASONS
from model.world.state import HOUR_USES, PLAN_MODES
from scenarios import load

Live = Callable[..., TrustModel]
TRIES = 60
OFF = {"chief.sets_hours": 0, "chief.picks_modes": 0, "chief.picks_requests": 0}


def hours(world: TrustModel, **state: float) -> np.ndarray:
    """Shares of the uses that the chief of the first facility sets in this state, over many months."""
    chief = world.state.chiefs[0]
    officer = world.state.officers[world.cached(chief_positions)[0]]
    officer["trained"], officer["champion"] = state.pop("trained", 0), state.pop("champion", 0)
    world.state.figures["gap"] = state.pop("gap", 0.0)
    for column in ("order", "open", "welcomed", "ignored", "held", "released", "fell", "rose"):
        chief[column] = state.get(column, 0.0)
    found, tick = np.zeros(len(HOUR_USES)), world.tick
    for _ in range(TRIES):
        world.state.choices.reserve(N_BLOCKS)
        choose_hours(world, 0)
        found += np.bincount(world.state.blocks[0], minlength=len(HOUR_USES))
        world.tick += 91
    world.tick = tick
    return found / found.sum()


@pytest.fixture(scope="module")
def world(live: Live) -> TrustModel:
    return live(0)


@pytest.mark.parametrize(
    ("use", "well", "badly"),
    [
        (USE_VISITS, {"welcomed": 9.0}, {"ignored": 9.0}),
        (USE_QUICK_ARRESTS, {"held": 9.0}, {"released": 9.0}),
        (USE_PLACES, {"fell": 9.0}, {"rose": 9.0}),
    ],
    ids=["visits", "arrests", "places"],
)
def test_what_came_of_hours_reversed_reverses_them(
    world: TrustModel, use: int, well: dict[str, float], badly: dict[str, float]
) -> None:
    good, usual, bad = hours(world, **well)[use], hours(world)[use], hours(world, **badly)[use]
    assert good > usual + 0.04
    assert usual > bad + 0.02


def test_pressure_for_figures_moves_hours_to_arrests_and_less_where_judges_release(live: Live) -> None:
    pressed = live(1, **{"pressure.level": 1.0})
    free = live(1, **{"pressure.level": 0.0})
    share = [hours(one, gap=0.3)[USE_QUICK_ARRESTS] for one in (pressed, free)]
    assert share[0] > share[1] + 0.2
    assert hours(pressed, gap=0.3, released=9.0)[USE_QUICK_ARRESTS] < share[0] - 0.1


@pytest.mark.parametrize(("order", "use"), [(TO_ARREST, USE_QUICK_ARRESTS), (TO_PREVENT, USE_PLACES)])
def test_an_order_moves_hours_and_ends_with_its_quarter(world: TrustModel, order: int, use: int) -> None:
    assert hours(world, order=order)[use] > hours(world)[use] + 0.05


def test_orders_are_as_often_as_the_levers_say(live: Live) -> None:
    world = live(1, **{"chief.order_prevent": 0.5, "chief.order_arrests": 0.25})
    orders = [order_from_above(world, month) for month in range(0, 3000, 3)]
    assert abs(orders.count(TO_PREVENT) / 1000 - 0.5) < 0.06
    assert abs(orders.count(TO_ARREST) / 1000 - 0.25) < 0.06


def test_what_communities_ask_training_and_a_champion_bring_visits(world: TrustModel) -> None:
    alone = hours(world)[USE_VISITS]
    for state in ({"open": 9.0}, {"trained": 1}, {"champion": 1}):
        assert hours(world, **state)[USE_VISITS] > alone + 0.05


def test_who_takes_the_position_forgets_everything_and_a_champion_leaves_with_it(live: Live) -> None:
    world = live(0)
    chief, o = world.state.chiefs[0], world.cached(chief_positions)[0]
    chief.welcomed = chief.held = chief.fell = 9.0
    chief.captor = 1
    world.state.mode_outcomes[0] = 5.0
    world.state.officers[o].person += 1
    update_commands(world, world.month + 1)
    assert chief.welcomed == chief.held == chief.fell == 0.0
    assert world.state.mode_outcomes[0].sum() == 0.0
    assert chief.captor == -1
    assert chief.person == world.state.officers[o].person


def test_chiefs_learn_from_plans_that_ran_whether_what_is_known_there_fell(live: Live) -> None:
    world = live(0)
    plan, chief = world.state.plans[0], world.state.chiefs[0]
    place = world.state.plan_cells[0][0]
    plan.visits = 10
    for known, column in ((5.0, "rose"), (2.0, "fell")):
        before = chief[column]
        world.state.crimes_known[place, plan.kind, 0] = known
        compare_with_last_month(world, 0)
        assert chief[column] == before + 1.0
    assert world.state.mode_outcomes[0, plan.mode].tolist() == [1.0, 1.0]
    plan.visits = 0
    world.state.crimes_known[place, plan.kind, 0] = 0.0
    compare_with_last_month(world, 0)
    assert chief.fell == 1.0


def test_the_mode_that_went_well_is_chosen_again_and_the_other_not(live: Live) -> None:
    world = live(0)
    p = world.p.plans[0]
    shares = []
    for good in range(2):
        world.state.mode_outcomes[0] = (
            [[9.0, 0.0], [0.0, 9.0], [0.0, 9.0]] if good else [[0.0, 9.0], [9.0, 0.0], [9.0, 0.0]]
        )
        found = []
        for _ in range(200):
            world.state.choices.reserve(2)
            found.append(choose_plan_mode(world, 0, 0.2, p))
            world.tick += 91
        shares.append(found.count(PLAN_MODES.index("preventive")) / 200)
    assert shares[1] > shares[0] + 0.3


def test_a_request_that_went_to_the_mayor_is_taken_up_before_others(live: Live) -> None:
    world = live(1, **{"plans.takes_request": 0.3})
    candidates = np.arange(min(3, len(world.state.boards)))
    world.state.boards["asked"][candidates] = world.tick
    p = world.p.plans[0]
    taken = []
    for climbed in (-1, world.tick):
        world.state.petitions["asked"][candidates[-1]] = climbed
        found = []
        for _ in range(200):
            world.state.choices.reserve(2)
            found.append(choose_request(world, 0, candidates, p))
            world.tick += 91
        taken.append(found.count(int(candidates[-1])))
    assert taken[1] > 1.2 * taken[0]


def test_requests_are_always_or_never_taken_up_at_the_ends_of_their_lever(live: Live) -> None:
    for share in (0.0, 1.0):
        world = live(1, **{"plans.takes_request": share})
        candidates = np.arange(1)
        p = world.p.plans[0]
        for _ in range(50):
            world.state.choices.reserve(2)
            assert (choose_request(world, 0, candidates, p) >= 0) == (share == 1.0)
            world.tick += 91


def test_at_usual_hours_leaning_changes_nothing_in_the_mean() -> None:
    for usual, focus in ((0.16, 3.0), (0.21, 1.8)):
        inside, outside = (
            block_emphasis(USE_VISITS, USE_VISITS, usual, focus),
            block_emphasis(USE_HABIT, USE_VISITS, usual, focus),
        )
        assert usual * inside + (1.0 - usual) * outside == pytest.approx(1.0)
    assert block_emphasis(NO_BLOCK, USE_VISITS, 0.16, 3.0) == 1.0


@pytest.mark.parametrize("name", ["usual_visits", "usual_arrests", "usual_places"])
def test_leaning_is_a_number_wherever_in_their_range_the_usual_hours_lie(name: str) -> None:
    about = Chiefs.parameter_specs()[name]
    for usual in (about.low, about.high):
        assert (
            0.0
            <= block_emphasis(USE_HABIT, USE_VISITS, usual, 3.0)
            <= block_emphasis(USE_HABIT, USE_VISITS, usual, 1.0)
            == 1.0
        )


@pytest.mark.parametrize(
    ("use", "count"),
    [(USE_PLACES, "visits_by_plan"), (USE_QUICK_ARRESTS, "stops"), (USE_VISITS, "visits_to_institutions")],
)
def test_hours_set_for_something_are_spent_on_it_and_not_on_more(live: Live, use: int, count: str) -> None:
    follow = {"plans.follow": 0.2, "plans.bust": -3.0, "patrol.plan_share": 0.1}
    set_for, habit = live(1, **follow), live(1, **follow)
    set_for.state.blocks[:], habit.state.blocks[:] = use, USE_HABIT
    months = []
    for one in (set_for, habit):
        one.run_for(92)
        months.append(one.datacollector.get_model_vars_dataframe().sum(numeric_only=True))
    assert months[0][count] > 1.3 * months[1][count]
    assert months[0]["planned"] <= 1.02 * months[1]["planned"]


def test_switched_off_no_hours_are_set_and_nothing_is_booked(live: Live) -> None:
    world = live(93, **{"mechanisms.chief": False})
    assert (world.state.blocks == NO_BLOCK).all()
    assert not np.isin(world.choices()["matter"], (HOURS_CHOICE, WORK_CHOICE)).any()
    assert (world.state.chiefs["work"] == 1.0).all()


def test_terms_of_hours_are_read_from_the_chiefs_own_rows(world: TrustModel) -> None:
    fill_hour_terms(world, 0)
    before = world.w.choice_terms.copy()
    world.state.minds["fear"] += 1.0
    world.state.boards["organised"] = 0.0
    fill_hour_terms(world, 0)
    assert (world.w.choice_terms == before).all()


def work(world: TrustModel, **state: float) -> float:
    """Mean share of planned hours that the chief of the first facility lets take place in this state."""
    chief = world.state.chiefs[0]
    world.state.stations["supported"][0] = state.pop("supported", 0)
    usual = {"usual": -1.0}
    for column in ("order", "open", "served", "lost", "crimes", "usual", "welcomed", "ignored", "eased", "worse"):
        chief[column] = state.get(column, usual.get(column, 0.0))
    found, tick = [], world.tick
    for _ in range(3 * TRIES):
        world.state.choices.reserve(1)
        choose_work(world, 0)
        found.append(float(chief.work))
        world.tick += 91
    world.tick = tick
    return float(np.mean(found))


@pytest.mark.parametrize(
    "state",
    [
        {"lost": 90.0, "served": 10.0},
        {"crimes": 60.0, "usual": 15.0},
        {"order": TO_ARREST},
        {"ignored": 9.0},
        {"worse": 9.0},
    ],
    ids=["unserved", "crimes", "order", "meetings", "problems"],
)
def test_chiefs_keep_less_planned_work_by_what_they_have_seen(world: TrustModel, state: dict[str, float]) -> None:
    assert work(world, **state) < work(world) - 0.05


@pytest.mark.parametrize(
    "state",
    [
        {"open": 20.0},
        {"crimes": 5.0, "usual": 15.0},
        {"order": TO_PREVENT},
        {"supported": 1},
        {"welcomed": 9.0},
        {"eased": 9.0},
    ],
    ids=["asked", "crimes", "order", "support", "meetings", "problems"],
)
def test_chiefs_keep_more_of_it_for_requests_orders_and_what_came_of_it(
    world: TrustModel, state: dict[str, float]
) -> None:
    assert work(world, **state) > work(world) + 0.02


def test_where_most_calls_and_crimes_are_unmet_the_chief_stops_planned_work(world: TrustModel) -> None:
    assert work(world, lost=300.0, served=10.0, crimes=90.0, usual=15.0) < 0.2 < 0.7 < work(world)


def test_every_reason_of_planned_work_moves_it_and_none_reads_more_than_the_station_s_books(world: TrustModel) -> None:
    before = np.array(work_reasons(world, 0))
    assert len(before) == len(WorkTerm) - 1
    world.state.minds["fear"] += 1.0
    world.state.crimes_happened[:] += 5.0
    world.state.harmed_here[:] += 5
    world.state.problems.used_rows()["size"] += 9.0
    assert (np.array(work_reasons(world, 0)) == before).all()
    usual = work(world, usual=10.0, crimes=10.0)
    for column in ("lost", "crimes", "open", "welcomed", "eased"):
        chief = world.state.chiefs[0]
        chief[column] += 9.0
        assert (np.array(work_reasons(world, 0)) != before).any()
        chief[column] -= 9.0
    assert usual > 0.0


def test_stations_book_the_calls_that_reached_them_and_crimes_on_record(live: Live) -> None:
    busy = {"crime.armed": 50.0, "crime.thieves": 50.0, "calls.rate": 100.0}
    world = live(0, trace=True, **busy, **{"response.on_paper": 0.2})
    served = lost = crimes = 0
    reached = [UNSERVED_REASONS.index(name) for name in ("hours", "fuel", "vehicles", "declined")]
    for _ in range(88):
        world.step()
        assert world.trace is not None
        served += len(world.trace["responses"])
        lost += int(np.isin(world.trace["unserved"]["reason"], reached).sum())
        crimes += int(world.trace["incidents"]["recorded"].sum())
    chiefs = world.state.chiefs
    assert chiefs["served"].sum() == served > 0
    assert chiefs["lost"].sum() == lost > 0
    assert chiefs["crimes"].sum() == crimes > 0


def test_the_usual_is_what_was_on_record_before_and_books_begin_anew(world: TrustModel) -> None:
    chief = world.state.chiefs[0]
    chief.usual, chief.crimes, chief.served, chief.lost = -1.0, 12.0, 5.0, 5.0
    close_station_books(chief, 0.75)
    assert chief.usual == 12.0
    assert chief.crimes == chief.served == chief.lost == 0.0
    chief.crimes = 4.0
    close_station_books(chief, 0.75)
    assert chief.usual == 10.0


def test_what_planned_work_takes_from_patrol_under_mopsic_is_what_the_chiefs_let_it_take(live: Live) -> None:
    def lived(**changes: float) -> Any:
        world = live(6 * 92, policies=("mopsic_full",), **changes)
        return world.datacollector.get_model_vars_dataframe().sum(numeric_only=True)

    always, stopped, decided = lived(**{"chief.weighs_work": 0}), lived(**{"chief.work": -4.0}), lived()
    planned = [f"hours_{use}" for use in ("meetings", "requests", "problems", "visits", "talks")]
    street = ["hours_patrol", "hours_orders"]
    assert stopped[planned].sum() < decided[planned].sum() < always[planned].sum()
    assert always[street].sum() < decided[street].sum() < stopped[street].sum()
    assert always["work_none"] == always["work_half"] == always["work_all"] == 0.0
    assert decided["work_all"] > 0.0 < stopped["work_none"]
    assert stopped["followed_up"] < always["followed_up"]


@pytest.mark.slow
def test_in_a_run_chiefs_whose_arrests_are_held_set_more_hours_for_them() -> None:
    shares: list[Any] = []
    for finds in (1.0, 0.0):
        changes = {"population.scale": 0.25, "calendar.warm_up": 0, "contacts.proof": finds}
        world = TrustModel(load("villa_canales", set=changes), rng=3)
        world.run_for(2 * 365 * 3)
        table = world.datacollector.get_model_vars_dataframe()
        shares.append(table["blocks_arrests"].iloc[6:].mean())
    assert shares[0] > shares[1]
