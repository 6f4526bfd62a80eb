"""Files of draws: what is written is read again, and one line says what is wrong."""

import pytest

from experiments.execution.parameter_draws import Draw, draws_bytes, read_draws
from model.engine.errors import InputError


def test_draws_are_read_as_they_were_written(tmp_path):
    draws = [
        Draw(1, {"trust.harm": 0.25, "near_repeat.kappa": 0.1}),
        Draw(2, {"trust.harm": 1.0, "near_repeat.kappa": 0}),
    ]
    path = tmp_path / "draws.csv"
    path.write_bytes(draws_bytes(draws))
    assert read_draws(path) == draws


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must have a head 'draw,PARAMETER,…' and at least one draw"),
        ("draw,trust.harm\n", "at least one draw"),
        ("number,trust.harm\n1,1\n", "must have a head"),
        ("draw,trust.harm,trust.harm\n1,1,1\n", "must name each parameter once"),
        ("draw,trust.harm\n1,1,1\n", "draw 1 must have 2 cells, got 3"),
        ("draw,trust.harn\n1,1\n", "draw 1: no parameter 'trust.harn'; did you mean 'trust.harm'"),
        ("draw,trust.harm\n1,9\n", r"draw 1: trust.harm must lie in \[0, 3\]"),
        ("draw,trust.harm\n1,much\n", "draw 1: trust.harm must be"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(tmp_path, text, message):
    path = tmp_path / "draws.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as told:
        read_draws(path)
    assert str(told.value).startswith(str(path))
    assert "\n" not in str(told.value)
