"""M33: private guards keep some robberies away from some shops, and from nothing else."""

from collections.abc import Callable, Iterator

from model.simulation.model import TrustModel

Watch = Callable[..., Iterator[TrustModel]]
ALL = {
    "guards.shops": 1.0,
    "guards.effect": 1.0,
    "crime.armed": 50.0,
    "crime.thieves": 50.0,
    "population.business": 0.3,
}


def test_guarded_shops_are_not_robbed_and_the_rest_is_as_before(watch: Watch) -> None:
    robbed = 0
    for world in watch(3 * 31, **ALL):
        people, crimes = world.town.people, world.trace["incidents"]
        street = crimes[(crimes["kind"] <= 1) & (crimes["displaced"] == 0)]
        victims = people[street["victim"]]
        at_work = (victims["business"] == 1) & (victims["home"] != street["cell"])
        assert not at_work.any()
        robbed += len(street)
    assert world.month_row["guarded"] > 0 < robbed


def test_switched_off_no_shop_has_a_guard(watch: Watch) -> None:
    *_, world = watch(3 * 31, **ALL | {"mechanisms.guards": False})
    assert world.month_row["guarded"] == 0.0
