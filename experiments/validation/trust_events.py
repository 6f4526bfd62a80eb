"""Measure the effect of single events on trust, by simulated panel and twins, beside published sizes (Q01-Q09)."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.validation.calibration import (
    SCANDAL_DAY,
    SINGLE_LEFT,
    ReferenceState,
    ReferenceTown,
    after,
    lapop,
    points,
    reference,
    state_of,
)
from experiments.validation.impression_replay import OWN, Numbers
from experiments.validation.panel import ADULTS, PANELS, SELECTION, Panel, panels_of
from experiments.validation.readings import CENTRE, READINGS, readings
from experiments.validation.sizes import BY_NAME
from experiments.validation.study_tables import Row, write_table

DAYS = (3, 21, 365)
SINGLE = "single"
TWINS = ("long visit", "fair stop", "scandal")
ASYMMETRIES = (1.0, 2.0, 4.0, 5.0)
PUBLISHED: dict[str, tuple[float, float]] = {"Q01": (-21.5, -9.5), "Q02": (-15.8, -1.0), "Q03": (0.1, 11.9),
                                             "Q06": (40.0, 56.0), "Q07": (0.38, 0.46)}  # fmt: skip
"""95 % intervals, from the least to the greatest of both panels; of Q06 and Q07 the two values."""
BY_DAY: dict[tuple[str, int], tuple[float, float, str]] = {
    ("long visit", 3): (5.0, 9.0, "Q04"),
    ("long visit", 21): (2.2, 6.8, "Q04"),
    ("fair stop", 3): (0.0, math.inf, "Q08"),
    ("scandal", 3): (-math.inf, 0.0, "Q09"),
    ("scandal", 135): (-math.inf, 0.0, "Q09"),
}
"""Of Q04 from t values; of Q08 and Q09 the sign alone."""
COLUMNS = (
    *("reading", "event", "es", "quantity", "value", "error", "status", "source", "published_low", "published_high"),
)
SPANISH = {
    "abuse": "abuso",
    "bribe": "mordida",
    "meeting": "reunión",
    "long visit": "visita larga",
    "fair stop": "registro justo",
    "scandal": "escándalo, quien se entera",
    "victim": "víctima",
    "two answers": "dos respuestas",
}
HEAD = (
    "What single events do to trust, in points of 100: reference town (Villa Canales' own events, mean 40).",
    "Lo que hace un solo hecho a la confianza, en puntos de 100: pueblo de referencia (media de 40).",
    f"panel: regression on {PANELS} simulated panels of {ADULTS:,} adults, two waves a year apart, prior answer and",
    "victimisation controlled; twins: the same adults with and without.  set: a weight was set from it; found: it came",
    f"out.  s: log-odds of own exposure a standard deviation of disposition; {SELECTION:g} is a convention.",
    "single: the same rows read as the size of one event at day 3, of which "
    f"{100 * SINGLE_LEFT:.0f} % are left after a year (Q06).",
    "At s = .6 self-selection alone gives more than Q03: nothing is left for the meeting.  Asymmetry: weights kept.",
)


def rows_of(town: ReferenceTown, numbers: Numbers) -> Iterator[Row]:
    """Yield all rows: every reading that could be solved, then other asymmetries by the weights of the first."""
    solved = readings()
    for one in READINGS:
        if one.name in solved:
            yield from of_reading(town, one.name, {**numbers, **solved[CENTRE], **solved[one.name]}, one.selection)
        else:
            yield row(one.name, "all", "not solved", float("nan"), "no weights give Q01 to Q03 here")
    for ratio in ASYMMETRIES:
        now = {**numbers, **solved[CENTRE], "trust.asymmetry": ratio}
        yield from of_reading(town, f"panel, asymmetry {ratio:g}", now, SELECTION)


def of_reading(town: ReferenceTown, name: str, numbers: Numbers, selection: float) -> Iterator[Row]:
    """Yield the rows of one reading."""
    panel, state = panels_of(town.tape, numbers, selection), state_of(town, numbers, every=1)
    kept = name.startswith("panel") and "asymmetry" not in name
    for kind in (*OWN, "victim"):
        source = {"abuse": "Q01", "bribe": "Q02", "meeting": "Q03"}.get(kind, "")
        is_set = kept and source != "" and not (kind == "meeting" and selection > SELECTION)
        yield row(name, kind, "coefficient", panel.coefficients[kind], "set" if is_set else "found", source,
                  PUBLISHED.get(source), panel.errors[kind])  # fmt: skip
    yield from of_answers(name, panel)
    for kind in (*OWN, *TWINS) if kept or name.startswith(SINGLE) or "asymmetry" in name else ():
        yield from of_event(name, kind, state, numbers)


def of_answers(name: str, panel: Panel) -> Iterator[Row]:
    """Yield what two answers of one person have in common, and what is left of the gap of those abused."""
    status = "set" if name == CENTRE else "found"
    yield row(name, "two answers", "correlation", panel.correlation, status, "Q07", PUBLISHED["Q07"])
    yield row(name, "abuse", "% of the gap left a year later", 100.0 * panel.kept, "found, not used", "Q06",
              PUBLISHED["Q06"])  # fmt: skip


def of_event(name: str, kind: str, state: ReferenceState, numbers: Numbers) -> Iterator[Row]:
    """Yield latent trust and answers so many days after an event."""
    event = BY_NAME[kind]
    single = name.startswith(SINGLE) and kind in OWN
    for days in days_of(kind):
        low, high, source = BY_DAY.get((kind, days), (None, None, ""))
        span = None if low is None or high is None else (low, high)
        is_set = (single and days == 3) or (kind in TWINS and source != "" and "asymmetry" not in name)
        if single and days == 3:
            source, span = event.source, PUBLISHED[event.source]
        now = points(state, event, numbers, days)
        yield row(name, kind, f"day {days}, latent", now, "set" if is_set else "found", source, span)
        with_it, without = (lapop(odds, numbers)[0] for odds in odds_of_both(state, numbers, kind, days))
        yield row(name, kind, f"day {days}, survey", 100.0 * (with_it - without), "found")


def days_of(kind: str) -> tuple[int, ...]:
    """Return the days after an event at which is looked: of a scandal also that by which a tenth is to be left.

    >>> days_of("abuse")
    (3, 21, 365)
    """
    return tuple(sorted({*DAYS, SCANDAL_DAY})) if kind == "scandal" else DAYS


def odds_of_both(state: ReferenceState, numbers: Numbers, kind: str, days: float) -> tuple[Any, Any]:
    """Return log-odds of trust with and without an event."""
    event = BY_NAME[kind]
    return after(state, event, numbers, days), after(state, event, {**numbers, event.parameter: 0.0}, days)


def row(
    reading: str,
    event: str,
    quantity: str,
    value: float,
    status: str,
    source: str = "",
    span: tuple[float, float] | None = None,
    error: float = float("nan"),
) -> Row:
    """Return one row."""
    low, high = ("", "") if span is None else span
    values = (reading, event, SPANISH.get(event, event), quantity, value, error, status, source, low, high)
    return dict(zip(COLUMNS, values, strict=True))


def lines_of(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table as text: for each reading its coefficients, then events by day."""
    yield from HEAD
    for reading in dict.fromkeys(one["reading"] for one in rows):
        own = [one for one in rows if one["reading"] == reading]
        yield f"\n{reading}"
        for one in own:
            if "day" not in one["quantity"]:
                yield f"  {one['event'] + ' / ' + one['es']:40}{one['quantity']:32}{told(one)}"
        for kind in dict.fromkeys(one["event"] for one in own if "day" in one["quantity"]):
            yield from of_days(kind, [one for one in own if one["event"] == kind and "day" in one["quantity"]])


def of_days(kind: str, rows: Sequence[Row]) -> Iterator[str]:
    """Yield latent trust and answers of one event by day."""
    for how in ("latent", "survey"):
        some = [one for one in rows if one["quantity"].endswith(how)]
        values = " ".join(f"{one['value']:7.2f}" for one in some)
        days = "days " + ", ".join(one["quantity"].split(",")[0].removeprefix("day ") for one in some) + ", "
        sources = ", ".join(f"{one['quantity'].split(',')[0]} {known(one)}" for one in some if one["source"])
        yield f"  {kind + ' / ' + SPANISH[kind]:40}{days + how:32}{values}  {sources or 'found'}"


def known(one: Row) -> str:
    """Return how a number stands to its source, and what was published."""
    span = "" if one["published_low"] == "" else f" [{one['published_low']:g}, {one['published_high']:g}]"
    source = f" {one['source']}" if one["source"] else ""
    return f"{one['status']}{source}{span}"


def told(one: Row) -> str:
    """Return value, error and what was published."""
    error = "" if np.isnan(one["error"]) else f" (SE {one['error']:.2f})"
    return f"{one['value']:7.2f}{error}  {known(one)}"


def show_events(out: Path) -> list[Row]:
    """Carry out all readings in the reference town; write, print and return what was found."""
    town, numbers = reference()
    rows = list(rows_of(town, numbers))
    print(write_table(out, "trust_events", rows, COLUMNS, lines_of(rows)))
    return rows
