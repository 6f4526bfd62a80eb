"""Towns that lack what reports show: few people, no couples on duty, no vehicles, no boards, no cliques, no month."""

import random
from pathlib import Path

import pytest

from experiments.cli import app as cli
from experiments.figures.drawing import FIGURE_MISSING, MissingNumbers, check_has_numbers
from experiments.figures.small_multiples import PanelFigure, PanelSizes
from experiments.words.bilingual import FigureTexts

pytestmark = pytest.mark.thorough

STATION = "officers = 24\ndesks = 1\nvehicles = 2\nmotorcycles = 2"
LONE = "officers = {officers}\ndesks = {desks}"
SENTENCE = FIGURE_MISSING.es


@pytest.fixture(autouse=True)
def _place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write_town(name: str, station: str = STATION, *, one_place: bool = False) -> Path:
    """Write a municipality of one's own with another station, and perhaps without its villages."""
    assert cli.run_program(["new", "municipality", name]) == 0
    path = Path(f"{name}.toml")
    text = path.read_text(encoding="utf-8")
    assert STATION in text
    if one_place:
        villages = text.index('[[settlements]]\nname = "Aldea Norte"')
        text = text[:villages] + text[text.index("# Police stations and", villages) :]
    path.write_text(text.replace(STATION, station), encoding="utf-8")
    return path


def compared(town: Path, years: float = 0.1, lang: str = "both", **changes: float) -> str:
    """Compare two policies in a town, with report and figures, draw an arm; return the report."""
    sets = [word for name, value in changes.items() for word in ("--set", f"{name.replace('__', '.')}={value}")]
    words = ["compare", "status_quo", "mopsic_full", "--scenario", town, "--set", "calendar.warm_up=0", *sets]
    words += ["--years", years, "--replicates", 2, "--memory", 1, "--out", "c", "--report", "c.html"]
    assert cli.run_program([*map(str, words), "--figures", "drawn", "--lang", lang]) == 0
    (arm, *_) = sorted(Path("c/arms").iterdir())
    assert cli.run_program(["export", str(arm), "--figures", str(arm)]) in (0, 2)
    assert list(Path("drawn").glob("*.svg"))
    return Path("c.html").read_text(encoding="utf-8")


def test_a_report_is_not_lost_where_couples_never_go_out(capsys):
    text = compared(write_town("lone", LONE.format(officers=2, desks=1)), lang="es", population__total=200)
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    assert "lone-minutes queda fuera del informe: no hay números para esa figura\n" in told.err
    assert "Error" not in told.err
    assert text.count(str(SENTENCE)) == 1
    assert not list(Path("drawn").glob("lone-minutes*"))
    assert list(Path("drawn").glob("lone-trust*"))


def test_a_comparison_of_a_week_has_its_report(capsys):
    assert compared(write_town("week", LONE.format(officers=2, desks=1)), 0.02, lang="es", population__total=60)
    assert "Traceback" not in capsys.readouterr().err


TOWNS: dict[str, dict[str, float]] = {
    "twenty": {"population__total": 20},
    "women": {"population__total": 25, "population__share_female": 0.7},
    "men": {"population__total": 25, "population__share_female": 0.3},
    "children": {"population__total": 40, "population__share_under_15": 0.6, "population__share_15_29": 0.35},
    "no_cars": {"population__total": 300, "population__vehicles_per_household": 0},
    "no_crime": {"population__total": 300, "crime__armed": 0, "crime__thieves": 0},
    "boards": {"population__total": 300, "boards__communal": 1},
    "cliques": {"population__total": 2000, "gangs__ms13": 3, "gangs__barrio18": 2},
    "no_shops": {"population__total": 300, "territory__shops_per_1000": 0, "territory__schools_per_1000": 0},
}
STATIONS = {"none": LONE.format(officers=0, desks=0), "one": LONE.format(officers=1, desks=0), "usual": STATION}


@pytest.mark.slow
@pytest.mark.parametrize("station", STATIONS)
@pytest.mark.parametrize("town", TOWNS)
def test_every_town_has_its_report(town, station, capsys):
    compared(write_town(town, STATIONS[station], one_place=station == "one"), **TOWNS[town])
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("number", range(12))
def test_towns_of_any_size_have_their_report(number, capsys):
    rng = random.Random(number)
    station = LONE.format(officers=rng.randint(0, 6), desks=rng.randint(0, 1))
    changes = {name: value for one in rng.sample(sorted(TOWNS), 2) for name, value in TOWNS[one].items()}
    changes["population__total"] = round(20 * 100 ** rng.random())
    compared(write_town("any", station, one_place=rng.random() < 0.5), rng.choice([0.02, 0.1, 0.3]), **changes)
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("people", [1, 19])
def test_fewer_residents_than_a_town_needs_are_refused_in_a_line(people, capsys):
    town = write_town("tiny")
    assert cli.run_program(["run", str(town), "--set", f"population.total={people}"]) == 2
    assert "must be at least 20 residents" in capsys.readouterr().err


def test_a_figure_of_which_no_panel_shows_a_number_is_left_out():
    def sheet() -> PanelFigure:
        return PanelFigure(FigureTexts("en"), ("finding", "note"), ["one", "two"], PanelSizes(0.5, 0.5))

    bare, full = sheet(), sheet()
    bare.panel(0).plot([0.0, 1.0], [float("nan")] * 2)
    bare.panel(1).imshow([[float("nan")]])
    with pytest.raises(MissingNumbers):
        check_has_numbers(bare.figure)
    full.panel(0).plot([0.0, 1.0], [float("nan"), 1.0])
    assert check_has_numbers(full.figure) is full.figure


@pytest.mark.parametrize("name", ["fig.svg", "villa_canales-nothing.png"])
def test_a_file_named_after_no_figure_is_refused_before_anything_is_computed(name, monkeypatch, capsys):
    monkeypatch.setattr("experiments.comparison.comparison.run_missing_groups", lambda *_: pytest.fail("computed"))
    assert cli.run_program(["compare", "status_quo", "resources_only", "--figures", name]) == 2
    assert f"--figures {name}: a file must be named after its figure" in capsys.readouterr().err
    assert not Path(name).exists()
