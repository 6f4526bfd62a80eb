"""Printed materials of a workshop: minutes, both languages, and the work of students in one table."""

import csv
import json
from pathlib import Path

import pytest

from experiments.classroom.assignment import Assignment
from experiments.cli import app as cli
from experiments.workshop import materials


@pytest.mark.parametrize("language", ["es", "en"])
def test_each_section_fits_its_minutes_at_reading_pace_and_all_are_ninety(language: str) -> None:
    stated = materials.guide()["section"]
    assert sum(one["minutes"] for one in stated) == 90
    for one in stated:
        assert materials.spoken_minutes(one, language) + one["do"] <= one["minutes"], one["name"]
    assert "of 90" in materials.pace_sentence("en")


def test_both_languages_have_every_text_and_the_same_number_of_parts() -> None:
    def texts(one: object) -> list[dict[str, object]]:
        if isinstance(one, dict):
            return [one] if "en" in one or "es" in one else [text for part in one.values() for text in texts(part)]
        return [text for part in one for text in texts(part)] if isinstance(one, list) else []

    found = texts(materials.guide())
    assert len(found) > 60
    for text in found:
        assert set(text) == {"en", "es"}
        english, spanish = text["en"], text["es"]
        assert english
        assert spanish
        if isinstance(english, list) and isinstance(spanish, list):
            assert len(english) == len(spanish)


def test_pages_are_written_in_both_languages_and_hold_nothing_from_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run_program(["view", "--materials", str(tmp_path / "hojas"), "--lang", "both"]) == 0
    names = {Path(line).name for line in capsys.readouterr().out.splitlines()}
    assert names == {f"{kind}_{lang}.html" for kind in materials.MATERIAL_KINDS for lang in ("es", "en")}
    for name in names:
        text = (tmp_path / "hojas" / name).read_text(encoding="utf-8")
        assert "https://" not in text
        assert "127.0.0.1" not in text  # without its token an address of the page is refused
        assert f'lang="{name[-7:-5]}"' in text
    guide = (tmp_path / "hojas" / "guide_es.html").read_text(encoding="utf-8")
    assert "Nunca pida experiencias" in guide
    assert "minuto 5 al 17" in guide
    teacher = (tmp_path / "hojas" / "teacher_es.html").read_text(encoding="utf-8")
    assert teacher.count("<code>confianza view --mesa --lang es</code>") == 1
    assert teacher.count("<code>?exercise=") == 10
    assert "<code>?exercise=8&amp;lock=1&amp;lang=es&amp;seed=7</code>" in teacher


MONTHS = "month,seed\n2017-01,7\n2017-02,7\n"


def work(folder: Path, name: str, months: str = MONTHS, **more: object) -> None:
    task = {"exercise": 3, "lock": True, "lang": "es", "seed": 7, "policy": "status_quo", "step": "month"}
    task |= {"levers": {"contacts.fair": 2.0}, "off": ["hearsay"], "predict": "baja", "why": "=1+1", "student": name}
    stated = {"confianza": "classroom", "task": task | more, "months": months}
    (folder / f"confianza-3-{name}.json").write_text(json.dumps(stated), encoding="utf-8")


def test_the_work_of_students_becomes_one_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work(tmp_path, "Ana")
    work(tmp_path, "Beto", off=[])
    assert cli.run_program(["view", "--collect", str(tmp_path)]) == 0
    with Path(capsys.readouterr().out.strip()).open(encoding="utf-8") as file:
        ana, beto = csv.DictReader(file)
    assert (ana["student"], ana["off"], ana["months"], ana["levers"]) == ("Ana", "hearsay", "2", "contacts.fair:2.0")
    assert (beto["student"], beto["off"], beto["why"]) == ("Beto", "", "'=1+1")
    assert (ana["town"], ana["claims"], ana["guess"]) == ("", "", "")  # as 0.3 saved it


def test_work_in_a_town_of_its_own_with_chosen_causes_is_collected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = Assignment(exercise=3, town="ours", guess="rises", size="0.5", claims=frozenset({1, 2}), student="Eva")
    text = json.dumps({"confianza": "classroom", "task": task.as_json(), "months": "month\n2017-01\n"})
    (tmp_path / "confianza-3-Eva.json").write_text(text, encoding="utf-8")
    assert cli.run_program(["view", "--collect", str(tmp_path)]) == 0
    with Path(capsys.readouterr().out.strip()).open(encoding="utf-8") as file:
        (eva,) = csv.DictReader(file)
    assert [eva[name] for name in ("town", "guess", "size", "claims")] == ["ours", "rises", "0.5", "1,2"]


@pytest.mark.parametrize(("language", "said"), [("en", "no month was run"), ("es", "no corrió ningún mes")])
def test_work_in_which_nothing_was_run_is_left_out_with_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    work(tmp_path, "Ana")
    work(tmp_path, "Beto", "month,seed\n")
    assert cli.run_program(["view", "--collect", str(tmp_path), "--lang", language]) == 0
    shown = capsys.readouterr()
    with Path(shown.out.strip()).open(encoding="utf-8") as file:
        assert [row["student"] for row in csv.DictReader(file)] == ["Ana"]
    assert shown.err.startswith(f"confianza-3-Beto.json: {said}")
    assert shown.err.count("\n") == 1


def test_a_folder_in_which_nothing_was_run_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work(tmp_path, "Ana", "month,seed\n")
    assert cli.run_program(["view", "--collect", str(tmp_path)]) == 2
    assert "no month was run in any of 1 files" in capsys.readouterr().err
    assert not (tmp_path / "work.csv").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"exercise": 12}, "exercise must be"),
        ({"levers": {"contacts.fare": 1}}, "did you mean"),
        ({"off": 3}, "no work"),
    ],
)
def test_damaged_work_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: dict[str, object], said: str
) -> None:
    work(tmp_path, "Ana", **more)
    assert cli.run_program(["view", "--collect", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_a_folder_without_work_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run_program(["view", "--collect", str(tmp_path)]) == 2
    assert "no work of a student there" in capsys.readouterr().err
