"""Where effects of a study's changes come from: parts by origin of each change alone, in worlds worked by hand."""

from pathlib import Path

import pandas as pd
import pytest

from experiments.comparison import contrast_origins
from experiments.comparison.origins import BELIEFS, KINDS, OriginsOfYear, origin_key
from experiments.figures.answers import csv_of_origins
from experiments.narrative.origin_sentences import part_keys

STOP = "stop"
ALL = [kind for kinds in KINDS.values() for kind in kinds]


def account(trust: float, stops: float, left: float) -> OriginsOfYear:
    """A world with so many stops a resident, which left so many points of trust, and nothing else."""
    events = dict.fromkeys(ALL, 0.0) | {STOP: stops}
    points = {(belief, kind): 0.0 for belief in BELIEFS for kind in ALL} | {("trust", STOP): left}
    return OriginsOfYear(dict.fromkeys(BELIEFS, trust), events, points, nation=0.0)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sweep of two changes and two seeds: `a` halves stops, `b` makes each leave half as much."""
    rows, accounts = [], {}
    for seed in (1, 2):
        for a in (False, True):
            for b in (False, True):
                run = f"{seed}{a:d}{b:d}"
                stops, each = (5.0 if a else 10.0), (-0.1 if b else -0.2)
                rows.append(
                    {"run": run, "scenario": "here", "seed": seed, "policy.a": a, "policy.b": b, "trust_mean": 0.4}
                )
                accounts[run] = account(40.0 + seed + stops * each, stops, stops * each)
    monkeypatch.setattr(contrast_origins, "stored_measures", lambda _: list(contrast_origins.REQUIRED_MEASURES))
    monkeypatch.setattr(contrast_origins, "read_manifest", lambda _: {"keep": list(contrast_origins.REQUIRED_TABLES)})
    monkeypatch.setattr(contrast_origins, "means_of_runs", lambda *_: pd.DataFrame(rows))
    monkeypatch.setattr(contrast_origins, "varied_columns", lambda _: ["policy"])
    monkeypatch.setattr(contrast_origins, "accounts_of", lambda _: accounts)
    return Path("here")


def test_fewer_stops_are_no_better_stops(folder: Path) -> None:
    found = contrast_origins.origin_contrasts(folder).set_index(["change", "measure"])["estimate"]
    assert found["a", "trust.treatment.number"] == pytest.approx(0.75)  # (1.0 + 0.5) / 2 with and without b
    assert found["a", "trust.treatment.quality"] == pytest.approx(0.0)
    assert found["b", "trust.treatment.number"] == pytest.approx(0.0)
    assert found["b", "trust.treatment.quality"] == pytest.approx(0.75)


def test_every_part_is_told_for_every_change_and_those_of_trust_sum_to_its_effect(folder: Path) -> None:
    table = contrast_origins.origin_contrasts(folder)
    assert list(table[table["change"] == "a"]["measure"]) == [
        origin_key(*key) for belief in BELIEFS for key in part_keys(belief)
    ]
    sums = table[table["measure"].str.startswith("trust.")].groupby("change")["estimate"].sum()
    assert sums.to_dict() == {"a": pytest.approx(0.75), "b": pytest.approx(0.75)}
    assert set(table["n"]) == {2}


def test_the_file_names_every_part_in_both_languages(folder: Path) -> None:
    text = csv_of_origins(contrast_origins.origin_contrasts(folder)).decode()
    assert text.startswith("scenario,change,measure,en,es,estimate,low,high,n\n")
    assert "more or fewer stops and uses of force" in text
    assert "más o menos registros y usos de la fuerza" in text


@pytest.mark.parametrize(
    ("name", "left"), [("stored_measures", ["trust_mean"]), ("read_manifest", {"keep": ["ledger"]})]
)
def test_a_sweep_that_kept_too_little_has_no_parts(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, left: object
) -> None:
    monkeypatch.setattr(contrast_origins, name, lambda _: left)
    assert contrast_origins.origin_contrasts(folder).empty
