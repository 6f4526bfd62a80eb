"""M7: who demands, who pays and to whom, who is punished, and who is a member."""

from collections.abc import Callable, Iterator

import numpy as np

from model.simulation.model import TrustModel
from model.town.crime_kinds import EXTORTION
from model.town.crime_kinds import NAMES as KINDS
from model.world.shift_events import BY_EXTORTION, PUNISHMENT, TERRITORIAL

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
MONTH = 93
GANGS = {
    "gangs.ms13": 40,
    "gangs.barrio18": 40,
    "gangs.dense": 5,
    "gangs.border": 100,
    "extortion.demands": 12,
    "extortion.clash": 30,
    "extortion.recruit": 0.02,
    "extortion.recruit_out": 3.0,
}
ALONE = {"crime.armed": 0, "crime.thieves": 0, "crime.assault": 0, "domestic_violence.lethal": 0} | {
    "mechanisms.population_change": False
}
"""Nothing but cliques kills or moves anybody away."""


def payers(world: TrustModel) -> np.ndarray:
    """Return the living who pay."""
    return np.flatnonzero((world.state.minds["pays"] >= 0) & (world.state.minds["gone"] < 0))


def test_switched_off_nobody_demands_clashes_recruits_or_telephones(live: Live) -> None:
    names = ["extortion_territorial", "payments", "punishments", "clashes", "recruits", "payers"]
    worlds = [live(3 * MONTH, **GANGS, **{"mechanisms.extortion": wanted}) for wanted in (True, False)]
    on, off = (one.datacollector.get_model_vars_dataframe().sum(numeric_only=True) for one in worlds)
    assert (on[names] > 0).all()
    names += [f"crimes_occurred_{KINDS[EXTORTION]}", "extortion_imitators", "homicides_gang", "homicides_extortion"]
    assert (off[names] == 0).all()
    assert off["crimes_occurred"] > 0 < off["gang_members"]


def test_everybody_pays_the_one_clique_that_holds_their_place_of_work(watch: Watch) -> None:
    for world in watch(MONTH, **GANGS):
        who = payers(world)
        assert (world.town.people["business"][who] == 1).all()
        assert (world.state.held_by[world.town.places[0, who]] == world.state.minds["pays"][who]).all()
    assert world.month_row["payers"] == len(who) > 0


def test_every_payer_pays_once_a_week_on_monday_morning(live: Live) -> None:
    world, n_mondays = live(0, **GANGS, **ALONE), 0
    for _ in range(MONTH - 1):
        monday = world.date.weekday() == 0 and world.tick % 3 == 0
        due, paid = len(payers(world)) if monday else 0, float(world.state.tally["payments"][0])
        world.step()
        assert world.state.tally["payments"][0] - paid == due
        n_mondays += due > 0
    assert n_mondays >= 4


def test_who_is_asked_pays_or_is_threatened(watch: Watch) -> None:
    n_asked = 0
    for world in watch(MONTH, **GANGS):
        rows, threats = world.trace["incidents"], world.state.threats.used_rows()
        asked = rows[rows["motive"] == TERRITORIAL]
        new = threats[threats["born"] == world.tick - 1]
        pays = world.state.minds["pays"][asked["victim"]] == asked["clique"]
        assert sorted(asked[~pays][["victim", "clique"]].tolist()) == sorted(new[["victim", "clique"]].tolist())
        n_asked += len(asked)
    assert n_asked > 10


def test_only_those_who_refused_are_punished_each_for_one_threat(live: Live) -> None:
    world, n_punished = (
        live(
            0,
            trace=True,
            **GANGS,
            **ALONE,
            **{"extortion.punish": 1.0, "extortion.punish_told": 1, "cliques.punish": 0},
        ),
        0,
    )
    for _ in range(MONTH):
        threats = world.state.threats.used_rows()
        due = threats[(threats["due"] <= world.tick) & (world.state.minds["gone"][threats["victim"]] < 0)].copy()
        world.step()
        rows = world.trace["incidents"]
        struck = rows[np.isin(rows["motive"], (PUNISHMENT, BY_EXTORTION))]
        assert {*struck[["victim", "clique"]].tolist()} == {*due[["victim", "clique"]].tolist()}
        n_punished += len(struck)
    assert n_punished > 5


def test_a_rent_beyond_all_dread_is_refused_by_everybody_and_a_small_one_by_nobody(live: Live) -> None:
    start = {"extortion.paying": 0.0, "extortion.rent_step": 0.0, "extortion.learning": 0.0}
    dear = live(MONTH, **GANGS, **start, **{"extortion.rent": 5000.0})
    cheap = live(MONTH, **GANGS, **start, **{"extortion.rent": 10.0, "extortion.dread": 1.0, "extortion.noise": 1.0})
    assert len(payers(dear)) == 0 < len(dear.state.threats.used_rows())
    assert len(payers(cheap)) > 0 == len(cheap.state.threats.used_rows())


def test_cliques_count_as_members_those_who_are(watch: Watch) -> None:
    for world in watch(3 * MONTH, **GANGS):
        member = world.state.minds["member"]
        counted = np.bincount(member[member >= 0], minlength=len(world.state.cliques))
        assert (counted == world.state.cliques["members"]).all()
    found = world.datacollector.get_model_vars_dataframe()
    assert found["recruits"].sum() > 0 < found["left_gang"].sum()
