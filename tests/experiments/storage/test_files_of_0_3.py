"""Files that version 0.3.1 wrote are read, or refused in one line that says what to do.

`tests/support/files_of_0_3.tar.xz` has what the commands of 0.3.1 left: drafts of a municipality, a policy and a study;
a run of a small town, a comparison and a sweep; a saved state, a report, the work of a student, and the lock of
`reproduce`.
"""

import tarfile
from pathlib import Path

import pytest

from experiments.cli import app as cli

ARCHIVE = Path(__file__).parents[2] / "support" / "files_of_0_3.tar.xz"
SMALL = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0")
SHORT = ("--years", "0.1")
READ = {
    "a run": ("export", "run", "--csv", "run.csv"),
    "a comparison": ("export", "compared", "--csv", "compared.csv"),
    "work of students": ("view", "--collect", "work"),
}
"""Commands that read a file of 0.3, by what it is."""
DRAWN = {
    "a sweep": ("sweep", "swept", "--contrasts"),
    "a comparison for a report": ("compare", "compared", "--report", "new.html"),
}
"""The same for those that draw."""
SLOWLY_READ = {
    "a policy": ("run", "baseline", *SMALL, "--years", "0.01", "--policy", "policy.toml", "--out", "new"),
    "a municipality": ("run", "town.toml", *SMALL, "--years", "0.01", "--out", "new"),
    "a study": ("sweep", "small.toml", "--out", "new_sweep"),
}
"""The same for those that simulate."""
REFUSED = {
    "a saved state": (("run", "baseline", *SMALL, *SHORT, "--from", "saved", "--out", "new"), "save it again with"),
    "a run to go on with": (
        ("run", "baseline", *SMALL, *SHORT, "--measures", "trust_mean,crimes_occurred", "--out", "run"),
        "choose another folder with --out, or begin anew with --fresh",
    ),
    "a sweep to go on with": (("sweep", "small.toml", "--out", "swept"), "choose another folder with --out"),
    "a run to verify": (("verify", "run"), "check out commit"),
    "a report to verify": (("verify", "report.html"), "check out commit"),
    "finished pairs": (("answer", "--quick", "--from", "reproduce", "--out", "new"), "begin without --from"),
    "a folder of reproduce": (("answer", "--only", "pages", "--from", "reproduce", "--out", "new"), "begin"),
}
"""Commands that refuse a file of 0.3, and what the line says to do."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("earlier")
    with tarfile.open(ARCHIVE) as files:
        files.extractall(folder, filter="data")
    return folder


@pytest.fixture(autouse=True)
def _place(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(written)


def test_every_kind_of_file_is_there(written: Path) -> None:
    assert {path.name for path in written.iterdir()} >= {
        *("policy.toml", "study.toml", "small.toml", "town.toml", "town.geojson", "run", "compared", "swept", "saved"),
        *("report.html", "work", "reproduce"),
    }


@pytest.mark.parametrize("what", READ)
def test_a_file_is_read(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run_program([*READ[what]]) == 0, capsys.readouterr().err


@pytest.mark.thorough
@pytest.mark.parametrize("what", DRAWN)
def test_a_file_is_read_and_drawn(what: str) -> None:
    assert cli.run_program([*DRAWN[what]]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("what", SLOWLY_READ)
def test_a_file_is_read_and_run(what: str) -> None:
    assert cli.run_program([*SLOWLY_READ[what], "--fresh"]) == 0


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_is_refused_in_one_line_that_says_what_to_do(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    words, advice = REFUSED[what]
    assert cli.run_program([*words]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    (line,) = told.err.splitlines()
    assert line.startswith("confianza: ")
    assert advice in line
