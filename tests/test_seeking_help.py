"""M9: where a woman who was hurt at home looks for help, and what she gets."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from model.daybook import COMMUNAL, DEMI, NOBODY, REFUGE
from model.kinds import DOMESTIC
from model.model import TrustModel

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
MONTH = 93
OFTEN = {"domestic_violence.first": 0.15, "domestic_violence.further": 12.0, "domestic_violence.before": 1.0}
READY = {"seeking_help.intercept": -1.0, "communal_authority.reach": 1.0}
ALONE = {"seeking_help.intercept": -1.5, "seeking_help.kin": -5.0, "seeking_help.prosecutor": -3.0}
PLACES = ("nobody", "kin", "communal", "police", "prosecutor", "demi", "refuge")


def acts(world: TrustModel) -> np.ndarray:
    """Return the violence at home of the last shift."""
    rows = world.trace["incidents"]
    return rows[rows["kind"] == DOMESTIC]


def ways(found: dict[str, float], what: str) -> dict[str, float]:
    """Return a measure by the place where women looked for help."""
    return {place: found[f"domestic_{what}_{place}"] for place in PLACES}


def test_where_nobody_is_hurt_at_home_nobody_looks_for_help(live: Live) -> None:
    on, off = (live(MONTH, **OFTEN, **{"mechanisms.domestic_violence": wanted}).rows for wanted in (True, False))
    assert sum(ways(on, "to").values()) > 0 == sum(ways(off, "to").values())
    assert off["domestic_protected"] == off["domestic_without_remedy"] == 0
    assert off["crimes_told"] > 0


def test_every_act_is_told_somewhere_or_nowhere_and_ends_in_protection_or_without(live: Live) -> None:
    found = live(MONTH, **OFTEN, **READY).rows
    told = ways(found, "to")
    assert sum(told.values()) == found["crimes_occurred_domestic_violence"] > 50
    assert sum(ways(found, "alone_after").values()) + found["domestic_protected"] == sum(told.values())
    assert found["domestic_without_remedy"] == sum(ways(found, "alone_after").values())
    assert all(alone <= told[place] for place, alone in ways(found, "alone_after").items())


def test_what_does_not_exist_here_nobody_goes_to(watch: Watch) -> None:
    channels = np.concatenate([acts(world)["told"] for world in watch(MONTH, **OFTEN, **READY)])
    assert REFUGE in channels
    assert DEMI not in channels
    here = {"seeking_help.demi": 1.0, "seeking_help.refuge": 0.0, "communal_authority.reach": 0.0}
    channels = np.concatenate([acts(world)["told"] for world in watch(MONTH, **OFTEN, **READY | here)])
    assert DEMI in channels
    assert not np.isin(channels, (REFUGE, COMMUNAL)).any()


@pytest.mark.parametrize("able", [0.0, 1.0])
def test_protection_comes_by_a_complaint_or_in_a_refuge_and_never_by_conciliation(watch: Watch, able: float) -> None:
    n_protected, n_conciliated = 0, 0
    for world in watch(MONTH - 1, **OFTEN, **READY, **{"seeking_help.measures": able, "seeking_help.shelter": able}):
        rows = acts(world)
        safe = world.state.homes["safe"][rows["victim"]] == world.tick - 1 + 6 * 91
        assert (safe == (able == 1.0) & ((rows["complaint"] == 1) | (rows["told"] == REFUGE))).all()
        n_protected += int(safe.sum())
        n_conciliated += int(((rows["told"] == COMMUNAL) & (rows["complaint"] == 0)).sum())
    assert world.state.tally["domestic_protected"] == n_protected
    assert (n_protected > 0) == (able == 1.0)
    assert n_conciliated > 0


@pytest.mark.parametrize(
    ("lever", "low", "high"),
    [
        ("women_on_relay", 0.0, 1.0),
        ("trust", 0.0, 3.0),
        ("shame", 5.0, 0.0),
        ("demi", 0.0, 1.0),
    ],
)
def test_who_finds_somewhere_to_go_finds_it_also_where_it_is_easier(
    live: Live, lever: str, low: float, high: float
) -> None:
    """Of twin worlds in their first shift, in a town where everybody trusts the police."""
    found = []
    for value in (low, high):
        easier = {"seeking_help.no_woman": 1.0, "trust.level": 0.9, f"seeking_help.{lever}": value}
        worlds = [live(1, rng=rng, trace=True, **OFTEN | ALONE | easier) for rng in range(4)]
        rows = [acts(world) for world in worlds]
        found.append({(rng, n) for rng, one in enumerate(rows) for n in one["number"][one["told"] != NOBODY]})
    assert found[0] < found[1]
