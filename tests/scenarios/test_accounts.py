"""Rival accounts: files whose settings are valid, each told in both languages, and one line for what is wrong."""

import pytest

import scenarios
from experiments.validation.sizes import EVENTS
from model.engine.errors import InputError
from scenarios import accounts

GOOD = """explains = "trust"
[[setting]]
parameters = ["trust.harm"]
value = 0.0
reason = "because"
"""


@pytest.mark.parametrize("name", accounts.names())
def test_an_account_can_be_loaded_and_says_what_it_claims_and_predicts(name):
    one = accounts.account(name)
    own = scenarios.load("villa_canales", set=accounts.read(name))
    for dotted, value in one.settings.items():
        group, key = dotted.split(".")
        assert getattr(own[group], key) == value
    for text in (one.title, one.claim, one.limits, one.prediction):
        assert text["en"]
        assert text["es"]
        assert text["en"] != text["es"]


def test_the_present_law_comes_first_and_changes_nothing():
    assert next(iter(accounts.names())) == accounts.PRESENT
    assert accounts.read(accounts.PRESENT) == {}


def test_every_other_account_changes_something_else_than_the_others():
    found = [accounts.read(name) for name in accounts.names() if name != accounts.PRESENT]
    assert all(found)
    assert len({tuple(sorted(one.items())) for one in found}) == len(found)


def test_every_weight_of_an_event_is_nought_where_attitudes_do_not_move():
    weights = {one.parameter for one in EVENTS}
    fixed = accounts.read("fixed_attitudes")
    assert weights
    assert weights <= set(fixed)
    assert not any(fixed.values())


def test_times_multiplies_the_default(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(GOOD.replace("value = 0.0", "times = 2.0"), encoding="utf-8")
    assert accounts.read(str(path)) == {"trust.harm": 2.0 * scenarios.load("villa_canales")["trust"].harm}


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("trust.harm", "trust.harn", "did you mean 'trust.harm'"),
        ("value = 0.0", "value = 9.0", "trust.harm must lie in"),
        ("value = 0.0", "", "give either value or times"),
        ("value = 0.0", "value = 0.0\ntimes = 2", "give either value or times"),
        ('reason = "because"', "", "reason must say why"),
        ('["trust.harm"]', "[]", "parameters must be a list of names"),
        ('explains = "trust"', 'explains = "truth"', "explains must be trust or crime"),
        ('explains = "trust"', 'explains = "trust"\nclaims = 1', "no key 'claims' in an account; did you mean 'claim'"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_in_one_line(tmp_path, before, after, message):
    path = tmp_path / "own.toml"
    path.write_text(GOOD.replace(before, after), encoding="utf-8")
    with pytest.raises(InputError, match=message) as told:
        accounts.read(str(path))
    assert str(path) in str(told.value)
    assert "\n" not in str(told.value)


def test_an_unknown_account_is_told_with_the_nearest_name():
    with pytest.raises(InputError, match="no account 'performance'; did you mean 'performance_only'"):
        accounts.read("performance")
