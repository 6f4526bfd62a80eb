"""Requests of examinations: names, and what makes no sense together."""

from pathlib import Path
from typing import Any

import pytest

from experiments.dev.examinations.command import (
    ENTRIES,
    EXAMINATIONS,
    WITH_QUICK,
    ValidationRequest,
    call_of,
    requested_names,
)
from model.engine.errors import InputError


@pytest.mark.parametrize(
    ("words", "asked", "told"),
    [
        (["ceiling", "--effects"], {}, "'validate --effects' went with version 0.4: write 'validate effects'"),
        (["--nothing"], {}, "no option '--nothing'"),
        (["effects", "--quikc"], {}, "no option '--quikc'; did you mean '--quick'?"),
        (["efects"], {}, "no examination 'efects'; did you mean 'effects'?"),
        ([], {}, "name what to validate: knockouts, audit, criteria, ranges, effects, ceiling, headline"),
        (["effects"], {"years": 3.0}, "--years has no meaning with effects"),
        (["effects"], {"quick": True, "scale": 1.0}, "--quick sets --replicates, --years and --scale itself"),
        (["effects"], {"replicates": 0}, "--replicates must be at least 1, got 0"),
        (["effects"], {"scale": 0.01}, "--scale must lie between 0.05 and 1, got 0.01"),
        (["ceiling"], {"years": -1.0}, "--years must be more than 0, got -1"),
        (["decisions", "still"], {"years": 0.5}, "--years of decisions and still must be at least 1, got 0.5"),
        (["lessons"], {"replicates": 2}, "--replicates, --years and --scale have no meaning with lessons"),
        (["knockouts"], {"quick": True}, f"--quick goes with {', '.join(WITH_QUICK)} only"),
        (
            ["ceiling"], {"only": ("placebo",)},
            "--only names mechanisms for knockouts, rows for audit or experiments for effects: name one of them",
        ),
        (["ceiling"], {"out": Path(__file__)}, "is a file, not a folder"),
    ],
)  # fmt: skip
def test_what_cannot_be_validated_is_told_in_one_line(words: list[str], asked: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as refused:
        ValidationRequest(names=requested_names(words), **asked).check()
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_name_counts_once() -> None:
    assert requested_names(["hindcast", "ceiling", "hindcast"]) == ("hindcast", "ceiling")


@pytest.mark.parametrize("name", EXAMINATIONS)
def test_every_examination_has_its_call(name: str) -> None:
    assert callable(call_of(name, ValidationRequest(names=(name,), quick=name in WITH_QUICK)))


def test_what_is_asked_for_replaces_the_usual_size() -> None:
    usual, asked = ValidationRequest(names=()), ValidationRequest(names=(), replicates=2, scale=0.5, years=2.5)
    assert (usual.size_of("decisions").seeds, usual.size_of("decisions").scale) == (20, 0.25)
    assert (asked.size_of("decisions").seeds, asked.size_of("decisions").scale) == (2, 0.5)
    assert (usual.years_of("decisions"), asked.years_of("decisions"), asked.years_of("ceiling")) == (3, 2, 2.5)
    assert ValidationRequest(names=(), quick=True).years_of("still") == ENTRIES["still"]["quick_years"]
