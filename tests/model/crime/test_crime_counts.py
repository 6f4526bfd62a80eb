"""The four books of crime hold what the events of the month say, no more and no less."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from model.crime.crime_counts import (
    COMPLAINTS,
    CRIME_COUNT_MEASURES,
    HOMICIDE_MOTIVES,
    KILLED_BY,
    OCCURRED,
    RECORDED,
    REPORTED,
    REPORTED_BY,
    UNSERVED_BY,
)
from model.simulation.model import TrustModel
from model.town.crime_kinds import HOMICIDE, LESSER_KIND, N_KINDS, NAMES
from model.world.shift_events import CHANNELS, COMMUNAL, MOTIVES, NOBODY, REFUGE, TO_KIN
from model.world.state import CRIME_COUNTS, HARMED_HERE, OCCURRED_HERE

BUSY = {"crime.armed": 50, "crime.thieves": 50, "extortion.clash": 30, "crime.hire": 0.05}
MONTH = 93

Watch = Callable[..., Iterator[TrustModel]]


@pytest.fixture(scope="module")
def seen(watch: Watch) -> tuple[TrustModel, np.ndarray, np.ndarray]:
    """A busy town at the end of its first month, its incidents and the calls that it lost."""
    incidents, unserved = [], []
    for world in watch(MONTH - 1, **BUSY):
        incidents.append(world.trace["incidents"])
        unserved.append(world.trace["unserved"])
    return world, np.concatenate(incidents), np.concatenate(unserved)


Seen = tuple[Any, np.ndarray, np.ndarray]


def by_kind(rows: np.ndarray, weights: Any = None) -> list[float]:
    return np.bincount(rows["kind"], weights, N_KINDS).tolist()  # type: ignore[no-any-return]


def test_the_first_three_books_count_what_happened_was_told_and_became_a_complaint(seen: Seen) -> None:
    world, rows, _ = seen
    books = world.state[CRIME_COUNTS]
    reported = (rows["handed"] == 1) | ~np.isin(rows["reported_to"], (NOBODY, COMMUNAL, TO_KIN, REFUGE))
    assert len(rows) > 100
    assert 0 < reported.sum() < len(rows)
    assert books[OCCURRED].tolist() == by_kind(rows)
    assert books[REPORTED].tolist() == by_kind(rows, reported)
    assert books[COMPLAINTS].tolist() == by_kind(rows, rows["complaint"])


def test_headquarters_records_what_was_downgraded_as_the_lesser_kind(seen: Seen) -> None:
    world, rows, _ = seen
    kind = np.where(rows["downgraded"] == 1, LESSER_KIND[rows["kind"]], rows["kind"])
    assert rows["recorded"].sum() > 0
    assert world.state[CRIME_COUNTS][RECORDED].tolist() == np.bincount(kind, rows["recorded"], N_KINDS).tolist()


def test_crimes_are_counted_where_they_happen(seen: Seen) -> None:
    world, rows, _ = seen
    settlement = np.maximum(world.town.cells["settlement"][rows["cell"]], 0)
    assert world.state[OCCURRED_HERE].tolist() == np.bincount(settlement, minlength=world.town.n_settlements).tolist()
    assert world.state[HARMED_HERE].sum() == len(rows)


def test_channels_motives_and_lost_calls_are_counted_one_by_one(seen: Seen) -> None:
    world, rows, unserved = seen
    channels = Counter(rows["reported_to"][rows["reported_to"] != NOBODY].tolist())
    assert world.state[REPORTED_BY].tolist() == [channels[channel] for channel in range(len(CHANNELS))]
    motives = Counter(rows["motive"][rows["kind"] == HOMICIDE].tolist())
    assert world.state[KILLED_BY].tolist() == [motives[motive] for motive in range(len(MOTIVES))]
    reasons = Counter(unserved["reason"].tolist())
    assert dict(enumerate(world.state[UNSERVED_BY].tolist())) == {
        reason: reasons[reason] for reason in range(len(world.state[UNSERVED_BY]))
    }


def test_the_measures_of_a_book_add_up(live: Callable[..., TrustModel]) -> None:
    row = live(MONTH, **BUSY).month_row
    for name in CRIME_COUNT_MEASURES:
        assert row[name] == sum(row[f"{name}_{kind}"] for kind in NAMES)
    assert row["homicides"] == sum(row[f"homicides_{motive}"] for motive in HOMICIDE_MOTIVES)
    assert row["crimes_occurred"] > row["crimes_told"] > row["complaints_filed"] > 0
