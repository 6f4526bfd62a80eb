"""The words of `python -m experiments.dev validate` that name its examinations."""

import pytest

from experiments.dev.examinations.command import EXAMINATIONS, WITH_QUICK, ValidationRequest, call_of, requested_names
from model.engine.errors import InputError


def test_the_form_of_version_0_2_is_refused_with_what_to_write_instead() -> None:
    with pytest.raises(InputError, match=r"^'validate --effects' went with version 0\.4: write 'validate effects'$"):
        ValidationRequest(names=requested_names(["ceiling", "--effects"])).check()


def test_a_name_counts_once_and_an_unknown_option_is_told_as_such() -> None:
    assert requested_names(["laws", "ceiling", "laws"]) == ("laws", "ceiling")
    with pytest.raises(InputError, match="no option '--nothing'"):
        ValidationRequest(names=("--nothing",)).check()


@pytest.mark.parametrize("name", EXAMINATIONS)
def test_every_examination_has_its_call(name: str) -> None:
    assert callable(call_of(name, ValidationRequest(names=(name,), quick=name in WITH_QUICK)))
