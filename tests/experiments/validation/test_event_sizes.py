"""Sizes of events: the tape of a year, the law for all at once, the simulated panel, calibration, readings."""

import tomllib

import numpy as np
import pytest

from experiments.execution.trust_accounts import READINGS
from experiments.validation import calibration, impression_replay, panel
from experiments.validation.calibration import (
    numbers_of,
    points_of_event,
    reference_town,
    state_of,
    weight_of_size,
)
from experiments.validation.impression_replay import (
    CAUSE_NUMBER,
    PANEL_EVENTS,
    WEIGHT_PARAMETERS,
    RecordingModel,
    Tape,
    evidence_of_year,
)
from experiments.validation.sizes import EVENT_BY_NAME, EVENTS
from experiments.voi.panel_survey import PREDICTIONS_FILE
from model.engine.calendar import YEAR
from model.engine.parameters import all_parameters
from model.engine.rows import zero_rows
from model.simulation.columns import ResidentState
from model.trust import belief_updating
from model.trust.belief_updating import EVIDENCE_COLUMNS
from model.trust.ledger import Trust, decay_since
from scenarios import load

SMALL = {"population.scale": 0.05}


@pytest.fixture(scope="module")
def small() -> tuple[Tape, dict[str, float]]:
    """The tape of a small reference town, and its numbers."""
    return reference_town(0.05)


def test_the_law_for_all_at_once_is_that_of_the_kernels() -> None:
    rng = np.random.default_rng(3)
    minds = zero_rows(ResidentState, 200)
    for name in (*EVIDENCE_COLUMNS, "disposed_fairness", "disposed_effectiveness"):
        minds[name] = rng.random(200)
    disposition = np.stack([minds["disposed_fairness"], minds["disposed_effectiveness"]])
    ours = panel.trust_of(disposition, {name: minds[name] for name in EVIDENCE_COLUMNS})
    np.testing.assert_allclose(ours, [belief_updating.trust_of(mind, 1.0) for mind in minds], rtol=1e-12)


def test_a_year_on_tape_leaves_what_learning_it_shift_by_shift_leaves() -> None:
    scenario = load("villa_canales", set=SMALL)
    world, numbers = RecordingModel(scenario, rng=2), numbers_of(scenario)
    one = impression_replay.tape_of(scenario, 2, numbers, world.town)
    ours, trust = evidence_of_year(one, numbers), world.parameters[Trust][0]
    ticks = np.concatenate([np.full(len(rows), tick) for tick, rows in world.tape])
    rows = np.concatenate([rows for _, rows in world.tape])
    busy = int(np.bincount(one.who).argmax())
    minds = zero_rows(ResidentState, 1)
    before = one.who == busy
    assert before.sum() > 5
    who = rows["who"][np.flatnonzero(keeps(rows, ticks, world, one, busy))][0]
    for tick, row in zip(ticks[rows["who"] == who], rows[rows["who"] == who], strict=True):
        if world.tick - tick <= YEAR:
            age(minds[0], int(tick), trust)
            belief_updating.add_evidence(minds[0], row, trust)
    age(minds[0], world.tick, trust)
    for name in EVIDENCE_COLUMNS:
        assert ours[name][busy] == pytest.approx(minds[0][name], rel=1e-9, abs=1e-15)


def keeps(rows, ticks, world, one, place):
    """Tell which impressions on a whole tape are of an adult, found by the number and age of what they had."""
    ages = sorted(one.age[one.who == place])
    found = {}
    for who in np.unique(rows["who"]):
        mine = (rows["who"] == who) & (world.tick - ticks <= YEAR)
        found[who] = sorted((world.tick - ticks[mine]) / YEAR) == ages
    return np.array([found[who] for who in rows["who"]])


def age(mind, tick, trust):
    """Let the evidence of one row fade to a tick."""
    fast, slow = decay_since(mind, tick, trust)
    belief_updating.decay_good(mind, fast, slow)
    belief_updating.decay_bad(mind, fast, slow)
    mind["touched"] = tick


def test_what_is_told_has_the_cause_of_what_was_lived() -> None:
    world = RecordingModel(load("villa_canales", set=SMALL), rng=1)
    rows = np.concatenate([rows for _, rows in world.tape])
    heard = rows["cause"] < 0
    assert heard.any()
    assert not np.isin(
        rows["cause"][heard] + 100, [CAUSE_NUMBER["hearsay"], CAUSE_NUMBER["at_home"], CAUSE_NUMBER["scandal"]]
    ).any()


def test_every_cause_that_teaches_has_a_weight_and_every_weight_a_size(small) -> None:
    tape, _ = small
    assert {name for name in impression_replay.WEIGHTS_OF_CAUSE if name in CAUSE_NUMBER} == set(
        impression_replay.WEIGHTS_OF_CAUSE
    )
    assert {one.parameter for one in EVENTS} >= set(WEIGHT_PARAMETERS)
    for share, by in ((tape.share_f, tape.by_f), (tape.share_e, tape.by_e)):
        full = share[tape.first_hand & (by == WEIGHT_PARAMETERS.index("trust.unanswered"))]
        assert set(np.round(full, 9)) <= {0.3, 1.0}


def test_the_panel_finds_nothing_where_nothing_is_taught_and_nobody_selects(small, subtests: pytest.Subtests) -> None:
    tape, numbers = small
    silent = numbers | {f"contacts.weight_{one}": 0.0 for one in PANEL_EVENTS}
    found = panel.panel_of(tape, silent, 0.0)
    for kind in PANEL_EVENTS:
        with subtests.test(kind=kind):
            assert abs(found.coefficients[kind]) < 4.0 * found.errors[kind]


def test_self_selection_alone_looks_like_an_effect(small) -> None:
    tape, numbers = small
    silent = numbers | {f"contacts.weight_{one}": 0.0 for one in PANEL_EVENTS}
    found = panel.panels_of(tape, silent, 0.6)
    assert found.coefficients["meeting"] > 0.0 > found.coefficients["bribe"]


def test_weightier_abuse_has_a_greater_coefficient(small) -> None:
    tape, numbers = small
    more = numbers | {"contacts.weight_abuse": 2.0 * numbers["contacts.weight_abuse"]}
    one, other = (panel.panel_of(tape, some).coefficients["abuse"] for some in (numbers, more))
    assert other < one < 0.0


def test_panels_lie_at_the_level_of_the_reference_town(small) -> None:
    tape, numbers = small
    assert state_of(tape, numbers, every=1).trust.mean() == pytest.approx(panel.MEAN_TRUST, abs=1e-6)


def test_a_weight_gives_the_size_that_it_is_set_to_and_its_range_fits(small, subtests: pytest.Subtests) -> None:
    tape, numbers = small
    known = {name: about for name, _, about in all_parameters()}
    for event in EVENTS:
        with subtests.test(event.name):
            state = state_of(tape, numbers, every=2)
            for aim in (event.points, event.low, event.high):
                weight = weight_of_size(state, event, numbers, aim)
                assert points_of_event(state, event, {**numbers, event.parameter: weight}, 3.0) == pytest.approx(
                    aim, abs=1e-3
                )
                assert known[event.parameter].low <= weight <= known[event.parameter].high


def test_a_friendly_visit_fades_within_weeks_and_abuse_within_years(small) -> None:
    tape, numbers = small
    state = state_of(tape, numbers)
    kinds = ("abuse", "long visit", "scandal")
    sizes = {name: [points_of_event(state, EVENT_BY_NAME[name], numbers, day) for day in (3, 365)] for name in kinds}
    left = {name: late / early for name, (early, late) in sizes.items()}
    assert left["abuse"] > 0.6 > 0.2 > left["long visit"] > 0.0
    assert left["scandal"] < 0.2


def test_the_defaults_are_those_of_the_first_reading() -> None:
    known = {name: value for name, value, _ in all_parameters()}
    assert {name: known[name] for name in READINGS["panel"]} == READINGS["panel"]


@pytest.mark.parametrize("name", READINGS)
def test_a_reading_can_be_set_or_says_that_it_is_not_solved(name: str) -> None:
    reading = dict(READINGS[name])
    if "unsolved" in reading:
        assert list(reading) == ["unsolved"]
    else:
        load("villa_canales", set=reading)


@pytest.mark.slow
def test_the_calibrated_weights_give_what_they_were_set_to() -> None:
    tape, numbers = reference_town()
    found = panel.panels_of(tape, numbers)
    for kind, aim in calibration.PANEL_AIMS.items():
        assert found.coefficients[kind] == pytest.approx(aim, abs=3.0 * found.errors[kind])
    assert found.correlation == pytest.approx(calibration.RETEST_CORRELATION, abs=0.01)
    predicted = tomllib.loads(PREDICTIONS_FILE.read_text(encoding="utf-8"))
    assert predicted["interviewed"] == panel.N_PANELS * panel.INTERVIEWED
    for kind, one in predicted["present_law"].items():
        assert found.coefficients[kind] == pytest.approx(one["coefficient"], abs=3.0 * one["error"])
    state = state_of(tape, numbers)
    for event in EVENTS:
        if event.name not in PANEL_EVENTS:
            assert points_of_event(state, event, numbers, 3.0) == pytest.approx(event.points, rel=0.03, abs=0.02)
