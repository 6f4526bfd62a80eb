"""M32: files with evidence, detectives with hours, and who comes forward."""

from collections.abc import Callable

import pytest

from model.simulation.model import TrustModel

Live = Callable[..., TrustModel]
MONTH = 93
BUSY = {
    "crime.armed": 50.0,
    "crime.thieves": 50.0,
    "reporting.follow": 3.0,
    "reporting.intercept": 0.0,
    "investigation.base": 0.2,
    "investigation.investigators": 20.0,
    **dict.fromkeys(("crime.hire", "crime.lethal_robbery", "crime.lethal_assault"), 0.0),
}
"""Many files, none of them of a killing: a few of those take all hours of detectives."""


def total(world: TrustModel, name: str) -> float:
    """Sum of a measure over all months."""
    return float(world.datacollector.get_model_vars_dataframe()[name].sum())


@pytest.fixture(scope="module")
def usual(live: Live) -> TrustModel:
    return live(4 * MONTH, **BUSY)


def test_without_investigators_nothing_is_solved_and_files_are_shelved(live: Live, usual: TrustModel) -> None:
    none = live(4 * MONTH, **BUSY | {"investigation.investigators": 0.0, "investigation.months": 1})
    assert total(none, "cases_solved") == total(none, "arrests_warrant") == 0.0
    assert total(usual, "cases_solved") > 0 < total(usual, "arrests_warrant")
    files = none.state.files.used_rows()
    assert (none.tick - 1 - files["filed"][(files["warrant"] < 0) & (files["served"] < 0)] <= 2 * 91).all()


def test_more_hours_take_up_more_files_and_false_ones_cost_them(live: Live, usual: TrustModel) -> None:
    many = live(4 * MONTH, **BUSY | {"investigation.investigators": 60.0})
    false = live(4 * MONTH, **BUSY | {"investigation.false_cases": 3.0})
    assert total(false, "files_worked") < total(usual, "files_worked") < total(many, "files_worked")


def test_a_solved_file_holds_the_slot_that_it_names(live: Live) -> None:
    sure = live(
        4 * MONTH,
        **BUSY | {"investigation.base": 1.0, "investigation.arrest": 1.0, "justice.wrong": 0.0, "justice.remand": 60.0},
    )
    files = sure.state.files.used_rows()
    named = files[(files["warrant"] >= 0) & (files["served"] >= 0) & (files["offender"] >= 0)]
    slots = sure.state.offenders.used_rows()
    same = slots["generation"][named["offender"]] == named["generation"]
    assert len(named) > 0
    assert (slots["until"][named["offender"][same]] >= named["served"][same]).all()


def test_trust_brings_tips_witnesses_and_complaints(live: Live) -> None:
    low, high = (live(4 * MONTH, **BUSY | {"reporting.lift": lift}) for lift in (-0.3, 0.3))
    for name in ("tips", "witnesses"):
        assert total(low, name) < total(high, name)


def test_nobody_or_everybody_reports(live: Live, usual: TrustModel) -> None:
    nobody = live(MONTH, **BUSY | {"reporting.none_tell": 1.0, "deliberation.cases": 0})
    everybody = live(MONTH, **BUSY | {"reporting.all_tell": 1.0, "mechanisms.pressure": False})
    kinds = ("robbery", "theft", "burglary", "assault")
    assert all(total(nobody, f"crimes_told_{kind}") == 0.0 < total(usual, f"crimes_told_{kind}") for kind in kinds)
    assert total(everybody, "crimes_told_theft") + total(everybody, "told_communal") >= total(
        everybody, "crimes_occurred_theft"
    )


def test_the_reluctant_call_and_ratify_less(live: Live) -> None:
    few, all_of_them = (
        live(MONTH, **BUSY | {"reporting.all_tell": 1.0, "reporting.newcomers": share}) for share in (0.25, 1.0)
    )
    assert total(few, "complaints_filed") < total(all_of_them, "complaints_filed")
    assert total(few, "calls") < total(all_of_them, "calls")


MANY = {"gangs.ms13": 40, "gangs.barrio18": 40, "gangs.border": 200.0, "extortion.clash": 30.0}
CLIQUES = MANY | {"investigation.homicide": 50.0, "investigation.assault": 50.0, "investigation.arrest": 1.0}


def test_a_solved_act_of_a_clique_takes_a_member_into_custody(live: Live) -> None:
    world = live(4 * MONTH, rng=8, **BUSY | CLIQUES | {"justice.remand": 60.0, "justice.wrong": 0.0})
    assert world.month_row["members_held"] > 0
    held = world.state.prison.used_rows()["who"]
    assert (world.minds["member"][held] < 0).all()


def test_structures_bring_in_the_rest_of_a_clique(live: Live) -> None:
    one_by_one, whole = (
        live(4 * MONTH, rng=8, **BUSY | CLIQUES | {"justice.remand": 60.0, "investigation.structure": share})
        for share in (0.0, 1.0)
    )
    assert whole.month_row["members_held"] > 2 * one_by_one.month_row["members_held"] > 0


def test_other_cases_of_somebody_who_is_held_wait_for_detectives(live: Live) -> None:
    caught = BUSY | {
        "investigation.base": 0.0,
        "investigation.ratified": 0.0,
        "investigation.linked": 1.0,
        "offenders.street": 1.0,
        "response.decline": -40.0,
        "response.catch": 1.0,
        "response.goods": 1.0,
        "justice.wrong": 0.0,
    }
    at_work, idle = (live(4 * MONTH, **caught | {"investigation.hours": hours}) for hours in (110.0, 0.0))
    for world, clears in ((at_work, True), (idle, False)):
        files = world.state.files.used_rows()
        shown = files[(files["warrant"] >= 0) & (files["served"] == files["warrant"])]
        assert (len(shown) > 0) is clears
    assert total(idle, "cases_solved") == 0.0 < total(at_work, "cases_solved")
    assert total(idle, "held") > 0
