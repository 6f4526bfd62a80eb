"""Progress and notes on standard error are in the language of the command."""

import ast
import re
import string
from pathlib import Path

import pytest

from experiments.cli import app as cli
from experiments.execution.interruption import report_interruption
from experiments.storage.progress import Progress
from experiments.words.console import console_text, console_texts, set_console_language

EXPERIMENTS = Path(__file__).parents[3] / "experiments"
ENGLISH = re.compile(r"\b(the|of|is|are|runs?|done|in|so far|to go|with|workers?|again|interrupted|report|drawing)\b")
RUN = ("run", "baseline", "--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.1")


def parts(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_texts_have_the_same_parts_in_both_languages_and_no_english_in_spanish() -> None:
    found = console_texts()
    assert {key for key, text in found.items() if set(text) != {"en", "es"}} == set()
    assert {key for key, text in found.items() if parts(text["en"]) != parts(text["es"])} == set()
    assert {key for key, text in found.items() if ENGLISH.search(re.sub("{.*?}", "", text["es"]))} == set()


def test_every_text_is_used() -> None:
    used = {
        one.value
        for path in EXPERIMENTS.rglob("*.py")
        for one in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }
    unused = {key for key in console_texts() if key not in used and not key.startswith(("room.", "note.other_"))}
    assert unused == set()


def test_reasons_of_refusing_a_phone_have_texts() -> None:
    sources = [(EXPERIMENTS / "workshop" / f"{name}.py").read_text(encoding="utf-8") for name in ("phone_gate", "room")]
    reasons = set(re.findall(r'(?:RefusedRequest|refuse)\("([^"]+)"', "".join(sources)))
    assert len(reasons) > 8
    assert {reason for reason in reasons if f"room.refused: {reason}" not in console_texts()} == set()


def test_progress_is_told_in_spanish(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    set_console_language("es")
    clock = [0.0]
    monkeypatch.setattr("experiments.storage.progress.time.monotonic", lambda: clock[0])
    progress = Progress("comparando", 10.0, 20)
    progress.record_computed(0.5, 2)
    for done in range(1, 11):
        clock[0] += 1.0
        progress.record_stored(2)
        progress.update(done)
    progress.conclude()
    report_interruption(console_text("interrupted.runs", n=1, all=2, folder="aquí"))
    first, *told, ended, interrupted = capsys.readouterr().err.splitlines()
    assert first == "una corrida toma 0.5 s: 20 corridas toman cerca de 5 s con 2 procesos"
    assert told[3] == "comparando:  40%, 8 de 20 listas, 2.0 corridas por segundo, faltan 6 s"
    assert ended == "comparando: 20 de 20 listas en 10 s"
    assert (
        interrupted == "confianza: interrumpido; se guardaron 1 de 2 corridas en aquí; para seguir, repita el comando"
    )


def test_a_command_sets_its_language_and_the_next_one_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run_program([*RUN, "--replicates", "2", "--save", "saved", "--lang", "es"]) == 0
    told = capsys.readouterr().err
    assert "2 de 2 listas en" in told
    assert "estados guardados: saved" in told
    assert not ENGLISH.search(told)
    assert cli.run_program([*RUN, "--replicates", "2", "--out", "again"]) == 0
    assert "2 of 2 done in" in capsys.readouterr().err
