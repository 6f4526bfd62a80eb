"""By which way practices move trust, telling and crime."""

from pathlib import Path

import pandas as pd
import pytest

from experiments.comparison.origins import KINDS, OriginsOfYear
from experiments.dev.examinations import mediation
from experiments.dev.examinations.command import ValidationRequest, run_examinations


def account(trust: float, **points: float) -> OriginsOfYear:
    """Return the account of a year in which some kinds of events moved trust."""
    kinds = [kind for group in KINDS.values() for kind in group]
    return OriginsOfYear({"trust": trust}, {}, {("trust", kind): points.get(kind, 0.0) for kind in kinds}, 0.5)


def test_every_kind_of_event_is_in_one_channel() -> None:
    placed = [kind for kinds in mediation.CHANNELS_OF_TRUST.values() for kind in kinds]
    assert sorted(placed) == sorted(kind for group in KINDS.values() for kind in group)


def test_the_channels_of_trust_sum_to_the_effect() -> None:
    parts = mediation.trust_parts(account(40.0, request=-1.0, talk=2.0), account(43.0, request=1.5, talk=1.0))
    assert parts["requests"] == 2.5
    assert parts["contact"] == -1.0
    assert sum(parts.values()) == pytest.approx(3.0)


def test_practices_stand_alone_in_pairs_and_together() -> None:
    assert len(mediation.ARMS) == 4 + 6 + 1
    worlds = mediation.worlds_of_site()
    assert worlds["team+area"] == ("practice_team", "practice_area")
    assert worlds[f"telling cut, {mediation.ALL}"][:4] == tuple(f"practice_{name}" for name in mediation.PRACTICES)


@pytest.mark.thorough
def test_a_quick_run_writes_every_channel_of_both_sites(tmp_path: Path) -> None:
    assert run_examinations(ValidationRequest(names=("mediation",), quick=True, out=tmp_path))
    rows = pd.read_csv(tmp_path / "mediation.csv", keep_default_na=False)
    assert set(rows["site"]) == {"villa_canales", "totonicapan"}
    whole = rows[rows["practice"] == mediation.ALL]
    assert {*mediation.CUTS} <= set(whole[whole["outcome"] == "told"]["channel"])
    assert {*mediation.CHANNELS_OF_TRUST} <= set(whole[whole["outcome"] == "trust"]["channel"])
    text = (tmp_path / "mediation.txt").read_text(encoding="utf-8")
    assert "villa_canales, year 1 / año 1: team" in text
