"""The orders of magnitude and how a run is set beside them."""

import math
import re

import pandas as pd
import pytest

from experiments.execution.run_requests import plan_runs
from experiments.execution.runs import run_all
from experiments.narrative.messages import figure_message
from experiments.statistics.annual_aggregation import Expression, years_of
from experiments.storage.run_folder import join_runs
from experiments.validation.check import LABEL_WIDTHS, check_lines
from experiments.validation.orders import orders, orders_for
from experiments.words.bilingual import FigureTexts
from model.simulation.registry import MEASURES

SITES = {"villa_canales", "totonicapan"}


def test_an_order_of_magnitude_is_a_rising_band_for_a_known_site(subtests):
    for order in orders():
        with subtests.test(order.name.strip()):
            assert set(order.bands) <= SITES
            assert order.bands
            for low, central, high in order.bands.values():
                assert 0 <= low <= central <= high


def test_a_row_reads_measures_or_says_why_it_cannot(subtests):
    for order in orders():
        with subtests.test(order.name.strip()):
            assert order.evidence
            if order.expression is None:
                assert order.note
            else:
                assert set(order.expression.columns) <= set(MEASURES)


def test_a_name_in_either_language_stands_for_one_row():
    names = [name.strip() for order in orders() for name in {order.name, order.name_es}]
    assert all(names)
    assert len(set(names)) == len(names)
    assert [order.name for order in orders() if bool(order.note) != bool(order.note_es)] == []


def test_a_row_of_each_kind_is_counted():
    kinds = [order.expression is None for order in orders()]
    assert any(kinds)
    assert not all(kinds)
    total = figure_message("check.total", FigureTexts("en"), inside=1, compared=2, missing=0)
    assert total == "1 of 2 rows inside; 0 not counted"


def months(n, **columns):
    dates = pd.date_range("2017-01-01", periods=n, freq="MS")
    return pd.DataFrame({"month": dates, **columns})


def test_counts_of_a_part_of_a_year_are_scaled_to_a_year():
    assert Expression(sum=("arrests",)).of(months(3, arrests=[1, 2, 3])) == 24.0


def test_a_share_is_a_ratio_of_sums_and_not_a_mean_of_ratios():
    year = months(2, stops=[1, 9], contacts=[10, 10])
    assert Expression(sum=("stops",), per=("contacts",), scale=100.0).of(year) == 50.0


def test_a_share_of_nothing_is_unknown():
    assert math.isnan(Expression(sum=("stops",), per=("contacts",)).of(months(1, stops=[0], contacts=[0])))


def test_a_rate_is_per_mean_resident():
    year = months(12, homicides=[1] * 12, residents=[60_000] * 6 + [40_000] * 6)
    assert Expression(sum=("homicides",), per_mean="residents", scale=1e5).of(year) == pytest.approx(24.0)


@pytest.mark.parametrize(("n", "lengths"), [(5, [5]), (12, [12]), (30, [12, 12])])
def test_years_are_full_unless_there_is_none(n, lengths):
    assert [len(year) for year in years_of(months(n))] == lengths


def test_every_row_of_a_site_is_set_beside_the_run(subtests):
    specs = plan_runs("villa_canales", sets=["population.scale=0.05"], years=0.3)
    measures = join_runs(run_all(specs).results)["measures"].to_pandas()
    rows = [order for order in orders() if "villa_canales" in order.bands]
    missing = sum(order.expression is None for order in rows)
    for language, inside, outside, last in (
        ("en", "  in\n", " OUT\n", "of {} rows inside; {} not counted"),
        ("es", " dentro\n", "  FUERA\n", "de {} filas dentro; {} sin contar"),
    ):
        with subtests.test(language):
            told = "\n".join(check_lines(rows, "villa_canales", measures, language))
            assert max(map(len, told.splitlines())) <= 80
            verdicts = told.count(inside) + told.count(outside)
            assert verdicts == len(rows) - missing
            assert told.endswith(last.format(verdicts, missing))
            assert bool(re.search(r"\b(the|of|and|by|years|runs|mean|crimes)\b", told)) == (language == "en")


def test_a_label_is_apart_from_the_number_behind_it(subtests):
    for order in orders():
        for name, language in ((order.name, "en"), (order.name_es, "es")):
            with subtests.test(name):
                assert len(f"  {name}") <= LABEL_WIDTHS[language]


def test_a_scenario_without_orders_of_magnitude_shows_what_is_counted_and_says_so():
    specs = plan_runs("baseline", sets=["population.scale=0.05", "calendar.warm_up=0"], years=0.1)
    measures = join_runs(run_all(specs).results)["measures"].to_pandas()
    rows = orders_for("baseline", "baseline")
    told = "\n".join(check_lines(rows, "baseline", measures))
    assert len(rows) == sum(order.expression is not None for order in orders())
    assert "There are no orders of magnitude for 'baseline'" in told
    assert not re.search(r"  in$| OUT$", told, re.MULTILINE)
    assert max(map(len, told.splitlines())) <= 80
