"""The specialist's table: its rows are well formed, its numbers have known answers, its text fits the terminal."""

import datetime
import math

import numpy as np
import pandas as pd
import pytest

from experiments.dev.examinations.command import ValidationRequest, run_examinations
from experiments.dev.examinations.facts import COLUMNS, ROLE_WORDS, Fact, facts, own_columns, row_of
from experiments.validation.experiment import SITES
from experiments.validation.orders import orders
from model.simulation.registry import MEASURES

FACTS = facts()
BY_NAME = {fact.order.name.strip(): fact for fact in FACTS}
MONTHS = [datetime.date(2017 + k // 12, 1 + k % 12, 1) for k in range(36)]


class Told:
    """A world as far as the table reads it: two settlements, one more afraid, and nobody killed."""

    def __init__(self) -> None:
        month = [12 * day.year + day.month - 1 for day in MONTHS for _ in range(2)]
        fear = [0.2, 0.6] * len(MONTHS)
        self.rows = np.array(list(zip(month, fear, strict=True)), [("month", int), ("fear", float)])
        self.kept = {"incidents": [np.zeros(0, [("kind", int), ("victim", int), ("tick", int)])]}
        self.town = type("Town", (), {"people": np.zeros(0), "settlements": (), "cells": {"settlement": np.zeros(0)}})

    def settlement_months(self) -> np.ndarray:
        return self.rows


def months_with(**columns: object) -> pd.DataFrame:
    zero = ("trust_mean", "mayor_willing", "fear_mean", "trust_women", "trust_men", "trust_contact", "trust_no_contact")
    held = ("sentenced", "offenders_held", "members_held", "others_held")
    return pd.DataFrame({"month": MONTHS, **dict.fromkeys((*zero, *held), 0.0), **columns})


def own(**columns: object) -> dict[str, np.ndarray]:
    return {name: np.asarray(value) for name, value in own_columns(Told(), months_with(**columns), []).items()}  # type: ignore[arg-type]


def test_every_row_of_check_stands_in_the_table_and_each_site_has_its_rows() -> None:
    names = [fact.order.name for fact in FACTS]
    assert {order.name for order in orders() if order.expression} <= set(names)
    assert len(set(names)) == len(names)
    for site in SITES:
        assert sum(site in fact.order.bands for fact in FACTS) >= 60


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.order.name.strip())
def test_a_row_is_well_formed(fact: Fact) -> None:
    made = {name for name in own_columns_made() if name.startswith("facts.")}
    assert fact.order.expression is not None
    assert set(fact.order.expression.columns) <= {*MEASURES, *made}
    assert fact.role in ROLE_WORDS
    assert fact.rule in ("mean", "spread", "dispersion")
    assert all(low <= central <= high for low, central, high in fact.order.bands.values())
    assert max(len(fact.order.name), len(fact.order.name_es)) <= 36
    assert fact.order.evidence


def own_columns_made() -> set[str]:
    return {*own(), "facts.visits_of_median_canton"}


def test_the_steps_at_new_year_are_those_of_the_months() -> None:
    trust = 0.4 + 0.01 * np.array([day.year - 2017 for day in MONTHS])
    willing = [0.0] * 12 + [1.0] * 24
    made = own(trust_mean=trust, mayor_willing=willing, sentenced=2.0)
    assert math.isnan(made["facts.january_step"][0])
    assert made["facts.january_step"][12] == pytest.approx(1.0)
    assert made["facts.january_step"][13] == 0.0
    assert made["facts.mayor_changed"][[12, 24]].tolist() == [1.0, 0.0]
    assert made["facts.sentenced_june_november"].sum() == 12.0
    assert made["facts.fear_between_settlements"] == pytest.approx(20.0)


def test_rules_have_known_answers() -> None:
    months = pd.DataFrame({"month": MONTHS, "homicides": [1.0] * 12 + [2.0] * 12 + [3.0] * 12})
    dispersion = BY_NAME["killings, variance over mean"]
    assert dispersion.of(months, 1.0) == pytest.approx(144.0 / 24.0)
    fear = pd.DataFrame({"month": MONTHS, "facts.fear": [10.0] * 12 + [20.0] * 12 + [30.0] * 12})
    assert BY_NAME["fear, spread over years"].of(fear, 1.0) == pytest.approx(10.0)
    assert BY_NAME["homicides"].of(months, 0.5) == pytest.approx(48.0)


def test_a_row_beside_another_town_is_the_ratio_and_knows_its_range() -> None:
    ours, theirs = (pd.DataFrame({"month": MONTHS, "crowds": number}) for number in (0.25, 1.0))
    fact = BY_NAME["attempts, of Villa Canales' = 1"]
    row = row_of(fact, "totonicapan", {"totonicapan": [ours] * 2, "villa_canales": [theirs] * 2}, 1.0)
    assert (row["mean"], row["inside"]) == (pytest.approx(0.25), True)
    assert set(row) == set(COLUMNS)


@pytest.mark.thorough
def test_the_table_is_written_in_both_languages_within_80_columns(tmp_path, capsys) -> None:
    assert run_examinations(ValidationRequest(names=("facts",), quick=True, out=tmp_path))
    text = (tmp_path / "facts.txt").read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 80
    assert "dentro: " in text
    assert "inside: " in text
    table = pd.read_csv(tmp_path / "facts.csv")
    assert list(table.columns) == list(COLUMNS)
    assert set(table["site"]) == set(SITES)
