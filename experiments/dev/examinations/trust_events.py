"""Measure the effect of single events on trust in simulated panels and pairs; compare with Q01-Q09."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.dev.examinations.readings import CENTRAL_READING, READINGS, readings
from experiments.validation.calibration import (
    ABUSE_SHARE_LEFT,
    SCANDAL_DAY,
    ReferenceState,
    lapop,
    log_odds_after,
    points_of_event,
    reference_town,
    state_of,
)
from experiments.validation.impression_replay import PANEL_EVENTS, Numbers, Tape
from experiments.validation.panel import INTERVIEWED, N_PANELS, SELECTION, panels_of
from experiments.validation.sizes import EVENT_BY_NAME
from experiments.validation.study_tables import TABLES, Row, head_of, rows_by_columns, write_table

DAYS = (3, 21, 365)
SINGLE = "single"
PAIR_EVENTS = ("long visit", "fair stop", "scandal")
ASYMMETRIES = (1.0, 2.0, 4.0, 5.0)
NO_SPAN = ("", "")
PUBLISHED: dict[str, list[Any]] = TABLES["trust_events"]["published"]
PUBLISHED_BY_DAY: dict[str, dict[str, list[Any]]] = TABLES["trust_events"]["days"]
SPANISH_NAMES: dict[str, str] = TABLES["trust_events"]["spanish"]
COLUMNS = (
    *("reading", "event", "es", "quantity", "value", "error", "status", "source", "published_low", "published_high"),
)


def rows_of(tape: Tape, numbers: Numbers) -> Iterator[Row]:
    """Yield all rows: every solved reading, then other asymmetries with the weights of the first."""
    solved = readings()
    for reading in READINGS:
        if reading.name in solved:
            values = {**numbers, **solved[CENTRAL_READING], **solved[reading.name]}
            yield from reading_rows(tape, reading.name, values, reading.selection)
        else:
            yield table_row(reading.name, "all", "not solved", math.nan, "no weights give Q01 to Q03 here")
    for ratio in ASYMMETRIES:
        values = {**numbers, **solved[CENTRAL_READING], "trust.asymmetry": ratio}
        yield from reading_rows(tape, f"panel, asymmetry {ratio:g}", values, SELECTION)


def reading_rows(tape: Tape, name: str, numbers: Numbers, selection: float) -> Iterator[Row]:
    """Yield the rows of one reading: coefficients, correlation of answers, gap of abused people, events by day."""
    panel, state = panels_of(tape, numbers, selection), state_of(tape, numbers, every=1)
    uses_panel = name.startswith("panel") and "asymmetry" not in name
    for kind in (*PANEL_EVENTS, "victim"):
        source = EVENT_BY_NAME[kind].source if kind in PANEL_EVENTS else ""
        is_set = uses_panel and source != "" and not (kind == "meeting" and selection > SELECTION)
        status, span = "set" if is_set else "found", PUBLISHED.get(source, NO_SPAN)
        yield table_row(name, kind, "coefficient", panel.coefficients[kind], status, source, span, panel.errors[kind])
    status = "set" if name == CENTRAL_READING else "found"
    yield table_row(name, "two answers", "correlation", panel.correlation, status, "Q07", PUBLISHED["Q07"])
    quantity, left = "% of the gap left a year later", 100.0 * panel.gap_left
    yield table_row(name, "abuse", quantity, left, "found, not used", "Q06", PUBLISHED["Q06"])
    for kind in (*PANEL_EVENTS, *PAIR_EVENTS) if uses_panel or name.startswith(SINGLE) or "asymmetry" in name else ():
        yield from event_rows(name, kind, state, numbers)


def event_rows(name: str, kind: str, state: ReferenceState, numbers: Numbers) -> Iterator[Row]:
    """Yield the effect on latent trust and on answers by days after an event."""
    event = EVENT_BY_NAME[kind]
    for days in days_of(kind):
        *span, source = PUBLISHED_BY_DAY.get(kind, {}).get(str(days), (*NO_SPAN, ""))
        is_set = kind in PAIR_EVENTS and source != "" and "asymmetry" not in name
        if name.startswith(SINGLE) and kind in PANEL_EVENTS and days == 3:
            is_set, source, span = True, event.source, PUBLISHED[event.source]
        points = points_of_event(state, event, numbers, days)
        yield table_row(name, kind, f"day {days}, latent", points, "set" if is_set else "found", source, span)
        both_numbers = (numbers, {**numbers, event.parameter: 0.0})
        with_it, without = (lapop(log_odds_after(state, event, values, days), numbers)[0] for values in both_numbers)
        yield table_row(name, kind, f"day {days}, survey", 100.0 * (with_it - without), "found")


def days_of(kind: str) -> tuple[int, ...]:
    """Return the reported days after an event; for a scandal also the day at which a tenth should be left.

    >>> days_of("abuse")
    (3, 21, 365)
    """
    return tuple(sorted({*DAYS, SCANDAL_DAY})) if kind == "scandal" else DAYS


def table_row(
    reading: str,
    event: str,
    quantity: str,
    value: float,
    status: str,
    source: str = "",
    span: Sequence[Any] = NO_SPAN,
    error: float = math.nan,
) -> Row:
    """Return one row of the table.

    ``status`` says whether the number was set or found, ``source`` is the row of evidence that states it, and ``span``
    its published interval.
    """
    values = (reading, event, SPANISH_NAMES.get(event, event), quantity, value, error, status, source, *span)
    return dict(zip(COLUMNS, values, strict=True))


def format_trust_events(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table as text: for each reading its coefficients, then events by day."""
    share_left = 100.0 * ABUSE_SHARE_LEFT
    yield from head_of("trust_events", panels=N_PANELS, adults=INTERVIEWED, selection=SELECTION, left=share_left)
    for (reading,), rows_of_reading in rows_by_columns(rows, "reading").items():
        yield f"\n{reading}"
        for row in rows_of_reading:
            if "day" not in row["quantity"]:
                error = "" if np.isnan(row["error"]) else f" (SE {row['error']:.2f})"
                number = f"{row['value']:7.2f}{error}  {source_status(row)}"
                yield f"  {row['event'] + ' / ' + row['es']:40}{row['quantity']:32}{number}"
        rows_by_day = [row for row in rows_of_reading if "day" in row["quantity"]]
        for (kind,), rows_of_event in rows_by_columns(rows_by_day, "event").items():
            yield from format_days(kind, rows_of_event)


def format_days(kind: str, rows: Sequence[Row]) -> Iterator[str]:
    """Yield two lines of one event: latent trust and answers by day."""
    for kind_of_answer in ("latent", "survey"):
        selected = [row for row in rows if row["quantity"].endswith(kind_of_answer)]
        values = " ".join(f"{row['value']:7.2f}" for row in selected)
        days = "days " + ", ".join(row["quantity"].split(",")[0].removeprefix("day ") for row in selected) + ", "
        sources = ", ".join(
            f"{row['quantity'].split(',')[0]} {source_status(row)}" for row in selected if row["source"]
        )
        yield f"  {kind + ' / ' + SPANISH_NAMES[kind]:40}{days + kind_of_answer:32}{values}  {sources or 'found'}"


def source_status(row: Row) -> str:
    """Return the status, source and published interval of a number as text."""
    span = "" if row["published_low"] == "" else f" [{row['published_low']:g}, {row['published_high']:g}]"
    source = f" {row['source']}" if row["source"] else ""
    return f"{row['status']}{source}{span}"


def show_events(out: Path) -> list[Row]:
    """Run all readings in the reference town; write, print and return the rows."""
    rows = list(rows_of(*reference_town()))
    print(write_table(out, "trust_events", rows, COLUMNS, format_trust_events(rows)))
    return rows
