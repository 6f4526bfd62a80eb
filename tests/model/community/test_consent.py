"""Consent: what communal authorities decide about police in their cantons, and what follows (M45)."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from model.community.communal_authority import canton_flags
from model.community.consent import ARREST_CHOICE, CONSENT, OPERATION_CHOICE, PATROL_CHOICE, needs_consent
from model.engine.rows import zero_rows
from model.police.minutes import FOR_MEETINGS, MINUTES_OWED
from model.simulation.model import TrustModel
from model.world.discrete_choice import CHOICES
from model.world.shift_events import AT_MEETING, BY_PHONE, CHECKPOINT, ON_REQUEST, TO_PATROL, Incident
from model.world.state import BOARDS

Live = Callable[..., TrustModel]
Watch = Callable[..., Iterator[TrustModel]]
MONTH = 93
ASKED = {"boards.communal": 1, "consent.asked": 1}
NEVER = ASKED | {
    "consent.patrol": -5.0,
    "consent.patrol_answered": 0.0,
    "consent.patrol_conduct": 0.0,
    "consent.patrol_kept": 0.0,
    "consent.operation": -5.0,
    "consent.operation_answered": 0.0,
    "consent.operation_conduct": 0.0,
    "consent.arrest": -5.0,
    "consent.arrest_gravity": 0.0,
    "consent.arrest_conduct": 0.0,
    "consent.arrest_returned": 0.0,
}
ALWAYS = ASKED | {"consent.patrol": 5.0, "consent.operation": 5.0, "consent.arrest": 5.0}

BY_INVITATION = (AT_MEETING, ON_REQUEST)


def sums(world: TrustModel) -> pd.Series:
    return world.datacollector.get_model_vars_dataframe().sum(numeric_only=True)


def visits_to_cantons(worlds: Iterator[TrustModel]) -> tuple[int, int]:
    """Return the uninvited visits of couples to cantons that were made and that were cancelled."""
    made = cancelled = 0
    for world in worlds:
        visits, place = world.trace["visits"], world.town.cells["settlement"]
        there = (visits["post"] >= 0) & (place[visits["cell"]] >= 0) & ~np.isin(visits["kind"], BY_INVITATION)
        there &= world.cached(canton_flags)[np.maximum(place[visits["cell"]], 0)] == 1
        made += int((there & (visits["alive"] == 1)).sum())
        cancelled += int((there & (visits["alive"] == 0)).sum())
    return made, cancelled


def test_nobody_is_asked_where_there_is_no_such_authority(live: Live) -> None:
    usual, asked = live(2 * MONTH), live(2 * MONTH, **{"consent.asked": 1})
    assert sums(asked)["consent_patrol_asked"] == 0.0
    assert sums(usual).equals(sums(asked))


def test_a_town_is_no_canton(live: Live) -> None:
    world = live(0, **ASKED)
    kinds = np.array([place.kind for place in world.town.settlements])
    assert (world.cached(canton_flags) == (kinds != "town")).all()
    assert 0 < world.cached(canton_flags).sum() < len(kinds)


def test_police_stay_out_of_cantons_that_withhold_their_consent(live: Live, watch: Watch) -> None:
    made, _ = visits_to_cantons(watch(MONTH, **ALWAYS))
    kept_out, cancelled = visits_to_cantons(watch(MONTH, **NEVER))
    assert kept_out < 0.1 * made
    assert cancelled > 0.5 * made
    found = sums(live(2 * MONTH, **NEVER))
    assert found["consent_patrol_given"] < 0.1 * found["consent_patrol_asked"]
    assert found["consent_visits_withheld"] > 0


def test_consent_is_decided_once_a_month_and_recorded(live: Live) -> None:
    world = live(2 * MONTH, **ASKED)
    choices = world.state[CHOICES].used_rows()
    patrol = choices[choices["matter"] == PATROL_CHOICE]
    assert len(patrol) > 0
    assert sums(world)["consent_patrol_asked"] == 2 * world.cached(canton_flags).sum()
    assert (world.state[CONSENT]["asked"] == world.cached(canton_flags)).all()


def test_what_a_board_remembers_moves_its_consent(live: Live) -> None:
    given = []
    for kept, broken in ((0.0, 20.0), (20.0, 0.0)):
        undecided = {"consent.patrol": 0.0, "consent.coordinates": 0.0, "consent.patrol_kept": 3.0}
        world = live(0, **ASKED, **undecided, **{"deliberation.half_life": 60.0})
        world.state[BOARDS]["requests_kept"], world.state[BOARDS]["requests_broken"] = kept, broken
        world.run_for(6 * MONTH)
        given.append(sums(world)["consent_patrol_given"])
    assert given[0] < given[1]


def test_an_arrest_needs_consent_unless_in_the_act_serious_or_asked_for() -> None:
    row = zero_rows(Incident, 1)[0]
    row["severity"], row["reported_to"] = 0.5, BY_PHONE
    assert needs_consent(row, 0.75)
    for column, value in (("severity", 0.75), ("reported_to", TO_PATROL), ("found", 1), ("handed", 1)):
        other = row.copy()
        other[column] = value
        assert not needs_consent(other, 0.75), column


def test_checkpoints_are_decided_on_their_own_once_a_shift(watch: Watch) -> None:
    kinds: set[int] = set()
    for world in watch(2 * MONTH, **NEVER | {"consent.operation": 5.0}):
        visits, place = world.trace["visits"], world.town.cells["settlement"]
        there = (visits["post"] >= 0) & (visits["alive"] == 1) & (place[visits["cell"]] >= 0)
        there &= world.cached(canton_flags)[np.maximum(place[visits["cell"]], 0)] == 1
        if not (world.state[CONSENT]["patrol"] & world.cached(canton_flags)).any():
            kinds |= set(visits["kind"][there].tolist())
        choices = world.state[CHOICES].used_rows()
        now = choices[(choices["matter"] == OPERATION_CHOICE) & (choices["tick"] == world.tick - 1)]
        assert len(now) == len(set(now["who"].tolist()))
    assert kinds - set(BY_INVITATION) == {CHECKPOINT}


def test_police_come_to_meetings_where_patrol_is_withheld(watch: Watch) -> None:
    often = {"consultation.meetings": 52.0, "practices.planned": 1.0, "chief.weighs_work": 0}
    invited = 0
    for world in watch(2 * MONTH, **NEVER, **often):
        visits, place = world.trace["visits"], world.town.cells["settlement"]
        at_meetings = np.isin(visits["kind"], BY_INVITATION) & (place[visits["cell"]] >= 0)
        cantons = world.cached(canton_flags)[np.maximum(place[visits["cell"]], 0)] == 1
        invited += int((at_meetings & cantons & (visits["alive"] == 1)).sum())
    assert invited > 0


def test_calls_are_answered_where_patrol_is_withheld(live: Live) -> None:
    often = {"calls.rate": 200.0}
    never, always = live(MONTH, **NEVER, **often), live(MONTH, **ALWAYS, **often)
    assert sums(never)["served"] > 0.7 * sums(always)["served"] > 0


def test_a_withheld_arrest_goes_before_the_authority(live: Live) -> None:
    busy = {"response.catch": 1.0, "response.trail": 400.0, "crime.assault": 0.1, "communal_authority.grave": 1.0}
    never, always = live(3 * MONTH, **NEVER, **busy), live(3 * MONTH, **ALWAYS, **busy)
    found, usual = sums(never), sums(always)
    assert found["consent_arrests_asked"] > 0
    assert found["consent_arrests_given"] < 0.2 * found["consent_arrests_asked"]
    assert found["consent_arrests_communal"] > 0
    assert found["arrests_act"] < usual["arrests_act"]
    choices = never.state[CHOICES].used_rows()
    assert set(choices["who"][choices["matter"] == ARREST_CHOICE]) <= set(np.flatnonzero(never.cached(canton_flags)))


def test_serious_violence_goes_to_the_state_whatever_the_authority_says(live: Live) -> None:
    busy = {"response.catch": 1.0, "response.trail": 400.0, "crime.assault": 0.1, "communal_authority.grave": 0.0}
    found = sums(live(2 * MONTH, **NEVER, **busy))
    assert found["consent_arrests_asked"] == found["consent_arrests_communal"] == 0.0
    assert found["arrests_act"] > 0


def test_switched_off_everything_is_as_without_the_institution(live: Live) -> None:
    alone = {"boards.communal": 1}
    off = live(2 * MONTH, **ASKED, **{"mechanisms.consent": False})
    assert sums(off).equals(sums(live(2 * MONTH, **alone)))


def test_a_chief_who_comes_before_a_refusal_is_final_turns_some_of_them(live: Live) -> None:
    reluctant = ASKED | {"consent.patrol": -1.5, "consent.leverage": 0.0, "consent.coordinates": 1.0}
    worlds = [live(4 * MONTH, **reluctant, **{"consent.persuades": size}) for size in (0.0, 1.5, 4.0)]
    given = [sums(world)["consent_patrol_given"] for world in worlds]
    assert given[0] < given[1] < given[2]
    cut = live(4 * MONTH, **reluctant | {"consent.coordinates": 0.0})
    assert sums(cut)["consent_coordinated"] == 0.0 < sums(worlds[0])["consent_coordinated"]
    assert sums(cut)["consent_patrol_given"] == given[0]
    owed = [float(world.state[MINUTES_OWED][:, FOR_MEETINGS, 0].sum()) for world in (cut, worlds[0])]
    assert owed[1] - owed[0] >= 150.0 * sums(worlds[0])["consent_coordinated"]


def test_requests_of_boards_whose_consent_police_need_are_taken_on(live: Live) -> None:
    often = ASKED | {"consultation.meetings": 40.0, "consultation.attend": 2.0}
    taken = [sums(live(4 * MONTH, **often, **{"consent.leverage": share})) for share in (0.0, 0.9)]
    assert taken[1]["requests_worked"] > 1.5 * taken[0]["requests_worked"]
