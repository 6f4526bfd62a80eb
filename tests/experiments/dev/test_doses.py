"""Doses: worlds that are given something, the dose for some points, the share at which contacts pay."""

import math

import numpy as np
import pytest

from experiments.cli.app import run_program
from experiments.dev.examinations import doses
from experiments.dev.examinations.doses import (
    BASE_DOSE,
    CORNER_LABELS,
    CORNERS,
    DOSES,
    FAIRNESS_STEPS,
    AddedContacts,
    DosedModel,
    break_even,
    dose_for,
    format_doses,
    settings_of_reading,
)
from experiments.figures.record_figures import draw_doses
from experiments.figures.svg import render_figure
from experiments.validation.experiment_runs import QUICK
from experiments.words.bilingual import FigureTexts
from model.engine.errors import InputError
from model.simulation.model import TrustModel
from scenarios import load


@pytest.fixture(scope="module")
def start() -> TrustModel:
    """A small town at the end of its warm-up."""
    return TrustModel(load("villa_canales", set={"population.scale": 0.05}), rng=1)


def after(start: TrustModel, given: AddedContacts, shifts: int = 180) -> DosedModel:
    world = DosedModel.resumed(start.settings, start.checkpoint(), town=start.town)
    world.given = given
    for _ in range(shifts):
        world.step()
    return world


@pytest.fixture(scope="module")
def plain(start) -> DosedModel:
    return after(start, AddedContacts())


def test_who_is_given_nothing_lives_as_in_any_world(start, plain) -> None:
    world = TrustModel.resumed(start.settings, start.checkpoint(), town=start.town)
    for _ in range(180):
        world.step()
    np.testing.assert_array_equal(world.minds["trust"], plain.minds["trust"])


@pytest.mark.parametrize("given", [AddedContacts(visits=0.4), AddedContacts(meetings=0.4), AddedContacts(served=1.0)])
def test_what_is_given_raises_trust(start, plain, given) -> None:
    assert after(start, given).minds["trust"].sum() > plain.minds["trust"].sum()


def test_twice_the_visits_bring_more(start) -> None:
    some, more = (after(start, AddedContacts(visits=x)).minds["trust"].sum() for x in (0.2, 0.8))
    assert more > some


def test_served_calls_need_no_visit_and_leave_no_call_unanswered(start) -> None:
    world = after(start, AddedContacts(served=1.0))
    felt = world.state.ledger[0, 6]
    assert felt.sum() == 0.0


def test_doses_have_names_of_their_own_and_worlds_that_can_be_read(tmp_path) -> None:
    assert len({one.name for one in DOSES}) == len(DOSES)
    assert len(CORNER_LABELS) == sum(one.corners for one in DOSES[1:])
    for one in DOSES:
        for word in doses.policies_of_dose(one, tmp_path):
            load("totonicapan", policies=[word])


def test_corners_keep_or_calibrate_weights() -> None:
    centre = settings_of_reading("panel", QUICK)
    kept = settings_of_reading("asymmetry 5", QUICK)
    assert [one for one in kept if one not in centre] == ["trust.asymmetry=5.0"]
    assert "trust.memory_years=0.5" in settings_of_reading("memory .5 y", QUICK)
    with pytest.raises(InputError, match="could not be solved"):
        settings_of_reading("no such", QUICK)


@pytest.mark.parametrize(
    ("known", "dose"),
    [([(0.1, 1.0), (0.2, 4.0)], 0.1667), ([(0.1, 1.0), (0.2, 2.0)], 0.3), ([(0.1, 1.0), (0.2, 1.0)], math.inf)],
)
def test_the_dose_for_three_points_lies_between_those_tried_or_beyond(known, dose) -> None:
    assert dose_for(3.0, known) == pytest.approx(dose)


def made_up(slope: float) -> dict[str, dict[str, object]]:
    """Return worlds in which more contacts cost half a point less with each step of fairness."""
    worlds = {one.name: {"trust": [0.4 + slope * k / 1000] * 120, "adults": 100.0, "contacts": 100.0, "unfair": 12.0,
                         "couple_shifts": 50.0} for k, one in enumerate(DOSES)}  # fmt: skip
    for step, x in enumerate(FAIRNESS_STEPS):
        fair = BASE_DOSE.name if x == 0.0 else f"fair_at_{x:g}"
        worlds[fair]["unfair"] = 12.0 - 5.0 * step
        worlds[f"more_at_{x:g}"]["trust"] = [worlds[fair]["trust"][0] + (step - 0.5) / 100] * 120  # type: ignore[index]
    return worlds


def test_contacts_pay_from_the_share_at_which_more_of_them_change_nothing() -> None:
    assert break_even(made_up(1.0)) == pytest.approx(0.88 + 0.05 / 2)


def test_the_table_and_the_figure_show_both_readings_and_the_band() -> None:
    found = {(site, reading): [made_up(slope)] for site in doses.SITES
             for slope, reading in ((1.0, "panel"), (0.5, "single"), (2.0, "asymmetry 5"))}  # fmt: skip
    rows = list(doses.rows_of(found))
    text = "\n".join(format_doses(rows, found, 1))
    assert "+0.10 / +0.10 / +0.10 [+0.10, +0.20]" in text
    assert "pay from 0.905" in text
    for language, told in (("es", "un trato más justo da +0.1 puntos"), ("en", "fairer treatment brings +0.1 points")):
        figure = draw_doses(rows, FigureTexts(language))
        assert told in figure.get_label()
        assert render_figure(figure, ".png", "x").startswith(b"\x89PNG")


@pytest.mark.slow
def test_the_command_writes_table_and_figure(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(doses, "SITES", ("totonicapan",))
    assert run_program(["validate", "--doses", "--quick", "--out", "found"]) == 0
    assert {path.name for path in (tmp_path / "found").iterdir()} == {f"doses.{end}" for end in ("txt", "csv", "png")}
    assert len(CORNERS) == 11
