"""The program as a person meets it: help, lists, and one line for whatever is wrong."""

import itertools
import json
import os
import subprocess
import sys

import pytest
import typer

from experiments.cli import app as cli
from experiments.cli.help import GROUPS, LANGUAGE_VARIABLES, REMOVED, spanish_texts
from experiments.dev import __main__ as maintainers
from model.engine.parameters import ParameterGroup
from model.simulation.registry import MEASURES
from scenarios import accounts

HEAVY = ("mesa", "numba", "pandas", "matplotlib", "pyarrow", "shapely")
COMMANDS = tuple(name for names in GROUPS.values() for name in names)


def call(capsys, *words):
    code = cli.run_program(list(words))
    told = capsys.readouterr()
    return code, told.out, told.err


def widest(text):
    return max(len(line) for line in text.splitlines())


def test_help_fits_80_columns(capsys, monkeypatch, subtests):
    for language, words in itertools.product(("en", "es"), ((), *((command,) for command in COMMANDS))):
        with subtests.test(words=words, language=language):
            monkeypatch.setenv("LANGUAGE", language)
            code, out, _ = call(capsys, *words, "--help")
            assert code == 0
            assert widest(out) <= 80
            assert not any(line.endswith("...") for line in out.splitlines()[1:])
            assert out.startswith("Uso: " if language == "es" else "Usage: ")


def test_the_program_has_fourteen_commands():
    registered = {str(one.name or one.callback.__name__) for one in cli.app.registered_commands}
    assert registered == {*COMMANDS}
    assert len(COMMANDS) == len({*COMMANDS}) == 14


@pytest.mark.parametrize("name", REMOVED)
def test_a_removed_command_names_the_new_one_and_runs_nothing(capsys, name):
    code, out, err = call(capsys, name, "anything", "--fresh")
    assert (code, out) == (2, "")
    assert err == f"confianza: 'confianza {name}' is now '{REMOVED[name]}'\n"
    program, *words = REMOVED[name].removeprefix("python -m ").split()
    assert program == "experiments.dev" or words[0] in COMMANDS


@pytest.mark.parametrize(("variable", "value"), [("LANG", "es_GT.UTF-8"), ("LC_ALL", "es"), ("LANGUAGE", "es:en")])
def test_help_is_in_spanish_where_the_system_is(capsys, monkeypatch, variable, value):
    for name in LANGUAGE_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, value)
    out = " ".join(call(capsys, "compare", "--help")[1].split())
    assert "Compara políticas en pares de corridas" in out
    assert "[por omisión: 12]" in out
    assert "[obligatorio]" in out
    assert "default" not in out


def test_every_text_of_the_help_has_its_spanish_text():
    known = spanish_texts()
    program = typer.main.get_command(cli.app)
    context = program.make_context("confianza", [], resilient_parsing=True)
    options = set()
    for name, command in {"confianza": program, **program.commands}.items():
        inner = context if command is program else command.make_context(name, [], context, resilient_parsing=True)
        shown = (one for one in command.get_params(inner) if one.get_help_record(inner) is not None)
        options |= {one.help for one in shown}
    assert options == {*known["options"]}
    assert {*known["commands"]} == {*COMMANDS, "program", "epilog"}


@pytest.mark.parametrize(
    ("typed", "found"),
    [(("",), "compare"), (("list", "pol"), "policies"), (("run", "villa"), "villa_canales"), (("new", "st"), "study")],
)
def test_shells_complete_commands_and_names(typed, found):
    line = " ".join(("confianza", *typed))
    told = subprocess.run(
        [sys.executable, "-c", "from experiments.cli import main; main()"],
        capture_output=True, text=True, check=False,
        env=os.environ | {"_CONFIANZA_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(typed))},
    )  # fmt: skip
    assert found in told.stdout.split()


def test_without_a_word_the_program_shows_its_commands(capsys):
    code, out, _ = call(capsys)
    assert code == 0
    assert all(f"\n  {command} " in out for command in COMMANDS)


def test_measures_are_listed_as_json_with_their_words_in_both_languages(capsys):
    code, out, _ = call(capsys, "list", "measures", "--json")
    rows = json.loads(out)
    assert code == 0
    assert [row["name"] for row in rows] == list(MEASURES)
    assert [row["unit"] for row in rows] == [measure.unit for measure in MEASURES.values()]
    assert all(row[key] for row in rows for key in ("meaning_en", "meaning_es"))


@pytest.mark.parametrize(
    ("what", "name", "keys"),
    [
        ("scenarios", "totonicapan", {"title", "residents", "officers"}),
        ("policies", "mopsic_full", {"title", "about", "changes"}),
        ("policies", "no_police", {"title", "about", "kind"}),
        ("accounts", "present_law", {"title", "claim", "limits", "prediction", "settings"}),
        ("parameters", "trust.fast_days", {"value", "unit", "low", "high", "source"}),
        ("measures", "trust_mean", {"unit", "meaning_en", "meaning_es"}),
    ],
)
def test_an_entry_of_a_list_is_found_by_name_with_all_that_is_known(capsys, what, name, keys):
    code, out, _ = call(capsys, "list", what, name, "--json")
    (entry,) = json.loads(out)
    assert (code, entry["name"]) == (0, name)
    assert keys <= {*entry}


def test_parameters_are_listed_as_json_with_the_values_of_a_scenario(capsys):
    _, out, _ = call(capsys, "list", "parameters", "trust", "--json", "--scenario", "villa_canales")
    found = {one["name"]: one for one in json.loads(out)}
    assert set(found) == {f"trust.{key}" for key in ParameterGroup.known["trust"].parameter_specs()}
    level = found["trust.level"]
    assert level["low"] <= level["value"] <= level["high"]
    assert level["value"] != level["default"]
    assert (level["role"], found["trust.fast_days"]["unit"]) == ("site", "days")
    assert found["trust.fast_days"]["about_es"] == "vida media de la memoria rápida"


def test_help_imports_nothing_heavy():
    program = f"""
import sys
from experiments.cli.app import run_program
assert run_program(["--help"]) == 0
assert run_program(["run", "--help"]) == 0
print(",".join(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr)
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stderr.strip() == ""


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["run", "villa_canaes"], ["villa_canaes", "villa_canales"]),
        (["run", "nowhere.toml"], ["nowhere.toml"]),
        (["run", "baseline", "--policy", "status_qu"], ["status_qu", "status_quo"]),
        (["run", "baseline", "--policy", "status_quo@soon"], ["status_quo", "soon", "2017-01-01"]),
        (["run", "baseline", "--set", "population.scal=0.1"], ["population.scal", "population.scale"]),
        (["run", "baseline", "--set", "population.scale=0.01"], ["population.scale", "0.05", "0.01"]),
        (["run", "baseline", "--set", "population.scale"], ["--set", "KEY=VALUE"]),
        (["run", "baseline", "--set", "a.b=1", "--set", "a.b=2"], ["--set", "a.b", "1 and 2", "leave one out"]),
        (["compare", "status_quo", "everything", "--set", "a.b=1", "--set", "a.b=x"], ["--set", "a.b", "1 and x"]),
        (["compare", "status_quo", "everything", "--delta", "fear_mean=1", "--delta", "fear_mean=2"], ["1 and 2"]),
        (["compare", "status_quo", "everything", "--price", "km=3", "--price", "km=4"], ["--price", "3 and 4"]),
        (["verify", "confianza run baseline --set a.b=1 --until 2018-01-01 --set a.b=2"], ["--set", "1 and 2"]),
        (["run", "baseline", "--start", "2017-13-01"], ["2017-13-01"]),
        (["run", "baseline", "--years", "0"], ["--years", "got 0"]),
        (["run", "baseline", "--years", "nan"], ["--years", "nan"]),
        (["run", "baseline", "--years", "many"], ["--years", "got 'many'"]),
        (["run", "baseline", "--out", "/"], ["--out /", "root"]),
        (["run", "baseline", "--years", "1", "--until", "2018-01-01"], ["--years", "--until"]),
        (["run", "baseline", "--until", "2016-01-01"], ["--until", "2016-01-01"]),
        (["run", "baseline", "--seed", "-1"], ["--seed", "-1"]),
        (["run", "baseline", "--replicates", "0"], ["--replicates", "got 0"]),
        (["run", "baseline", "--workers", "0"], ["--workers", "got 0"]),
        (["run", "baseline", "--workers", "100000"], ["--workers", "processors", "got 100000"]),
        (["compare", "status_quo", "mopsic_full", "--measure", "fear_mean"], ["--measure", "--plan"]),
        (["compare", "status_quo", "mopsic_full", "--power", "0.9"], ["--power", "--plan"]),
        (["compare", "status_quo", "mopsic_full", "--plan", "0.01", "--power", "0"], ["--power", "got 0"]),
        (
            ["compare", "status_quo", "everything", "--plan", "1", "--measure", "trust_men"],
            ["--measure", "'trust_mean'"],
        ),
        (["compare", "status_quo", "everything", "--plan", "1", "--measure", "Z"], ["--measure", "nearest are"]),
        (["compare", "status_quo", "everything", "--report", "/proc/x.html"], ["--report /proc/x.html", "in /proc ("]),
        (["compare", "status_quo", "everything", "--report", "/proc"], ["--report /proc", "a folder, not a file"]),
        (
            ["compare", "status_quo", "everything", "--figures", "/proc/villa_canales-trust.svg"],
            ["--figures /proc/villa_canales-trust.svg", "in /proc ("],
        ),
        (["compare", "status_quo", "everything", "--price", "TYPO=1"], ["--price", "'TYPO'", "nearest are"]),
        (["compare", "status_quo", "everything", "--price", "litre=1"], ["--price", "did you mean 'litres'"]),
        (["calibrate", "--scenario", "totonicapan"], ["--scenario", "--against"]),
        (["calibrate", "--discrepancy", "0.2"], ["--discrepancy", "--against"]),
        (["view", "--materials", "README.md"], ["--materials README.md", "a file, not a folder"]),
        (["run", "baseline", "--policy", "mopsic_full@2020-01-01"], ["'mopsic_full'", "before 2020-01-01"]),
        (["compare", "a/b", "a/c", "--years", "1", "--set", "x=1"], ["--set, --years", "folders of results"]),
        (["calibrate", "--points", "3"], ["--points", "between 24 and 1000", "got 3"]),
        (["calibrate", "--seeds", "9223372036854775808"], ["--seeds", "between 3 and 1000"]),
        (["calibrate", "--seeds", "9" * 400], ["--seeds", "got 99999999999999999999"]),
        (["calibrate", "--years", "nan"], ["--years", "got nan"]),
        (["calibrate", "--truths", "0"], ["--truths", "got 0"]),
        (["calibrate", "--scale", "7"], ["population.scale", "7"]),
        (["calibrate", "--policy", "mopsic_ful"], ["mopsic_ful", "mopsic_full"]),
        (["verify", "/proc/self/mem"], ["/proc/self/mem", "cannot be read"]),
        (["run", "baseline", "--keep", "incident"], ["--keep", "incident", "incidents"]),
        (["run", "baseline", "--save", "a", "--from", "b"], ["--save", "--from"]),
        (["run", "baseline", "--from", "nowhere"], ["--from", "nowhere"]),
        (["run", "baseline", "--sed", "1"], ["--sed", "--seed"]),
        (["run"], ["SCENARIO"]),
        (["rnu"], ["rnu", "run"]),
        (["list", "parameters", "population.scal3"], ["population.scal3", "population.scale"]),
        (["list", "parameters", "--scenario", "baselin"], ["baselin", "baseline"]),
        (["list", "policies", "mopsik_full"], ["mopsik_full", "mopsic_full"]),
        (["list", "policys"], ["policys", "policies"]),
        (["list", "policies", "--scenario", "baseline"], ["--scenario", "list policies"]),
        (["export", "nowhere", "--measures", "trust_mean", "--csv", "-"], ["--measures", "--figures"]),
        (["sweep", "mopsic", "--measures", "trust_mean"], ["--measures", "--contrasts"]),
        (["sweep", "mopsic", "--contrasts", "--out", "x"], ["--out", "--contrasts"]),
        (["answer", "--cost", "mopsic=1"], ["--cost", "--only value"]),
        (["answer", "--only", "page"], ["--only", "page", "pages"]),
        (["answer", "--only", "pages", "--quick"], ["--quick", "--only pages"]),
        (["answer", "--quick", "--size", "whole"], ["--quick", "--size"]),
        (["verify", "results", "--in", "x"], ["--in", "results"]),
        (["view", "--materials", "x", "--room"], ["--room", "--materials"]),
        (["view", "--lang", "both"], ["--lang both", "--materials"]),
        (["check", "baseline", "--against", "nowhere.csv"], ["nowhere.csv"]),
        (["export", "nowhere", "--csv", "-"], ["nowhere"]),
        (["export", "nowhere"], ["--csv"]),
        (["sweep", "nowhere.toml"], ["nowhere.toml"]),
        (["sweep", "mopsi"], ["mopsi", "mopsic"]),
        (["sweep", "mopsic", "--workers", "0"], ["--workers", "got 0"]),
        (["sensitivity", "screening", "--method", "moris"], ["moris", "morris"]),
        (["sensitivity", "rotation_training"], ["rotation_training", "adoption.rotation", "ranges"]),
        (["sensitivity", "screening", "--everything"], ["--everything", "leave out 'screening'"]),
        (["sensitivity", "--everything", "--method", "sobol"], ["--everything", "draws", "got 'sobol'"]),
        (["sensitivity", "mopsic"], ["mopsic", "at least 2 factors"]),
        (["export", "nowhere", "--figures", "nowhere"], ["nowhere"]),
        (["verify", "abc"], ["abc", "16 hexadecimal"]),
        (["verify", "nowhere.json"], ["nowhere.json"]),
        (["view", "totonicapam", "--mesa"], ["totonicapam", "totonicapan"]),
        (["doctor", "--store", " "], ["--store", "reason"]),
    ],
)
def test_a_wrong_input_is_one_line_and_code_2(capsys, words, named):
    code, out, err = call(capsys, *words)
    assert code == 2
    assert out == ""
    assert err.startswith("confianza: ")
    assert err.count("\n") == 1
    assert [word for word in named if word not in err] == []


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["validate", "ceiling", "--scale", "0"], ["--scale", "0.05", "got 0"]),
        (["validate", "ceiling", "--years", "-1"], ["--years", "got -1"]),
        (["validate", "decisions", "--years", "0.5"], ["--years", "decisions", "at least 1", "got 0.5"]),
        (["bundle", "wheels", "--for", "window"], ["--for", "window", "did you mean 'windows'"]),
        (["bundle", "README.md"], ["README.md", "a file, not a folder"]),
        (["bundle", "model"], ["model", "something else than wheels"]),
    ],
)
def test_a_wrong_input_to_programs_for_maintainers_is_one_line_and_code_2(capsys, words, named):
    assert cli.run_program(words, maintainers.app) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert [word for word in named if word not in err] == []


@pytest.mark.thorough
def test_a_wrong_input_leaves_the_shell_with_code_2():
    words = [sys.executable, "-c", "from experiments.cli import main; main()", "run", "nowhere"]
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "Traceback" not in told.stderr


def test_the_version_is_that_of_the_package(capsys):
    from importlib.metadata import version

    assert call(capsys, "--version") == (0, f"confianza {version('confianza')}\n", "")


def test_our_own_fault_is_code_1_with_its_traceback(capsys, monkeypatch):
    def fail(language):
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("experiments.cli.listings.scenario_items", fail)
    code, _, err = call(capsys, "list", "scenarios")
    assert code == 1
    assert "ZeroDivisionError: of ours" in err
    assert err.splitlines()[-1].startswith("confianza: our own fault")


def test_scenarios_are_listed_with_their_size(capsys):
    code, out, _ = call(capsys, "list", "scenarios")
    assert code == 0
    assert widest(out) <= 80
    assert "155,422 residents" in out
    assert "103,952 residents" in out


def test_policies_are_listed_in_both_languages(capsys):
    code, out, _ = call(capsys, "list", "policies")
    assert code == 0
    assert widest(out) <= 80
    assert "Status quo (Statu quo)" in out


@pytest.mark.parametrize(
    ("command", "spanish", "english"),
    [
        ("scenarios", "155,422 habitantes en 15 poblados", "residents"),
        ("policies", "Todo junto (Everything together)", "Built in, not found"),
        ("policies", "Mundos: para experimentos", "Worlds:"),
        ("accounts", "se podría medir: ", "to be measured: "),
    ],
)
def test_lists_are_printed_in_spanish_on_request(capsys, command, spanish, english):
    code, out, _ = call(capsys, "list", command, "--lang", "es")
    assert code == 0
    assert widest(out) <= 80
    assert spanish in out
    assert english not in out
    assert english in call(capsys, "list", command)[1]


def test_accounts_are_listed_with_what_would_refute_them(capsys):
    code, out, _ = call(capsys, "list", "accounts")
    assert code == 0
    assert widest(out) <= 80
    assert out.startswith("present_law\n")
    assert out.count("to be measured: ") == len(accounts.names())


def test_every_parameter_is_listed_with_unit_range_role_and_source(capsys):
    code, out, _ = call(capsys, "list", "parameters")
    assert code == 0
    assert widest(out) <= 80
    assert "trust.memory_years = 1.2 years" in out
    assert "0.05 to 20, behaviour" in out
    assert "off = 0" in out


def test_every_parameter_is_listed_in_spanish(capsys):
    code, out, _ = call(capsys, "list", "parameters", "--lang", "es")
    assert code == 0
    assert widest(out) <= 80
    assert "trust.memory_years = 1.2 años\n    vida media de la memoria lenta; de 0.05 a 20, conducta" in out
    assert "[hearsay] mecanismo\n  rumores" in out
    assert "alcaldía" in call(capsys, "list", "parameters", "mechanisms", "--lang", "es")[1]
    code, _, err = call(capsys, "list", "parameters", "trust", "--lang", "fr")
    assert (code, err.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("name", "shown", "hidden"),
    [
        ("trust.fast_days", "trust.fast_days", "trust.memory_years"),
        ("roster", "roster.days_on", "trust.fast_days"),
        ("memory", "trust.memory_years", "trust.fast_days"),
    ],
)
def test_parameters_are_found_by_name_group_or_part(capsys, name, shown, hidden):
    code, out, _ = call(capsys, "list", "parameters", name)
    assert code == 0
    assert shown in out
    assert hidden not in out


def test_parameters_of_a_scenario_show_its_values_and_sources(capsys):
    code, out, _ = call(capsys, "list", "parameters", "population.total", "--scenario", "totonicapan")
    assert code == 0
    assert "population.total = 103952 people (default 100000)" in out
    assert "source: R02" in out


def test_measures_are_listed_with_units(capsys):
    code, out, _ = call(capsys, "list", "measures")
    assert code == 0
    assert widest(out) <= 80
    assert "homicides_per_100k  [per 100,000 a year]" in out
