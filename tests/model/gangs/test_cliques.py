"""M34: what cliques decide follows from what each remembers, and reverses with it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from model.engine.calendar import MONTH
from model.engine.choices import CHOICES_DECLARED
from model.engine.rows import int64_constant
from model.gangs.clique_choices import (
    ATTACK_CHOICE,
    CELLS_CHOICE,
    PACT_CHOICE,
    PUNISH_CHOICE,
    RECRUITS_CHOICE,
    RENT_CHOICE,
    STANCE_CHOICE,
    CellOptions,
    Refusal,
    choose_cells,
    choose_recruits,
    choose_rent,
    choose_stance,
    choose_to_attack,
    choose_to_dispute,
    choose_to_honour,
    choose_to_punish,
    perceived_arrest_risk,
)
from model.gangs.cliques import raid
from model.gangs.custody import hold_member
from model.gangs.gangs import STANCE_HOLD, STANCE_PRESS, STANCE_QUIET
from model.simulation.model import TrustModel
from model.simulation.world import World
from model.world.discrete_choice import NO_DECISIVE_TERM
from model.world.shift_events import BY_GANG, INCIDENTS

Live = Callable[..., TrustModel]
GANGS = {"gangs.ms13": 40, "gangs.barrio18": 40, "gangs.dense": 5, "gangs.border": 100, "gangs.members": 30}
ALL_OFF = {"mechanisms.cliques": False}
TRIES = 400


@pytest.fixture
def world(live: Live) -> TrustModel:
    made = live(0, **GANGS)
    made.state.choices.reserve(10 * TRIES)
    return made


def lay(world: TrustModel, **columns: float) -> World:
    """Give clique 0 a memory, and return the world in which it decides."""
    clique = world.state.cliques[0]
    for name, value in ({"strategy": 0, "members": 30, "stance": STANCE_HOLD} | columns).items():
        clique[name] = value
    clique.risk_felt = perceived_arrest_risk(world.p.cliques[0], clique.caught, clique.exposed, clique.seen)
    return world.w


def refused_by(victim: int, *, reported: bool) -> Refusal:
    """Return a refusal of a demand of clique 0, which has a leader."""
    return Refusal(clique=0, victim=victim, reported=reported, leaderless=0.0)


def often(choose: Callable[..., int], option: int, w: World, *rest: Any) -> float:
    """Share of many months' random numbers with which an option is chosen."""
    taken = []
    for tick in range(TRIES):
        w.set_field("tick", tick)
        taken.append(choose(w, *rest) == option)
    return float(np.mean(taken))


MANY_ARRESTS = {"caught": 12.0, "exposed": 200.0, "seen": 1.0}
NO_ARRESTS = {"caught": 0.0, "exposed": 200.0, "seen": 0.0}


def test_who_was_arrested_lies_low_and_who_was_not_presses(world: TrustModel) -> None:
    def share(option: int, **memory: float) -> float:
        return often(choose_stance, option, lay(world, **memory), 0, 0.2, 0.0, False)

    assert share(STANCE_QUIET, **MANY_ARRESTS) > 0.8 > 0.4 > share(STANCE_QUIET, **NO_ARRESTS)
    assert share(STANCE_PRESS, **NO_ARRESTS) > 0.25 > 0.05 > share(STANCE_PRESS, **MANY_ARRESTS)


def test_police_seen_in_own_cells_and_own_dead_make_a_clique_quiet(world: TrustModel) -> None:
    usual = {"caught": 1.0, "exposed": 200.0, "member_months": 200.0}

    def quiet(**memory: float) -> float:
        return often(choose_stance, STANCE_QUIET, lay(world, **usual | memory), 0, 0.2, 0.0, False)

    assert quiet(seen=2.0, lost=0.0) > quiet(seen=0.01, lost=0.0)
    assert quiet(seen=0.1, lost=6.0) > quiet(seen=0.1, lost=0.0) + 0.2


def test_rent_rises_where_all_paid_and_falls_where_all_refused(world: TrustModel) -> None:
    def share(option: int, **memory: float) -> float:
        return often(choose_rent, option, lay(world, rent=250.0, **memory), 0)

    assert share(2, paid=20.0, unpaid=0.0) > 0.85
    assert share(0, paid=0.0, unpaid=20.0) > 0.85


def test_a_rich_clique_short_of_hands_grows_and_a_poor_idle_one_draws_nobody(world: TrustModel) -> None:
    def share(option: int, need: float, income: float) -> float:
        return often(choose_recruits, option, lay(world, income=income, **NO_ARRESTS), 0, need)

    assert share(2, 45.0, 1.6) > 0.6
    assert share(0, 15.0, 0.4) > 0.6


def test_who_is_refused_much_punishes_more_and_who_was_arrested_less(world: TrustModel) -> None:
    def share(reported: bool, **memory: float) -> float:
        w = lay(world, **memory)
        return often(choose_to_punish, 1, w, w.p.cliques[0], w.cliques[0], refused_by(5, reported=reported))

    usual = {"caught": 1.0, "exposed": 200.0, "seen": 0.1}
    refused, paid = usual | {"paid": 2.0, "unpaid": 18.0}, usual | {"paid": 18.0, "unpaid": 2.0}
    assert share(False, **refused) > 0.2 > 0.08 > share(False, **paid)
    assert share(True, **refused) > share(False, **refused)
    assert share(False, **refused | MANY_ARRESTS) < share(False, **refused)


def test_the_random_number_of_a_punishment_is_that_of_the_one_threatened_and_the_book_names_the_clique(
    world: TrustModel,
) -> None:
    w = lay(world)
    w.set_field("tick", 9)
    done = [choose_to_punish(w, w.p.cliques[0], w.cliques[0], refused_by(i, reported=True)) for i in range(TRIES)]
    rows = world.state.choices.used_rows()
    assert set(rows["who"].tolist()) == {0}
    assert 0 < sum(done) < TRIES


def test_own_dead_call_for_an_attack_and_police_against_it(world: TrustModel) -> None:
    def share(**memory: float) -> float:
        return often(choose_to_attack, 1, lay(world, member_months=200.0, **memory), 0, 0.0, -1.0)

    assert share(deaths_owed=1.5, **NO_ARRESTS) > share(deaths_owed=0.0, **NO_ARRESTS) + 0.25
    assert share(deaths_owed=1.5, **MANY_ARRESTS) < share(deaths_owed=1.5, **NO_ARRESTS) - 0.25


def test_a_rival_that_nobody_leads_is_attacked_more(live: Live) -> None:
    world = live(0, **GANGS, **{"cliques.attack_gap": 2.0})
    world.state.choices.reserve(2 * TRIES)
    foe = world.state.cliques[world.state.cliques[0].foe]
    w = lay(world, member_months=200.0, **NO_ARRESTS)
    led = often(choose_to_attack, 1, w, 0, 0.0, -1.0)
    foe.leader = -1
    assert often(choose_to_attack, 1, w, 0, 0.0, -1.0) > led + 0.2


def test_members_fight_over_who_leads_where_there_is_much_to_win_and_no_heir_is_named(world: TrustModel) -> None:
    def share(inside: int, income: float) -> float:
        return often(choose_to_dispute, 1, lay(world, inside=inside, leader=-1 + 2 * inside, income=income), 0)

    assert share(inside=0, income=2.0) > share(inside=0, income=0.5) + 0.2
    assert share(inside=0, income=1.0) > share(inside=1, income=1.0) + 0.2


@pytest.mark.parametrize(
    ("lethal", "again", "owed_left", "goes_on"),
    [
        (0.0, 7.0, 1.0, True),
        (0.0, 0.0, 1.0, False),
        (1.0, 7.0, 0.0, False),
    ],
)
def test_only_a_death_settles_a_death_and_a_clique_that_owes_one_goes_on(
    live: Live, lethal: float, again: float, owed_left: float, goes_on: bool
) -> None:
    world = live(0, **GANGS, **{"extortion.clash_lethal": lethal, "cliques.attack_again": again})
    cliques = world.state.cliques
    at_war = np.flatnonzero(cliques["foe"] >= 0)
    cliques["attack_at"][at_war], cliques["deaths_owed"][at_war] = world.tick, 1.0
    world.step()
    assert len(at_war) > 1
    assert world.state.tally["clashes"] > 0
    fought = at_war[cliques["attack_at"][at_war] != world.tick - 1]
    assert len(fought) > 0
    assert set(cliques["deaths_owed"][fought]) == {owed_left}
    assert ((cliques["attack_at"][fought] >= world.tick) == goes_on).all()


def test_a_pact_is_kept_by_who_lost_many_and_broken_by_who_has_dead_to_avenge(world: TrustModel) -> None:
    def kept(**memory: float) -> float:
        return often(choose_to_honour, 1, lay(world, member_months=300.0, **memory), 0, 0.3)

    assert kept(lost=3.0, deaths_owed=0.0) > 0.95
    assert kept(lost=0.0, deaths_owed=2.0) < 0.5


def test_a_policed_cell_is_given_up_and_one_that_pays_is_taken(world: TrustModel) -> None:
    def share(option: int, members: int, most: float, least: float) -> float:
        cells = CellOptions(best=1, best_value=most, worst=2, worst_value=least)
        return often(choose_cells, option, lay(world, members=members), 0, 30.0, cells)

    assert share(0, 24, -1.0, -4.0) > 0.4 > 0.05 > share(0, 36, 2.0, 1.0)
    assert share(2, 40, 3.0, 1.0) > 0.5 > 0.05 > share(2, 24, -1.0, -4.0)


def test_every_matter_is_booked_in_a_run_with_reasons_that_are_not_chance_alone(live: Live) -> None:
    world = live(8 * MONTH, **GANGS)
    rows = world.choices()
    found = {CHOICES_DECLARED[int(one)].name for one in np.unique(rows["matter"]) if int(one) in CHOICES_DECLARED}
    assert {
        CHOICES_DECLARED[int(one)].name
        for one in (STANCE_CHOICE, RENT_CHOICE, RECRUITS_CHOICE, CELLS_CHOICE, ATTACK_CHOICE)
    } <= found
    assert (rows["term"] != NO_DECISIVE_TERM).any()
    assert (rows[rows["matter"] == STANCE_CHOICE]["who"] < len(world.state.cliques)).all()


def test_cliques_that_are_policed_lie_low_and_change_places_when_that_is_reversed(live: Live) -> None:
    world, stances = live(0, **GANGS, **{"cliques.heard": 0.0, "cliques.refound": 0}), {0: [], 1: []}
    cliques = world.state.cliques
    for month in range(24):
        half = int(month >= 12)
        cliques["held_now"][half::2] += 3
        cliques["takings"] = 1800.0 * cliques["members"]
        world.run_for(MONTH)
        if month % 12 >= 6:
            stances[half].append([cliques["stance"][0::2].mean(), cliques["stance"][1::2].mean()])
    before, after = (np.mean(stances[half], axis=0) for half in (0, 1))
    assert before[0] < before[1] - 0.2
    assert after[0] > after[1] + 0.2


def test_arrests_by_sweep_are_not_felt_and_arrests_for_an_act_are(live: Live) -> None:
    world = live(3, **GANGS, **{"heavy_hand.detention": 30.0})
    world.run_for(MONTH - 10)
    assert world.state.tally[0]["detentions"] > world.state.tally[0]["member_arrests"]
    assert world.state.cliques["held_now"].sum() == world.state.tally[0]["member_arrests"]


def test_a_clique_whose_leader_is_arrested_has_an_heir_months_later(live: Live) -> None:
    world = live(6, **GANGS, policies=["leaders_arrested"])
    led = world.state.cliques["leader"] >= 0
    held = {int(row.who) for row in world.state.prison.used_rows()}
    assert held >= {int(i) for i in world.state.cliques["leader"][led]}
    before = world.state.cliques["leader"].copy()
    world.run_for(MONTH)
    assert (world.state.cliques["inside"][led] == 1).all()
    assert (world.state.cliques["demand_effort"][led] < world.p.cliques["pace_press"][0]).all()
    world.run_for(12 * MONTH)
    still = (world.state.cliques["alive"] == 1) & led
    assert (world.state.cliques["leader"][still] != before[still]).any()


def test_a_leader_who_died_this_month_is_not_arrested(live: Live) -> None:
    world = live(0, **GANGS, **{"cliques.leaders": 1.0})
    led = [clique.leader for clique in world.state.cliques if clique.leader >= 0]
    world.state.minds["gone"][led[0]] = world.tick
    raid(world)
    assert {int(row.who) for row in world.state.prison.used_rows()} == {int(i) for i in led[1:]}


def attacks_on_own(world: TrustModel, shifts: int) -> int:
    """Run a world; return how many members were attacked by their own clique."""
    attacks = 0
    for _ in range(shifts):
        world.step()
        rows = world.w.incidents[: world.w.counts[INCIDENTS]]
        rows = rows[rows["motive"] == BY_GANG]
        attacks += int((world.state.minds["member"][rows["victim"]] == rows["clique"]).sum())
    return attacks


@pytest.mark.parametrize(("readiness", "fought"), [(10.0, True), (-10.0, False)])
def test_a_clique_that_loses_its_leader_fights_over_who_leads_or_has_an_heir(
    live: Live, readiness: float, fought: bool
) -> None:
    named = {"cliques.dispute_base": readiness, "cliques.dispute_named": 0.0, "cliques.dispute_attacks": 30.0}
    world = live(6, **GANGS, **named, policies=["leaders_arrested"])
    led = world.state.cliques["leader"] >= 0
    assert (attacks_on_own(world, 3 * MONTH) > 0) == fought
    alive = (world.state.cliques["alive"] == 1) & led
    assert (world.state.cliques["disputed"][alive] == fought).any()
    assert (world.state.cliques["inside"][alive] == 1).any()


def test_a_dead_leader_has_an_heir_at_once_and_one_in_prison_leads_by_telephone(live: Live) -> None:
    agreed = {"cliques.dispute_base": -10.0}
    world = live(0, **GANGS, **agreed)
    first, second = np.flatnonzero(world.state.cliques["leader"] >= 0)[:2]
    before = world.state.cliques["leader"].copy()
    world.state.minds["gone"][before[first]] = world.tick
    world.state.prison.reserve(1)
    hold_member(world.w, int64_constant(before[second]), int64_constant(world.tick + 24 * MONTH))
    world.run_for(MONTH + 3)
    cliques = world.state.cliques
    assert cliques["leader"][first] not in (before[first], -1)
    assert (cliques["leader"][second], cliques["inside"][second]) == (before[second], 1)
    assert cliques["heir_at"][second] > world.tick


def test_telephones_let_prisoners_ask_for_rent(live: Live) -> None:
    policies = ["clique_dismantled"]
    on = live(MONTH + 6, **GANGS, policies=policies)
    cut = live(MONTH + 6, **GANGS, policies=[*policies, "telephones_cut"])
    assert on.state.cliques["members_by_phone"].max() > 0.0 == cut.state.cliques["members_by_phone"].max()


def test_a_clique_with_too_few_members_dissolves_and_comes_back_with_those_who_come_home(live: Live) -> None:
    world = live(0, **GANGS, **{"cliques.large": 200, "cliques.home": 6})
    cliques, minds = world.state.cliques, world.state.minds
    members = np.flatnonzero(minds["member"] == 0)
    minds["member"][members[3:]] = -1
    cliques[0].members = min(len(members), 3)
    world.run_for(MONTH + 3)
    assert cliques[0].alive == 0 == cliques[0].members
    assert not (world.state.held_by == 0).any()
    assert not (minds["pays"] == 0).any()
    minds["member"][members] = 0
    cliques[0].members = len(members)
    roll = world.state.roll
    roll.reserve(len(members))
    for i in members:
        roll.rows[roll.count[0]].who = i
        roll.count[0] += 1
    world.run_for(2 * MONTH)
    assert cliques[0].alive == 1
    assert (world.state.held_by == 0).any()


def test_a_pact_lowers_clashes_and_is_answered_by_each(live: Live) -> None:
    war, pact = live(10 * MONTH, **GANGS), live(10 * MONTH, **GANGS, policies=["clique_pact"])
    war_months, pact_months = (one.datacollector.get_model_vars_dataframe() for one in (war, pact))
    assert pact_months["pacts_honoured"].sum() > 0 == war_months["pacts_honoured"].sum()
    assert pact_months["clashes"].sum() < war_months["clashes"].sum()
    assert (pact.choices()["matter"] == PACT_CHOICE).any()


def test_switched_off_nothing_is_decided_and_each_switch_takes_away_its_own_matter(live: Live) -> None:
    off = live(3 * MONTH, **GANGS, **ALL_OFF)
    assert {CHOICES_DECLARED[int(number)].agent for number in off.choices()["matter"]}.isdisjoint({"clique"})
    assert (off.state.cliques["demand_effort"] == 1.0).all()
    assert (off.state.cliques["stance"] == STANCE_HOLD).all()
    for name, number in (
        ("stance", STANCE_CHOICE),
        ("rent", RENT_CHOICE),
        ("attack", ATTACK_CHOICE),
        ("cells", CELLS_CHOICE),
        ("punish", PUNISH_CHOICE),
    ):
        rows = live(2 * MONTH, **GANGS, **{f"cliques.{name}": 0}).choices()
        assert not (rows["matter"] == number).any(), name
        assert len(rows) > 0


def test_ground_is_held_by_who_is_listed_and_payers_pay_who_holds_it(live: Live) -> None:
    world = live(6 * MONTH, **GANGS)
    months = world.datacollector.get_model_vars_dataframe()
    assert months["cells_taken"].sum() + months["cells_given_up"].sum() > 0
    who = np.flatnonzero((world.state.minds["pays"] >= 0) & (world.state.minds["gone"] < 0))
    assert (world.state.held_by[world.town.places[0, who]] == world.state.minds["pays"][who]).all()
    start = world.state.target_start
    holder = world.state.held_by[world.town.places[0, world.state.targets[: start[-1]]]]
    assert (np.repeat(np.arange(len(start) - 1), np.diff(start)) == holder).all()
