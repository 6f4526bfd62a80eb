"""Statements of the paper about the order of criteria, and rivals that know nothing."""

import numpy as np
import pandas as pd
import pytest

from experiments.validation import paper_statements as paper
from model.measures.criteria import criterion_parts

AS_WRITTEN = {"villa_canales": (0.5, 0.4, 0.2, 0.1), "totonicapan": (0.5, 0.6, 0.2, 0.1)}


def months(levels: tuple[float, ...], runs: int = 3, years: int = 3) -> pd.DataFrame:
    """Return the months of some runs from 2017 on in which every part of a criterion stands at its level."""
    parts = {part: level for k, level in enumerate(levels, 1) for part in criterion_parts(f"c{k}")}
    when = pd.date_range("2017-01-01", periods=12 * years, freq="MS")
    return pd.concat([pd.DataFrame({"month": when, "seed": seed, **parts}) for seed in range(runs)])


def found(**changes: tuple[float, ...]) -> dict[str, float]:
    """Return the shares in the field work, with the levels of a site changed."""
    vc, tot = (paper.scores_of_window(months(levels)) for levels in (AS_WRITTEN | changes).values())
    return paper.shares(vc, tot)


def test_levels_as_the_paper_orders_them_hold_to_every_statement() -> None:
    assert set(found().values()) == {1.0}


@pytest.mark.parametrize(
    ("failed", "totonicapan"),
    [
        ({"L01"}, (0.61, 0.65, 0.2, 0.1)),
        ({"L02", "L05"}, (0.5, 0.4, 0.2, 0.1)),
        ({"L03"}, (0.5, 0.6, 0.31, 0.1)),
        ({"L04"}, (0.5, 0.6, 0.2, 0.21)),
        ({"L05"}, (0.5, 0.45, 0.2, 0.1)),
    ],
)
def test_each_statement_fails_where_it_is_not_so(failed: set[str], totonicapan: tuple[float, ...]) -> None:
    assert {name for name, share in found(totonicapan=totonicapan).items() if share < 1.0} == failed


def test_exchanged_sites_fail_and_random_orders_hold_as_often_as_chance() -> None:
    vc, tot = (paper.scores_of_window(months(levels)) for levels in AS_WRITTEN.values())
    assert paper.shares(tot, vc)["L02"] == 0.0
    distinct = {f"c{k}": np.array([k / 10.0]) for k in range(1, 5)}, {f"c{k}": np.array([k / 9.0]) for k in range(1, 5)}
    chance = paper.chance_shares(*distinct)
    assert chance["L02"] == pytest.approx(1 / 2, abs=0.11)
    assert chance["L04"] == pytest.approx(1 / 16, abs=0.06)
    assert chance["L05"] == pytest.approx(1 / 4, abs=0.1)


def test_a_verdict_that_hangs_on_one_part_is_told_in_lines_of_80_columns() -> None:
    site = months(AS_WRITTEN["totonicapan"])
    site["c2.consent"] = 1.0
    site.loc[:, [part for part in criterion_parts("c2") if part != "c2.consent"]] = 0.38
    runs = {"present values": {"villa_canales": months(AS_WRITTEN["villa_canales"]), "totonicapan": site}}
    lines = list(paper.statement_lines(runs, 3.0))
    assert any(line.startswith("  without c2.consent: C2 higher in Totonicapán, 0 %") for line in lines)
    assert max(map(len, lines)) <= 80
