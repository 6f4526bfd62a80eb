"""`confianza verify`: equal if the same comes out, not equal if one number was changed."""

import json
import shutil
import warnings
from importlib import resources
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from requests import Request
from requests_cache import CachedRequest, CachedResponse, CachedSession
from rocrate.rocrate import ROCrate
from rocrate_validator import models, services

from experiments.cli import app as cli
from experiments.storage.run_crate import CRATE, VERSION

pytestmark = pytest.mark.thorough

CITED = yaml.safe_load((Path(__file__).parents[3] / "CITATION.cff").read_text(encoding="utf-8"))
SMALL = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.2", "--replicates", "2")
TERMS = f"https://w3id.org/ro/crate/{VERSION}/context"
UNKNOWN = {
    ("SHOULD have a url", "./#confianza"),
    ("id SHOULD be an absolute URI", "http://schema.org/SoftwareApplication"),
    ("organization SHOULD have a URL", "./#team"),
    ("SHOULD have an agent", "./#run"),
    ("SHOULD be an `Organization`", "./"),
    ("SHOULD have an organizational affiliation", "./#matute"),
    ("specifies the organizational `affiliation`", "./#matute"),
}
"""What is recommended and left out, since it is not known: addresses, publishers, who typed the command."""
STUDY = """
scenarios = ["villa_canales"]
policies = [["status_quo"], ["reporting_support"]]
seeds = 1
years = 0.1
warm_up = 0
[set]
"population.scale" = 0.05
[vary]
"reporting.trust" = [0.0, 1.5]
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return where a small comparison and its report lie."""
    place = tmp_path_factory.mktemp("compared")
    words = ["compare", "status_quo", "resources_only", *SMALL]
    more = ["--out", str(place / "compared"), "--report", str(place / "informe.html")]
    assert cli.run_program([*words, *more]) == 0
    return place


@pytest.fixture
def compared(place, tmp_path):
    """Return folder and report of a small comparison, which a test may spoil."""
    shutil.copytree(place, tmp_path, dirs_exist_ok=True)
    return tmp_path / "compared", tmp_path / "informe.html"


def spoil(path, column):
    """Change the first number of a column by very little."""
    table = pq.read_table(path)
    values = table[column].to_pylist()
    values[0] += 1e-9
    pq.write_table(table.set_column(table.column_names.index(column), column, pa.array(values)), path)


def verify(capsys, path):
    code = cli.run_program(["verify", str(path)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_what_was_not_touched_is_equal(compared, capsys):
    capsys.readouterr()
    for path in compared:
        assert verify(capsys, path)[:2] == (0, f"equal: {path}\n")


def test_a_changed_number_is_found(compared, capsys):
    out, report = compared
    spoil(out / "effects.parquet", "effect")
    spoil(out / "arms" / "villa_canales-resources_only" / "measures.parquet", "fear_mean")
    capsys.readouterr()
    code, told, _ = verify(capsys, out)
    assert code == 1
    assert "not equal: effects differs in effect" in told
    assert "measures differs in fear_mean" in told
    text = report.read_text(encoding="utf-8")
    report.write_text(text.replace("no predice personas", "predice personas"), encoding="utf-8")
    assert verify(capsys, report)[0] == 1


def test_a_run_is_verified_from_its_manifest(tmp_path, capsys):
    out = tmp_path / "run"
    words = ["run", "villa_canales", "--policy", "resources_only@2017-02-01", *SMALL, "--keep", "incidents"]
    assert cli.run_program([*words, "--out", str(out)]) == 0
    capsys.readouterr()
    assert verify(capsys, out)[0] == 0
    spoil(out / "measures.parquet", "trust_mean")
    assert "not equal: measures differs in trust_mean" in verify(capsys, out)[1]


def test_results_of_another_model_cannot_be_verified(compared, capsys):
    out, _ = compared
    told = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    (out / "manifest.json").write_text(json.dumps(told | {"fingerprint": "0" * 16}), encoding="utf-8")
    capsys.readouterr()
    code, _, err = verify(capsys, out)
    assert code == 2
    assert "0000000000000000" in err


def test_what_is_no_result_is_told(tmp_path, capsys):
    (tmp_path / "a.html").write_text("<p>hello", encoding="utf-8")
    for path in (tmp_path / "a.html", tmp_path / "nowhere", tmp_path):
        code, _, err = verify(capsys, path)
        assert code == 2
        assert str(path) in err


def test_the_crate_names_every_file_of_the_comparison(compared, context):
    out, _ = compared
    assert lacks(out, context) == []
    crate = json.loads((out / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    there = {entity["@id"] for entity in crate["@graph"]}
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert files - {"ro-crate-metadata.json", *(f for f in files if f.endswith("crate.json"))} <= there
    run = next(entity for entity in crate["@graph"] if entity["@id"] == "#run")
    inputs = {one["@id"] for one in run["object"]}
    assert {f"inputs/{name}.toml" for name in ("villa_canales", "baseline", "criteria")} <= inputs
    assert {"inputs/policies/resources_only.toml", "inputs/maps/villa_canales.geojson"} <= inputs
    assert run["name"].startswith("confianza compare status_quo resources_only")


@pytest.mark.parametrize("page", ["do/policy.md", "es/politica.md"])
def test_the_pages_on_own_policies_say_what_describes_a_folder_to_publish(page):
    text = (Path(__file__).parents[3] / "docs" / page).read_text(encoding="utf-8")
    assert f"`run`, `compare` {'y' if page.startswith('es') else 'and'} `sweep`" in text
    assert CRATE in text
    assert "https://www.researchobject.org/ro-crate/" in text


def test_the_committed_crate_holds_every_file_that_it_lists():
    _, listed = held_by(Path(__file__).parents[2] / "support" / "compared_towns")
    assert listed >= {"effects.parquet", "manifest.json"}


def held_by(folder):
    """Return the crate of a folder as its library reads it, after checking that it holds what it lists."""
    crate = ROCrate(folder)
    listed = {str(entity.id) for entity in crate.data_entities}
    assert [name for name in listed if not (folder / name).is_file()] == []
    return crate, listed


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """Return the validator's cache, so that no network is asked, with terms that a library brings.

    They are those of a later version, which has all of the earlier that a crate of ours uses.
    """
    path = tmp_path_factory.mktemp("terms") / "cache"
    terms = (resources.files("rocrate") / "data" / "ro-crate.jsonld").read_bytes()
    with CachedSession(str(path)) as session:
        asked = CachedRequest.from_request(Request("GET", TERMS).prepare())
        said = {"Content-Type": "application/ld+json"}
        session.cache.save_response(
            CachedResponse(status_code=200, url=TERMS, headers=said, content=terms, request=asked)
        )
    return path


def lacks(folder, context):
    """Return what the validator of crates finds required or recommended, not there and not unknown."""
    settings = services.ValidationSettings(
        rocrate_uri=models.URI(folder),
        profile_identifier="process-run-crate-0.5",
        requirement_severity=models.Severity.RECOMMENDED,
        offline=True,
        cache_path=context,
    )
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # its libraries, of each other
        found = [(one.message, one.violatingEntity) for one in services.validate(settings).get_issues()]
    return [one for one in found if not any(told in one[0] and whose == one[1] for told, whose in UNKNOWN)]


def test_the_crates_of_runs_and_sweeps_hold_what_they_list_and_name_who_is_known(tmp_path, context):
    study, small = tmp_path / "study.toml", ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0")
    study.write_text(STUDY, encoding="utf-8")
    assert cli.run_program(["run", "baseline", *small, "--years", "0.1", "--out", str(tmp_path / "run")]) == 0
    assert cli.run_program(["sweep", str(study), "--out", str(tmp_path / "sweep")]) == 0
    for name in ("run", "sweep"):
        crate, listed = held_by(tmp_path / name)
        assert lacks(tmp_path / name, context) == []
        for entity in crate.data_entities:
            assert int(entity["contentSize"]) == (tmp_path / name / str(entity.id)).stat().st_size
        files = {one.relative_to(tmp_path / name).as_posix() for one in (tmp_path / name).rglob("*") if one.is_file()}
        assert files - listed <= {"ro-crate-metadata.json", "lock"}
        assert crate.root_dataset["mentions"]["instrument"]["author"]["name"] == CITED["authors"][0]["name"]
        article = crate.root_dataset["mentions"]["instrument"]["citation"]
        (paper,) = CITED["references"]
        assert (article["name"], article.id) == (paper["title"], f"https://doi.org/{paper['doi']}")
        assert article["author"]["name"] == " ".join(
            paper["authors"][0][key] for key in ("given-names", "family-names")
        )


def test_the_validator_tells_of_a_crate_that_says_too_little(compared, context):
    path = compared[0] / "ro-crate-metadata.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    for entity in told["@graph"]:
        if entity["@id"] == "./":
            del entity["datePublished"]
    path.write_text(json.dumps(told), encoding="utf-8")
    assert {whose for told, whose in lacks(compared[0], context) if "datePublished" in told} == {"./"}


def test_a_sweep_and_what_was_compared_in_it_are_verified(tmp_path, capsys):
    study, sweep, out = tmp_path / "study.toml", tmp_path / "sweep", tmp_path / "compared"
    study.write_text(STUDY, encoding="utf-8")
    assert cli.run_program(["sweep", str(study), "--out", str(sweep)]) == 0
    assert cli.run_program(["compare", str(sweep), "--out", str(out)]) == 0
    capsys.readouterr()
    assert verify(capsys, sweep)[:2] == (0, f"equal: {sweep}\n")
    assert verify(capsys, out)[:2] == (0, f"equal: {out}\n")
    spoil(out / "draws.parquet", "effect")
    assert "not equal: draws differs in effect" in verify(capsys, out)[1]
