"""What tests of commands need that run and compare towns, but look at other things than all that these write."""

from collections.abc import Iterator

import pandas as pd
import pytest
from matplotlib.figure import Figure

from experiments.words.console import set_console_language

ROWS = ("group_rows", "cause_rows", "origin_rows", "decision_rows", "resident_rows")
TABLES = ("monthly_effects_table", "decisions_table", "horizons_table")


@pytest.fixture
def no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `run` draw an empty picture: to draw its months takes longer than to simulate the few that tests need."""
    monkeypatch.setattr("experiments.figures.run.draw_run", lambda *_: Figure((1.0, 1.0)))


@pytest.fixture
def headlines_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `compare` tell effects on headlines alone: the other tables take longest, and follow from the same arms."""
    for name in ROWS:
        monkeypatch.setattr(f"experiments.comparison.effects.{name}", lambda *_: ())
    for name in TABLES:
        monkeypatch.setattr(f"experiments.report.compare_command.{name}", lambda _: pd.DataFrame())


@pytest.fixture(autouse=True)
def _english_console() -> Iterator[None]:
    """Return to the default language of messages, which a test may have changed."""
    yield
    set_console_language()
