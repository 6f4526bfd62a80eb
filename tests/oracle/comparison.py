"""Let the slow reference model and the fast model live side by side, and compare them shift by shift."""

import datetime
import itertools
import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from model.engine.scenario import Scenario
from model.simulation.model import TrustModel
from model.town.town import build_town
from model.world.shift_events import UNSERVED_REASONS
from oracle.deciding import rows_of_choices
from oracle.fear import feel
from oracle.minutes import FOR_MEETINGS, FOR_PROBLEMS, FOR_REQUESTS, HOMES
from oracle.state import FIELDS, GROWING, PER, Rows
from oracle.town import HEARD_OUT_OF, HELP_BY, PlainTown

COLUMNS = {
    "visits": ("post", "cell", "minute", "kind", "routed", "alive", "stay", "km"),
    "incidents": (
        "tick",
        "number",
        "kind",
        "motive",
        "cell",
        "victim",
        "minute",
        "severity",
        "loss",
        "reported_to",
        "handed",
        "found",
        "complaint",
        "in_time",
        "recorded",
        "arrested",
        "displaced",
        "refused",
        "downgraded",
        "offender",
    ),
    "responses": ("born", "number", "post", "wait", "board"),
    "unserved": ("born", "number", "reason", "board"),
    "arrests": ("number", "post", "held"),
    "bribes": ("cell", "nth", "post", "who"),
    "impressions": (
        "who",
        "cause",
        "origin",
        "heard",
        "quality_f",
        "quality_e",
        "weight_f",
        "weight_e",
        "fast",
        "change",
    ),
    "hearings": ("born", "number", "outcome"),
    "meetings": ("authority", "problem", "by_police", "came", "at_table"),
    "outside": ("who", "kind", "severity"),
}
"""Tables of a shift, in the order in which a difference is looked for."""

LOOK = 5
"""Shifts from one look at whole tables to the next: no multiple of a day's three, so that every shift has its turn."""


def when(tick: int) -> str:
    """Say which shift a tick is."""
    date = datetime.date(2000, 1, 1) + datetime.timedelta(days=tick // 3)
    return f"tick {tick} ({date:%A} {date}, shift {tick % 3})"


def same(one: float, other: float) -> bool:
    """Whether two numbers are equal to nine digits."""
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def described(table: str, row: tuple[Any, ...] | None) -> str:
    """Write a row with the names of its columns."""
    if row is None:
        return "no such row"
    return ", ".join(f"{name}={value:.12g}" for name, value in zip(COLUMNS[table], row, strict=True))


def assert_same_shift(tick: int, fast: Mapping[str, np.ndarray], plain: Mapping[str, list[Any]]) -> None:
    """Raise with the first difference of a shift in one message."""
    for table, columns in COLUMNS.items():
        rows = [tuple(row[name].item() for name in columns) for row in fast[table]]
        for number in range(max(len(rows), len(plain[table]))):
            one = rows[number] if number < len(rows) else None
            other = plain[table][number] if number < len(plain[table]) else None
            if one is None or other is None:
                different = ["row"]
            else:
                different = [name for name, a, b in zip(columns, one, other, strict=True) if not same(float(a), b)]
            if different:
                raise AssertionError(
                    f"{when(tick)}: table {table!r}, row {number} differs in {', '.join(different)}\n"
                    f"  fast:  {described(table, one)}\n  plain: {described(table, other)}"
                )


def assert_same_trust(tick: int, fast: np.ndarray, plain: PlainTown) -> None:
    """Raise if a living resident trusts differently."""
    for resident in plain.residents:
        if resident.alive and not same(float(fast[resident.number]), resident.trust):
            raise AssertionError(
                f"{when(tick)}: resident {resident.number} trusts {fast[resident.number]:.15f} "
                f"in the fast model, {resident.trust:.15f} in the plain one"
            )


def assert_same_rows(tick: int, table: str, found: Any, rows: Rows) -> None:
    """Raise with the first row of a table that stands differently after a shift."""
    names = {name for row in rows for name in row or ()}
    columns = {name: found[name].tolist() for name in names}
    for number, row in enumerate(rows):
        for name, value in (row or {}).items():
            other = columns[name][number]
            if other != value and not same(other, value):
                raise AssertionError(f"{when(tick)}: {table} row {number}, {name}: fast {other!r}, plain {value!r}")


def assert_same_state(tick: int, fast: Any, plain: PlainTown) -> None:
    """Raise with the first row of a table, or number of a field, that stands differently after a shift."""
    for table, tell in PER.items():
        assert_same_rows(tick, table, getattr(fast.state, table), tell(plain))
    for table, tell in GROWING.items():
        found, rows = getattr(fast.state, table).used_rows(), tell(plain)
        assert_same_rows(tick, table, found, rows[: len(found)])
        assert len(found) == len(rows), (
            f"{when(tick)}: {table} has {len(found)} rows in the fast model, {len(rows)} here"
        )
    for name, value in FIELDS.items():
        one, other = getattr(fast.state, name), np.array(value(plain), np.float64).reshape(-1)
        assert one.size == other.size, (
            f"{when(tick)}: {name} has {one.size} numbers in the fast model, {other.size} here"
        )
        different = np.flatnonzero(~np.isclose(one.reshape(-1), other, rtol=1e-9, atol=1e-9))
        if different.size:
            nth = different[0]
            where = tuple(int(i) for i in np.unravel_index(nth, one.shape))
            raise AssertionError(f"{when(tick)}: {name} {where}: fast {one[where]!r}, plain {other[nth]!r}")


def assert_same_spent(tick: int, fast: Any, plain: PlainTown) -> None:
    """Raise if couples had or used other hours or kilometres since the month began."""
    for name, value in vars(plain.spent).items():
        one = float(fast.state.tally[name].sum())
        assert same(one, value), f"{when(tick)}: {name}: fast {one!r}, plain {value!r}"


def assert_same_reasons(tick: int, fast: Any, plain: PlainTown) -> None:
    """Raise if another number of choices was decided by a reason since the month began."""
    found = {name: float(fast.state.tally[name].sum()) for name in HEARD_OUT_OF}
    found |= dict(zip(HELP_BY, fast.state.chosen_by.tolist(), strict=True))
    assert found == plain.counted, f"{when(tick)}: fast {found}, plain {plain.counted}"


def assert_same_ledger(fast: Any, plain: PlainTown) -> None:
    """Raise if a month's sum of a cause in a settlement differs."""
    pages = {page.month: page for page in plain.ledger.months}
    rows = fast.ledger_months()
    start = plain.settings.start
    full = {month for month in pages if datetime.date(month // 12, month % 12 + 1, 1) >= start}
    assert full == set(rows["month"].tolist())
    for month, settlement, cause, change, forgotten in rows.tolist():
        page, key = pages[month], (cause, settlement)
        booked, faded = page.changes.get(key, 0.0), page.forgotten.get(key, 0.0)
        assert max(abs(booked - change), abs(faded - forgotten)) < 1e-9, (
            f"month {month}, settlement {settlement}, cause {cause}: "
            f"fast {change!r}, forgotten {forgotten!r}; plain {booked!r}, forgotten {faded!r}"
        )
    for month, origin, *sums in fast.origin_months().tolist():
        plainly = plain.ledger.past_traces[month].get(origin, [0.0] * 5)
        assert max(abs(one - other) for one, other in zip(sums, plainly, strict=True)) < 1e-6, (
            f"month {month}, origin {origin}: fast {sums!r}; plain {plainly!r}"
        )


def assert_same_choices(fast: Any, plain: PlainTown) -> None:
    """Raise if something else was decided in a month that is closed, or for another reason."""
    start = plain.settings.start
    full = [month for month in plain.past_choices if datetime.date(month // 12, month % 12 + 1, 1) >= start]
    rows: Rows = [row for month in full for row in rows_of_choices(plain.past_choices[month])]
    found = fast.choices()
    assert_same_rows(plain.tick, "past choices", found, rows[: len(found)])
    assert len(found) == len(rows), f"{len(found)} choices in the fast model, {len(rows)} here"


def assert_ledger_balances(town: PlainTown) -> None:
    """Raise unless, in every settlement and month, the causes sum to the change of total trust."""
    pages = [(page.before, page.after, page.changes) for page in town.ledger.months]
    pages.append((town.ledger.before, town.ledger.totals(), town.ledger.changes()))
    for before, after, changes in pages:
        for settlement in range(town.n_settlements):
            booked = math.fsum(change for (_, place), change in changes.items() if place == settlement)
            assert abs(after[settlement] - before[settlement] - booked) < 1e-9


def take_over_roots(fast: Any, plain: PlainTown) -> None:
    """Compare both intercepts, roots to 1e-6; take over those of the fast model, to compare all else exactly."""
    for name in ("intercept", "fear_shift"):
        one, other = getattr(fast.state, name).item(), getattr(plain, name)
        assert abs(one - other) < 2e-6, f"{name}: fast {one!r}, plain {other!r}"
        setattr(plain, name, one)
    if plain.tick > plain.first_tick:
        feel(plain)
    plain.ledger.begin()


def assert_same_now(tick: int, fast: Any, plain: PlainTown) -> None:
    """Raise with the first thing that stands differently after a shift."""
    assert_same_spent(tick, fast, plain)
    assert_same_reasons(tick, fast, plain)
    if plain.tick % LOOK == 0:
        assert_same_tables(tick, fast, plain)


def assert_same_tables(tick: int, fast: Any, plain: PlainTown) -> None:
    """Raise with the first resident or row that stands differently after a shift."""
    assert_same_trust(tick, fast.trust(), plain)
    assert_same_state(tick, fast, plain)


def work_of(plain: PlainTown) -> dict[str, int]:
    """Return how much couples did in the last shift by plan, and how many were sent to another sector."""
    couples = plain.couples_on_duty()
    return {
        "visits to homes": sum(visit.alive and visit.kind == HOMES for visit in plain.visits),
        "for meetings": sum(one.stretches[FOR_MEETINGS] for one in couples),
        "for requests": sum(one.stretches[FOR_REQUESTS] for one in couples),
        "for problems": sum(one.stretches[FOR_PROBLEMS] for one in couples),
        "other sectors": sum(one.lead is not None and one.sector is not one.lead.sector for one in couples),
    }


def happened(plain: PlainTown, tick: int) -> Counter[str]:
    """Return how much of what happened in a shift."""
    counts = Counter({table: len(rows) for table, rows in plain.trace().items()})
    counts.update(choice.matter for choice in plain.choices if choice.tick == tick)
    counts.update(UNSERVED_REASONS[one.reason] for one in plain.unserved)
    counts["displaced"] = sum(incident.displaced for incident in plain.incidents)
    counts["served by a reinforcement"] = sum(one.couple.reinforces for one in plain.responses)
    counts["served a shift later"] = sum(one.born < tick for one in plain.responses)
    counts["sent from elsewhere"] = sum(one.cell.facility != one.couple.facility.number for one in plain.responses)
    counts.update(work_of(plain))
    return counts


def side_by_side(scenario: Scenario, seed: int) -> tuple[TrustModel, PlainTown]:
    """Return both models of a town: a shift of the fast one is a shift of both, after which they are compared."""
    plain = PlainTown(scenario, build_town(scenario), seed)

    class Beside(TrustModel):
        """The fast model, which does its warm-up while it is made, with the plain one at its side."""

        def step(self) -> None:
            """Live one shift in both models, and compare."""
            tick = plain.tick
            if tick == plain.first_tick:
                take_over_roots(self, plain)
            super().step()
            plain.step()
            assert_same_shift(tick, self.trace or {}, plain.trace())
            if plain.tick != plain.start_tick:
                assert_same_now(tick, self, plain)

    fast = Beside(scenario, rng=seed, trace=True)
    take_over_roots(fast, plain)
    assert_same_tables(plain.tick - 1, fast, plain)
    return fast, plain


def live_together(
    scenario: Scenario, seed: int, shifts: int, look: Callable[[PlainTown], None] = lambda town: None
) -> Counter[str]:
    """Let both models live through the same shifts, those of the warm-up too; return how much happened after it."""
    fast, plain = side_by_side(scenario, seed)
    counts: Counter[str] = Counter()
    for _ in range(shifts):
        tick = plain.tick
        fast.step()
        counts.update(happened(plain, tick))
        look(plain)
    assert_same_tables(plain.tick - 1, fast, plain)
    assert_same_ledger(fast, plain)
    assert_same_choices(fast, plain)
    assert_ledger_balances(plain)
    counts["responses that fit"] = sum(record.tried for record in plain.problems.records)
    counts["refused"] = sum(record.better for record in plain.problems.records)
    counts["slots held on suspicion"] = plain.n_detained_offenders
    counts.update(one.matter for one in itertools.chain(*plain.past_choices.values()))
    return counts
