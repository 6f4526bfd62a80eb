"""The driver of the reference results: what the README says, what is skipped, what a failure stops."""

import re
import shlex
from pathlib import Path

import pytest

from experiments.dev import reference
from experiments.dev.examinations.command import EXAMINATIONS
from experiments.dev.reference import FOLDER, ReferenceResult, results_by_name
from model.engine.errors import InputError


def test_the_readme_has_every_file_with_what_makes_it() -> None:
    told = reference.README.read_text(encoding="utf-8")
    assert reference.readme_table() in told, "run: python -m experiments.dev.documents"
    for one in results_by_name().values():
        made_by = f"`reference {one.name}`" if one.commands else "by hand"
        assert re.search(rf"^\| .*{re.escape(one.every_file[-1])}.* \| {made_by}", told, re.MULTILINE)


def test_no_file_is_made_twice_and_every_file_on_record_is_listed() -> None:
    made = [name for one in results_by_name().values() for name in one.every_file]
    assert len(made) == len(set(made))
    unlisted, missing = reference.unrecorded_files(FOLDER)
    assert unlisted == set(), "files that no line of made.csv lists"
    assert missing == set(), "files of made.csv that are not there"
    assert set(reference.read_record(FOLDER)) <= set(results_by_name())


def test_a_file_that_no_line_lists_is_found_and_a_line_without_a_file(tmp_path: Path) -> None:
    record = "name,bits,minutes,command,files\none,x,1,c,one.txt tables/**/*\n"
    (tmp_path / reference.RECORD_FILE).write_text(record, encoding="utf-8")
    (tmp_path / "tables").mkdir()
    for name in ("tables/of_one.csv", "stray.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert reference.unrecorded_files(tmp_path) == ({"stray.txt"}, {"one.txt"})


@pytest.mark.parametrize("one", results_by_name().values(), ids=list(results_by_name()))
def test_every_command_is_one_that_there_is_and_states_its_size(one: ReferenceResult) -> None:
    for command in one.commands:
        words = shlex.split(command)
        if words[:4] == ["python", "-m", "experiments.dev", "validate"]:
            assert words[4] in EXAMINATIONS
            assert ("--replicates" in words) != (words[4] == "lessons"), "lessons have as many pairs as a student's own"
            out = words[words.index("--out") + 1]
            if out != "results/reference":  # files of the same name as another result's stand in a folder of their own
                assert out == f"results/reference/{one.name}"
                assert all(name.startswith(f"{one.name}/") for name in one.files)
            assert words[words.index("--scale") + 1] == "1" if "--scale" in words else True


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with three results: one of what is printed, one of a file, and one that fails."""
    write = "import pathlib; pathlib.Path(r'{}').write_text('x')".format(tmp_path / "made.txt")
    results = {
        "fails": ReferenceResult("fails", ("python -c 'raise SystemExit(1)'",), 1.0, ("never.txt",)),
        "prints": ReferenceResult(
            "prints", ("python -c 'print(1)'", "python -c 'print(2)'"), 1.0, printed="printed.txt"
        ),
        "writes": ReferenceResult("writes", (shlex.join(["python", "-c", write]),), 1.0, ("made.txt",)),
    }
    monkeypatch.setattr(reference, "results_by_name", lambda: results)
    monkeypatch.setattr(reference, "ROOT", tmp_path)
    return tmp_path


def test_what_is_made_apart_is_made_only_if_it_is_named_and_what_is_written_by_hand_never(
    known: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    results = {
        "apart": ReferenceResult("apart", ("python -c 'print(1)'",), 1.0, printed="apart.txt", apart=True),
        "hand": ReferenceResult("hand", (), 0.0, ("hand.txt",)),
    }
    monkeypatch.setattr(reference, "results_by_name", lambda: results)
    assert reference.make_all((), 1, folder=known) == 0
    assert capsys.readouterr().out == "hand: is written by hand\n"
    assert reference.make_all(("apart",), 1, folder=known) == 0
    assert (known / "apart.txt").is_file()


def test_a_failure_is_told_and_stops_no_other(known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reference.make_all((), 1, folder=known) == 1
    told = capsys.readouterr()
    assert "fails: FAILED" in told.out
    assert "left with 1" in told.err
    assert (known / "printed.txt").read_text(encoding="utf-8") == "1\n2\n"
    assert set(reference.read_record(known)) == {"prints", "writes"}


def test_what_is_of_the_present_code_and_command_is_left_as_it_is(
    known: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reference.make_all(("prints",), 1, folder=known)
    (known / "printed.txt").write_text("kept", encoding="utf-8")
    reference.make_all(("prints",), 1, folder=known)
    assert (known / "printed.txt").read_text(encoding="utf-8") == "kept"
    assert "is of this code" in capsys.readouterr().out
    monkeypatch.setattr(reference, "identity_of_numbers", lambda: "other")
    reference.make_all(("prints",), 1, folder=known)
    assert (known / "printed.txt").read_text(encoding="utf-8") == "1\n2\n"
    reference.make_all(("prints",), 1, fresh=True, folder=known)
    assert "made" in capsys.readouterr().out


def test_a_file_that_was_not_written_is_a_failure_and_a_verdict_is_none(known: Path) -> None:
    old = ReferenceResult("old", ("python -c 'pass'",), 1.0, ("made.txt",))
    assert "was not written" in reference.make_result(old, known, 1, known / "log")
    judge = ReferenceResult("judge", ("python -c 'raise SystemExit(1)'",), 1.0, judges=True)
    assert reference.make_result(judge, known, 1, known / "log") == ""


def test_a_name_that_there_is_not_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no reference result 'efects'.*effects"):
        reference.make_all(("efects",), 1)


def test_of_the_screens_only_those_that_the_site_shows_are_taken(tmp_path: Path) -> None:
    shown = [Path(name).name for name in results_by_name()["page"].files]
    for name in (*shown, "other.png"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    reference.take_screens(tmp_path, tmp_path / "taken")
    assert sorted(path.name for path in (tmp_path / "taken").iterdir()) == sorted(shown)


def test_a_posterior_is_taken_and_its_draws_go_to_the_scenarios(tmp_path: Path) -> None:
    source = tmp_path / "calibrate"
    source.mkdir()
    for name in ("posterior", "draws"):
        (source / f"{name}.csv").write_text(name, encoding="utf-8")
    reference.take_posterior(source, tmp_path / "record", tmp_path / "calibrated" / "draws.csv")
    assert (tmp_path / "record" / "posterior.csv").read_text(encoding="utf-8") == "posterior"
    assert (tmp_path / "calibrated" / "draws.csv").read_text(encoding="utf-8") == "draws"
