"""The first hour and the study of the documentation, typed as they stand and run in small."""

import re
import shlex
from pathlib import Path

import pytest

from experiments.cli import app as cli
from experiments.studies.study import find_study

DOCS = Path(__file__).parents[3] / "docs"
PAGES = tuple((DOCS / page).read_text(encoding="utf-8") for page in ("learn/first_hour.md", "do/study.md"))
SPANISH = (DOCS / "es" / "primera_hora.md").read_text(encoding="utf-8")
PREFIX = "uv run --locked confianza "
SMALL = ["--set", "population.scale=0.05", "--set", "calendar.warm_up=0"]
SHORT = {"years": "0.2", "replicates": "2", "memory": "1", "budget": "2m"}
STUDY = {
    r"^seeds = .*$": "seeds = 2",
    r"^years = .*$": "years = 0.2\nwarm_up = 0",
    r'^"\*" = "stated"$': 'hearsay = "stated"\nfear = "stated"',
    r'^"population.scale".*\n|^\[set\]\n': "",
}


def typed(pages: tuple[str, ...] = PAGES) -> list[list[str]]:
    """Return the commands of each page, word by word; what stays open until it is closed is left out."""
    blocks = [block for page in pages for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL)]
    lines = [line for block in blocks for line in block.splitlines() if line and not line.startswith("#")]
    return [shlex.split(line) for line in lines if " view " not in line]


def in_small(words: list[str]) -> list[str]:
    """Return a command that does the same in a small town, for a short time; studies lie beside it in small."""
    command, *rest = words
    rest = [re.sub(r"@\d{4}-\d\d-\d\d$", "@2017-01-15", word) for word in rest]  # before the short run ends
    for name, value in SHORT.items():
        if f"--{name}" in rest:
            rest[rest.index(f"--{name}") + 1] = value
    if command in ("sweep", "sensitivity"):
        return [command, small_study(rest[0]), *rest[1:]]
    lives = command == "run" or (command == "compare" and not rest[0].startswith("results/"))
    return [command, *rest, *(SMALL if lives else [])] + (["--years", SHORT["years"]] if lives else [])


def small_study(name: str) -> str:
    """Write a ready study in small; return its file."""
    text = find_study(name).read_text(encoding="utf-8")
    for line, short in STUDY.items():
        text = re.sub(line, short, text, flags=re.MULTILINE)
    head, mark, tail = text.partition("[vary]")
    Path(f"{name}.toml").write_text(f'{head}\n[set]\n"population.scale" = 0.05\n{mark}{tail}', encoding="utf-8")
    return f"{name}.toml"


def test_every_line_begins_as_the_set_up_leaves_it() -> None:
    assert len(typed()) > 15
    for words in (*typed(), *typed((SPANISH,))):
        assert words[:4] == PREFIX.split(), words
        assert cli.run_program([words[4], "--help"]) == 0


@pytest.mark.slow
def test_the_first_hour_runs_from_its_first_line_to_its_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in typed():
        small = in_small(words[4:])
        assert cli.run_program(small) == 0, f"{small}: {capsys.readouterr().err}"
    written = ("run.csv", "informe.html", "villa_canales-trust.svg", "question.html", "results/question/contrasts.tex")
    assert [name for name in written if not Path(name).is_file()] == []
    assert list(Path().glob("question*.svg"))
    named = re.findall(r"^Written to (results/[^/\n]+/):", PAGES[0], re.MULTILINE)
    assert named
    assert [name for name in named if not Path(name).is_dir()] == []
