"""M21: what happened to somebody reaches their ties, and nobody else."""

from collections.abc import Callable, Iterator

import numpy as np

from model.simulation.model import TrustModel
from model.simulation.registry import CAUSES

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
HEARSAY, AT_HOME, HARM, ABUSE = (CAUSES.index(name) for name in ("hearsay", "at_home", "harm", "abuse"))
QUIET = [CAUSES.index(name) for name in ("payment", "public_event", "scandal", "informed")]
MONTH = 93
BUSY = {"crime.armed": 50, "crime.robbery": 40, "crime.thieves": 50, "calls.rate": 200}
ALL = {"hearsay.tell_good": 1.0, "hearsay.tell_bad": 1.0}


def lived_and_heard(world: TrustModel) -> tuple[np.ndarray, np.ndarray]:
    """Return the impressions of the last shift: those of one's own, and those of hearsay."""
    rows = world.trace["impressions"]
    own = ~np.isin(rows["cause"], [HEARSAY, AT_HOME, *QUIET])
    return rows[own], rows[rows["cause"] == HEARSAY]


def lesson(row: np.void) -> float:
    """What an impression says, good or bad."""
    return float(row["weight_f"] * (row["quality_f"] - 0.5) + row["weight_e"] * (row["quality_e"] - 0.5))


def test_switched_off_nobody_hears_anything_and_what_is_lived_stays(live: Live) -> None:
    on, off = (live(1, trace=True, **BUSY, **ALL, **{"mechanisms.hearsay": wanted}) for wanted in (True, False))
    assert len(lived_and_heard(on)[1]) > len(lived_and_heard(off)[1]) == 0
    assert (lived_and_heard(on)[0] == lived_and_heard(off)[0]).all()
    for world in (on, off):
        world.run_for(MONTH)
    assert on.month_row["trust_by_hearsay"] != 0.0 == off.month_row["trust_by_hearsay"]
    assert on.month_row["contacts"] > 0 < off.month_row["contacts"]


def test_only_ties_of_those_who_lived_something_hear_of_it_and_as_it_was(watch: Watch) -> None:
    n_heard = 0
    for world in watch(MONTH // 3, **BUSY, **{"hearsay.weight": 0.5}):
        lived, heard = lived_and_heard(world)
        tales = {
            (tie, row["quality_f"], 0.5 * row["weight_f"], row["quality_e"], 0.5 * row["weight_e"], row["fast"])
            for row in lived
            for tie in world.town.ties[row["who"]]
        }
        assert tales >= set(heard[["who", "quality_f", "weight_f", "quality_e", "weight_e", "fast"]].tolist())
        n_heard += len(heard)
    assert n_heard > 100


def test_where_all_is_told_every_tie_who_is_here_hears_everything_once_and_tells_no_more(watch: Watch) -> None:
    n_heard = 0
    for world in watch(MONTH // 3, **BUSY, **ALL):
        lived, heard = lived_and_heard(world)
        ties = world.town.ties[lived["who"]]
        here = (ties >= 0) & (world.state.minds["gone"][ties] < 0)
        assert len(heard) == here.sum()
        n_heard += len(heard)
    assert n_heard > 100


def test_only_bad_news_is_told_where_only_bad_news_is_told(watch: Watch) -> None:
    for name, sign in (("hearsay.tell_good", 1.0), ("hearsay.tell_bad", -1.0)):
        silent = {key: 0.0 for key in ALL if key != name}
        heard = [row for world in watch(20, **BUSY, **silent, **{name: 1.0}) for row in lived_and_heard(world)[1]]
        assert len(heard) > 20
        assert all(sign * lesson(row) > 0.0 for row in heard)


def test_the_more_it_weighs_the_farther_it_moves_those_who_hear_one_thing(live: Live) -> None:
    moved = []
    for weight in (0.2, 0.4):
        world = live(1, trace=True, **BUSY, **ALL, **{"hearsay.weight": weight, "hearsay.at_home": 0.0})
        heard = lived_and_heard(world)[1]
        once = np.bincount(world.trace["impressions"]["who"])[heard["who"]] == 1
        moved.append(np.abs(heard["change"][once]))
    assert moved[0].max() > 0.0
    farther = moved[1][moved[0] > 1e-9] / moved[0][moved[0] > 1e-9]
    assert farther.min() > 1.0
    assert np.median(farther) < 2.0, "evidence weighs less the more there is"


def test_harm_and_abuse_reach_all_who_live_there_and_nobody_else(watch: Watch) -> None:
    n = 0
    for world in watch(MONTH // 3, **BUSY, **{"hearsay.at_home": 0.5}):
        rows, home = world.trace["impressions"], world.town.people["household"]
        lived = rows[np.isin(rows["cause"], (HARM, ABUSE))]
        told = rows[rows["cause"] == AT_HOME]
        assert set(home[told["who"]]) <= set(home[lived["who"]])
        assert not len(told) or set(told["weight_e"]) <= {0.5 * weight for weight in lived["weight_e"]}
        n += len(told)
    assert n > 100
