"""The withdrawn conclusions name figures that are on record, and none typed by hand."""

import csv
import re

import pytest

from experiments.dev.documents import withdrawn
from model.engine.errors import InputError


def test_every_figure_is_that_on_record() -> None:
    with (withdrawn.RESULTS / "headline" / "current.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["year"] == "3"]
    (row,) = (
        one
        for one in rows
        if (one["site"], one["world"], one["measure"]) == ("villa_canales", "mopsic_full", "trust_mean")
    )
    told = withdrawn.with_figures("by {headline | villa_canales | mopsic_full | trust_mean} points")
    assert f"{float(row['effect']):+.2f}".replace("-", "−") in told


def test_no_conclusion_has_a_figure_typed_by_hand() -> None:
    for conclusion in withdrawn.conclusions():
        assert set(conclusion) == {"said", "now", "why"}
        text = re.sub(r"\{[^}]*\}|\]\([^)]*\)|\bC[1-4]\b|decision \d+|\b48 Cantones\b|of 100\b", "", conclusion["now"])
        assert not re.search(
            r"\d", text + re.sub(r"\{[^}]*\}|\]\([^)]*\)|\bC[1-4]\b|\b48\b|decision \d+", "", conclusion["why"])
        )


def test_the_table_has_a_row_for_each_conclusion_and_every_figure_filled_in() -> None:
    table = withdrawn.withdrawn_table()
    assert table.count("\n") == 2 + len(withdrawn.conclusions())
    assert not re.search(r"[{}]", table)


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (("headlin", ("a",)), "no table 'headlin' of figures; did you mean 'headline'?"),
        (
            ("criteria", ("villa_canales", "status_quo", "c9")),
            r"did you mean 'villa_canales \| status_quo \| c\d'",
        ),
    ],
)
def test_a_figure_that_is_not_on_record_is_one_line(key: tuple[str, tuple[str, ...]], told: str) -> None:
    with pytest.raises(InputError, match=told):
        withdrawn.figure(*key)
