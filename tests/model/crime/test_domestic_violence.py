"""Violence at home: whom it hits, how it goes on, where women look for help (M9)."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from model.simulation.model import TrustModel
from model.town.crime_kinds import DOMESTIC, HOMICIDE
from model.world.sampling import age_years
from model.world.shift_events import BY_KIN, BY_PARTNER, COMMUNAL, PROSECUTOR, REFUGE, TO_KIN

Live = Callable[..., TrustModel]
MONTH = 93
OFTEN = {"domestic_violence.first": 0.1, "domestic_violence.further": 6.0, "seeking_help.intercept": -1.5}
CHANNELS = ("nobody", "kin", "communal", "police", "prosecutor", "demi", "refuge")


def sums(world: TrustModel) -> pd.Series:
    return world.datacollector.get_model_vars_dataframe().sum(numeric_only=True)


def lived(world: TrustModel, shifts: int) -> np.ndarray:
    found = []
    for _ in range(shifts):
        world.step()
        rows = world.trace["incidents"]
        found.append(rows[np.isin(rows["motive"], (BY_PARTNER, BY_KIN))])
    return np.concatenate(found)


def test_it_hits_women_from_13_to_60_at_home_who_live_with_a_man(live: Live) -> None:
    world = live(0, trace=True, **OFTEN)
    people = world.town.people
    rows = lived(world, MONTH)
    assert len(rows) > 50
    assert (rows["cell"] == people["home"][rows["victim"]]).all()
    assert people["female"][rows["victim"]].all()
    for row in rows:
        assert 13 <= age_years(people[row["victim"]], row["tick"]) <= 60
        here = people[people["household"] == people["household"][row["victim"]]]
        assert any(one["female"] == 0 and age_years(one, row["tick"]) >= 18 for one in here)


def test_the_counts_by_channel_are_the_acts_of_the_book(live: Live) -> None:
    found = sums(live(2 * MONTH, **OFTEN))
    assert found[[f"domestic_to_{one}" for one in CHANNELS]].sum() == found["crimes_occurred_domestic_violence"] > 50
    for one in CHANNELS:
        assert found[f"domestic_alone_after_{one}"] <= found[f"domestic_to_{one}"]
    assert found["domestic_without_remedy"] + found["domestic_protected"] == found["crimes_occurred_domestic_violence"]


def test_who_told_nobody_kin_or_the_authority_is_left_without_remedy(live: Live) -> None:
    heard = {"communal_authority.reach": 1.0, "communal_authority.grave": 1.0, "deliberation.cases": 0}
    found = sums(live(2 * MONTH, **OFTEN, **heard))
    for one in ("nobody", "kin", "communal"):
        assert found[f"domestic_alone_after_{one}"] == found[f"domestic_to_{one}"] > 0


def test_a_conciliation_is_not_counted_as_closed(live: Live) -> None:
    silent = {"reporting.intercept": -10.0, "communal_authority.reach": 1.0, "communal_authority.days": 0}
    found = sums(live(3 * MONTH, **OFTEN, **silent))
    assert found["domestic_conciliated"] > 0
    assert found["cases"] > found["domestic_conciliated"]
    assert found["closed"] < found["domestic_conciliated"]


def test_kin_and_the_refuge_are_no_state_body_and_the_prosecutor_is_a_complaint(live: Live) -> None:
    world = live(0, trace=True, **OFTEN, **{"seeking_help.refuge": 1.0, "seeking_help.refuge_pull": 3.0})
    rows = lived(world, MONTH)
    private = np.isin(rows["reported_to"], (TO_KIN, REFUGE))
    assert private.sum() > 10
    assert not rows["complaint"][private].any()
    assert not rows["recorded"][private].any()
    assert rows["complaint"][rows["reported_to"] == PROSECUTOR].all()
    grave = (rows["reported_to"] == COMMUNAL) & (rows["severity"] >= 0.75)
    assert rows["handed"][grave].all()


def test_measures_that_always_protect_leave_fewer_repeats(live: Live) -> None:
    telling = {**OFTEN, "seeking_help.prosecutor": 5.0, "seeking_help.follow": 5.0}
    counts = [
        sums(live(3 * MONTH, **telling, **{"seeking_help.measures": share, "domestic_violence.protection": 1.0}))
        for share in (0.0, 1.0)
    ]
    assert counts[1]["crimes_occurred_domestic_violence"] < 0.7 * counts[0]["crimes_occurred_domestic_violence"]
    assert counts[1]["domestic_without_remedy"] < counts[0]["domestic_without_remedy"]


def test_women_and_speakers_on_every_relay_bring_more_women_to_the_police(live: Live) -> None:
    other = {**OFTEN, "seeking_help.other_language": 1.0, "plant.share_kiche": 0.0, "plant.share_women": 0.0}
    counts = [
        sums(live(3 * MONTH, **other, **{f"seeking_help.{who}_on_relay": share for who in ("women", "language")}))
        for share in (0.0, 1.0)
    ]
    assert counts[1]["domestic_to_police"] > 1.5 * counts[0]["domestic_to_police"]


def test_an_act_can_kill_and_is_then_a_homicide_by_partner_or_kin(live: Live) -> None:
    world = live(0, trace=True, **OFTEN, **{"domestic_violence.lethal": 0.05})
    rows = lived(world, 2 * MONTH)
    assert set(rows["kind"].tolist()) == {DOMESTIC, HOMICIDE}
    dead = rows["victim"][rows["kind"] == HOMICIDE]
    assert (world.state.minds["gone"][dead] >= 0).all()


def test_switched_off_nobody_is_hurt_at_home(live: Live) -> None:
    found = sums(live(2 * MONTH, **{"mechanisms.domestic_violence": False}))
    assert found[["crimes_occurred_domestic_violence", "domestic_without_remedy", "women_hurt"]].sum() == 0
    assert sums(live(2 * MONTH))["crimes_occurred_domestic_violence"] > 0


def test_violence_that_ends_with_an_act_does_not_come_again_within_the_year(live: Live) -> None:
    never = {"domestic_violence.before": 0.0, "domestic_violence.ends": 1.0}
    found = sums(live(6 * MONTH, **(OFTEN | never)))
    again = sum(found[f"domestic_again_after_{one}"] for one in CHANNELS)
    lasting = sums(live(6 * MONTH, **(OFTEN | never | {"domestic_violence.ends": 0.0})))
    assert again == 0.0 < sum(lasting[f"domestic_again_after_{one}"] for one in CHANNELS)


def test_complaints_at_the_police_are_those_of_women_who_went_there(live: Live) -> None:
    far = {"seeking_help.over": 5.0, "seeking_help.shame": 5.0, "communal_authority.reach": 1.0}
    found = sums(live(3 * MONTH, **(OFTEN | far | {"communal_authority.grave": 0.0})))
    assert found["handed"] > 0
    assert found["domestic_complaints_police"] <= found["domestic_to_police"]
