"""The table of doses as text."""

import math
from collections.abc import Iterator, Sequence

from experiments.validation.study_tables import Row, grouped, head_of

LABEL, COLUMN = 86, 42
PLACES = {"villa_canales": "Villa Canales", "totonicapan": "Totonicapán"}
Corner = tuple[str, str, list[float]]
SHORT = ("fair +.3", "visits", "meetings", "all", "report", "served", "both")


def lines_of(rows: Sequence[Row], extras: Sequence[Row], corners: Sequence[Corner], seeds: int) -> Iterator[str]:
    """Yield the whole table: doses, what three points take, corners."""
    yield from head_of("doses", seeds=seeds)
    for (site,), own in grouped(rows, "site").items():
        yield f"\n{PLACES[site].ljust(LABEL)}{'panel, 1 / 3 / 10 years'.ljust(COLUMN)}{'single, 1 / 3 / 10 years'}"
        for some in grouped(own, "dose").values():
            label = f"  {some[0]['en']} / {some[0]['es']}".ljust(LABEL)
            panel, single = (of_reading([row for row in some if row["reading"] == one]) for one in ("panel", "single"))
            yield label + panel.ljust(COLUMN) + single
        yield from (of_extra(one) for one in extras if one["site"] == site)
        yield f"\n  {'ten years, one seed / diez años, una semilla':44}" + "".join(f"{name:>10}" for name in SHORT)
        for place, reading, values in corners:
            if place == site:
                yield f"  {reading:44}" + "".join(f"{value:+10.2f}" for value in values)


def of_reading(rows: Sequence[Row]) -> str:
    """Return points after 1, 3 and 10 years by one reading, with the band of the last."""
    band = next((row for row in rows if row["years"] == 10 and not math.isnan(row["band_low"])), None)
    ends = f" [{band['band_low']:+.2f}, {band['band_high']:+.2f}]" if band else ""
    return " / ".join(f"{row['value']:+.2f}" for row in rows) + ends


def of_extra(one: Row) -> str:
    """Return what three points take, and from which share of fair contacts on more of them pay."""
    return (
        f"  {one['reading']}: +3 points in ten years take {one['visits']:.2f} visits per adult and year"
        f" ({one['per_couple_shift']:.1f} a couple-shift; one a couple-shift is {one['one_a_couple_shift']:.2f})"
        f" or {one['meetings']:.2f} meetings; contacts are {one['fair_now']:.3f} fair and pay from"
        f" {'no share tried' if math.isnan(one['break_even']) else format(one['break_even'], '.3f')}"
    )
