"""The table of doses as text."""

import math
from collections.abc import Iterator, Sequence

from experiments.validation.study_tables import Row

LABEL, COLUMN = 86, 42
PLACES = {"villa_canales": "Villa Canales", "totonicapan": "Totonicapán"}
HEAD = (
    "Doses: points of 100 by which the mean trust of adults differs from its twin after 1, 3 and 10 years.",
    "Dosis: puntos de 100 en que la confianza media de los adultos difiere de la de su gemelo a 1, 3 y 10 años.",
    "panel, single: how Q01 to Q03 are read (decision 0014).  In brackets the band over the corners, one at a time,",
    "of one seed.  Visits, meetings and served calls are given from outside: they say what they would be worth if they",
    "were all good, not that the police can give them.  All numbers found; memory of 2 years is a convention.",
)
Corner = tuple[str, str, list[float]]
SHORT = ("fair +.3", "visits", "meetings", "all", "report", "served", "both")


def lines_of(rows: Sequence[Row], extras: Sequence[Row], corners: Sequence[Corner], seeds: int) -> Iterator[str]:
    """Yield the whole table: doses, what three points take, corners."""
    yield from HEAD
    yield f"{seeds} seeds / {seeds} semillas"
    for site in dict.fromkeys(row["site"] for row in rows):
        own = [row for row in rows if row["site"] == site]
        yield f"\n{PLACES[site].ljust(LABEL)}{'panel, 1 / 3 / 10 years'.ljust(COLUMN)}{'single, 1 / 3 / 10 years'}"
        for dose in dict.fromkeys(row["dose"] for row in own if row["reading"] == "panel"):
            yield of_dose([row for row in own if row["dose"] == dose])
        yield from of_extras([one for one in extras if one["site"] == site])
        yield from of_corners([one for one in corners if one[0] == site])


def of_dose(rows: Sequence[Row]) -> str:
    """Return the line of one dose by both readings."""
    parts = []
    for reading in ("panel", "single"):
        own = [row for row in rows if row["reading"] == reading]
        band = next((row for row in own if row["years"] == 10 and not math.isnan(row["band_low"])), None)
        parts.append(" / ".join(f"{row['value']:+.2f}" for row in own) + (
            f" [{band['band_low']:+.2f}, {band['band_high']:+.2f}]" if band else ""))  # fmt: skip
    return f"  {rows[0]['en']} / {rows[0]['es']}".ljust(LABEL) + parts[0].ljust(COLUMN) + parts[1]


def of_extras(extras: Sequence[Row]) -> Iterator[str]:
    """Yield what three points take, and from which share of fair contacts on more of them pay."""
    for one in extras:
        yield (
            f"  {one['reading']}: +3 points in ten years take {one['visits']:.2f} visits per adult and year"
            f" ({one['per_couple_shift']:.1f} a couple-shift; one a couple-shift is {one['one_a_couple_shift']:.2f})"
            f" or {one['meetings']:.2f} meetings; contacts are {one['fair_now']:.3f} fair and pay from"
            f" {'no share tried' if math.isnan(one['break_even']) else format(one['break_even'], '.3f')}"
        )


def of_corners(corners: Sequence[Corner]) -> Iterator[str]:
    """Yield points after ten years in each corner."""
    yield f"\n  {'ten years, one seed / diez años, una semilla':44}" + "".join(f"{name:>10}" for name in SHORT)
    for _, reading, values in corners:
        yield f"  {reading:44}" + "".join(f"{value:+10.2f}" for value in values)
