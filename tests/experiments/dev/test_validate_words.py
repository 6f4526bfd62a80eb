"""The words of `confianza validate` that name its examinations."""

import pytest

from experiments.dev.examinations.command import EXAMINATIONS, WITH_QUICK, ValidationRequest, call_of, requested_names


def test_the_form_of_version_0_2_means_the_same_and_warns_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert requested_names(["--effects", "ceiling", "effects"]) == ("effects", "ceiling")
    printed = capsys.readouterr()
    assert printed.err == "'validate --effects' goes with version 0.4: write 'validate effects'\n"
    assert printed.out == ""


def test_other_words_stay_as_they_are_and_are_told_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert requested_names(["laws", "--nothing"]) == ("laws", "--nothing")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", EXAMINATIONS)
def test_every_examination_has_its_call(name: str) -> None:
    assert callable(call_of(name, ValidationRequest(names=(name,), quick=name in WITH_QUICK)))
