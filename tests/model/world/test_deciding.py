"""Decisions: ordered and other options, chance, reasons, and the book in which they stand."""

from collections.abc import Callable

import numpy as np
import pytest
from small_world import small_world

from model.engine.calendar import tick_of
from model.engine.choices import CHOICES_DECLARED, MOST_OPTIONS, MOST_TERMS, declare_choice
from model.engine.random_streams import stream_id
from model.engine.rows import zero_rows
from model.simulation.model import TrustModel
from model.simulation.world import World
from model.world.discrete_choice import NO_DECISIVE_TERM, ChoiceRecord, clear_terms, decide_and_record, share_with_prior

HOW_MANY = 4000
TRIED = stream_id("tried in a test")


def choices(terms: list[list[float]], ordered: bool, n: int = HOW_MANY) -> World:
    """Return a world in which somebody chose `n` times by the same terms."""
    w = small_world(
        tick=5,
        seed=3,
        choices=zero_rows(ChoiceRecord, HOW_MANY),
        choices_count=np.zeros(1, np.int64),
        choice_terms=np.zeros((MOST_OPTIONS, MOST_TERMS)),
        choice_pull=np.zeros(MOST_OPTIONS),
    )
    for who in range(n):
        clear_terms(w)
        for option, row in enumerate(terms):
            w.choice_terms[option, : len(row)] = row
        decide_and_record(w, len(terms), len(terms[0]), TRIED, ordered, 5, who)
    return w


@pytest.mark.parametrize("ordered", [True, False])
def test_options_are_chosen_as_often_as_their_utilities_say(ordered: bool) -> None:
    rows = choices([[0.0, 0.5], [1.0, 0.0], [-1.0, 0.2]], ordered).choices
    weights = np.exp([0.5, 1.0, -0.8])
    for option, share in enumerate(weights / weights.sum()):
        taken = rows["option"] == option
        assert abs(taken.mean() - share) < 4.0 * np.sqrt(share * (1.0 - share) / HOW_MANY)
        assert rows["chance"][taken] == pytest.approx(share)


def test_a_better_later_option_moves_no_ordered_choice_back() -> None:
    before = choices([[0.0], [0.0], [0.0]], ordered=True).choices["option"]
    after = choices([[0.0], [0.0], [1.0]], ordered=True).choices["option"]
    assert (after >= before).all()
    assert (after > before).any()


def test_a_better_option_among_others_moves_choices_to_it_alone() -> None:
    before = choices([[0.0], [0.0], [0.0]], ordered=False).choices["option"]
    after = choices([[0.0], [1.0], [0.0]], ordered=False).choices["option"]
    assert set(after[after != before].tolist()) == {1}


def test_the_reason_is_the_term_without_which_the_choice_had_been_another() -> None:
    rows = choices([[0.0, 0.0, 0.0], [0.0, 9.0, 0.1]], ordered=False).choices
    taken = rows[rows["option"] == 1]
    assert set(taken["term"].tolist()) == {1, NO_DECISIVE_TERM}
    alone = choices([[0.0, 0.0, 0.0], [0.0, 0.0, 0.1]], ordered=False).choices["option"]
    moved = alone[rows["option"] == 1] == 0
    assert (taken["term"][moved] == 1).all()
    assert (taken["term"][~moved] == NO_DECISIVE_TERM).all()


def test_of_several_decisive_reasons_the_strongest_is_booked() -> None:
    rows = choices([[0.0, 0.0, 0.0], [-6.0, 5.0, 4.0]], ordered=True).choices
    both = rows[(rows["option"] == 1) & (rows["term"] != NO_DECISIVE_TERM)]
    assert set(both["term"].tolist()) == {1}


def test_belief_is_the_share_of_good_with_a_disposition_of_its_own_weight() -> None:
    assert share_with_prior(0.0, 0.0, 3.0, 0.2) == pytest.approx(0.2)
    assert share_with_prior(6.0, 0.0, 3.0, 0.2) == pytest.approx(6.6 / 9.0)


def test_a_matter_has_a_known_agent_and_a_few_options() -> None:
    with pytest.raises(ValueError, match="no agent 'ghost'"):
        declare_choice("of ghosts", "ghost", ("a", "b"))
    with pytest.raises(ValueError, match="too many options"):
        declare_choice("of too much", "clique", tuple("abcdef"))
    assert not {"of ghosts", "of too much"} & {one.name for one in CHOICES_DECLARED.values()}


def test_what_is_booked_was_decided_in_its_month_by_somebody_of_its_kind(live: Callable[..., TrustModel]) -> None:
    world = live(3 * 62)
    rows = world.choices()
    first = tick_of(world.settings.start)
    assert ((first <= rows["tick"]) & (rows["tick"] < world.tick)).all()
    crowds = {"clique": len(world.state.cliques), "authority": len(world.state.boards)}
    for number, one in CHOICES_DECLARED.items():
        who = rows["who"][rows["matter"] == number]
        assert (who < crowds.get(one.agent, world.town.n_people)).all(), one.name
