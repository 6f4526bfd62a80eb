"""The table of virtual experiments as text."""

import math
from collections.abc import Iterator, Sequence

from experiments.validation.experiment import CENTRAL, Experiment
from experiments.validation.study_tables import Row

LABEL, VALUE, PUBLISHED = 66, 24, 16
UNITS = {"ratio": "x", "elasticity": "el", "%": "%", "points": "pt", "log points": "log", "level": "", "minutes": "min"}
HEAD = (
    "Virtual experiments: each repeats what was measured in twin worlds (the same luck, with and without).",
    "Experimentos virtuales: cada uno repite lo que se midió, en mundos gemelos (la misma suerte, con y sin).",
    "set: a parameter was set from it; found: none was; given: an input says it.  Priors are no gates.",
    "x .3: with three tenths of the sizes of rich countries; what was set from them then lies below them as built.",
    "x ratio to the twin, el elasticity, % change, pt points of 100, log points of the logarithm times 100.",
)


def lines_of(experiments: Sequence[Experiment], rows: Sequence[Row], seeds: int, whole: bool) -> Iterator[str]:
    """Yield the whole table: all experiments so far, variants below, sums at the end."""
    yield from HEAD
    yield f"{seeds} twins; ours with its 95 % interval over them" + ("" if whole else "; not yet finished")
    yield " " * LABEL + "ours".ljust(VALUE) + "published".ljust(PUBLISHED) + "source, status, verdict"
    for one in experiments:
        own = [row for row in rows if row["experiment"] == one.name]
        if own:
            yield from of_one(one, own)
    yield ""
    yield from sums(rows)


def of_one(one: Experiment, rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of one experiment."""
    yield f"\n{one.en} / {one.es} ({one.name})"
    yield f"  measured: {one.measured}"
    explained: set[str] = set()
    for variant in dict.fromkeys(row["variant"] for row in rows):
        own = [row for row in rows if row["variant"] == variant]
        if variant != CENTRAL.name:
            yield f"  -- {variant}"
        yield from of_variant(own, explained)


def of_variant(rows: Sequence[Row], explained: set[str]) -> Iterator[str]:
    """Yield the lines of one variant; reasons why some are not available or lie outside are said once."""
    lost = [row for row in rows if row["verdict"] == "not available"]
    if lost and len(lost) == len(rows) and len({row["note"] for row in lost}) == 1:
        yield f"  not available: {lost[0]['note']}"
        return
    told: set[str] = set()
    for row in rows:
        yield f"  {row['en']}".ljust(LABEL) + "not available, as above" if row["note"] in told else of_row(row)
        told |= {row["note"]} if row in lost else set()
        if "outside" in row["verdict"] and row["outside_en"] and row["outside_en"] not in explained:
            explained.add(row["outside_en"])
            yield from (f"    outside: {row['outside_en']}", f"    fuera: {row['outside_es']}")


def of_row(row: Row) -> str:
    """Return one line."""
    label = f"  {row['en']}".ljust(LABEL)
    if row["verdict"] == "not available":
        return f"{label}not available: {row['note']}"
    source = f"{row['source']}, " if row["source"] else ""
    trivial = {False: "; ITS TRIVIAL WORLD DOES NOT FAIL", True: "; trivial fails"}.get(row["trivial_fails"], "")
    note = f"; {row['note']}" if row["note"] and row["variant"] == CENTRAL.name else ""
    return f"{label}{ours(row):{VALUE}}{span(row):{PUBLISHED}}{source}{row['status']}, {row['verdict']}{trivial}{note}"


def ours(row: Row) -> str:
    """Return our number with its interval and unit."""
    if math.isnan(row["value"]):
        return "-"
    digits = 2 if row["unit"] in ("ratio", "elasticity", "points") else 1
    reach = "" if math.isnan(row["low"]) else f" [{row['low']:.{digits}f}, {row['high']:.{digits}f}]"
    return f"{row['value']:.{digits}f}{UNITS[row['unit']]}{reach} "


def span(row: Row) -> str:
    """Return the published interval."""
    if row["published_low"] == "":
        return "-"
    low, high = row["published_low"], row["published_high"]
    return f"{low:g} or more" if math.isinf(high) else f"{low:g} to {high:g} "


def sums(rows: Sequence[Row]) -> Iterator[str]:
    """Yield how many lines are inside, which are outside, and the corners that leave nothing sure."""
    central = [row for row in rows if row["variant"] == CENTRAL.name]
    musts = [row for row in central if row["must"] and row["verdict"] in ("inside", "outside")]
    for status in ("set", "found"):
        own = [row for row in central if row["status"] == status and not row["must"]]
        gates = [row for row in own if row["verdict"] in ("inside", "outside")]
        inside = sum(row["verdict"] == "inside" for row in gates)
        priors = [row for row in own if row["verdict"].startswith("prior only")]
        within = sum(row["verdict"] == "prior only (inside)" for row in priors)
        yield f"{status}: {inside} of {len(gates)} inside; of priors {within} of {len(priors)}"
    yield f"must hold: {sum(row['verdict'] == 'inside' for row in musts)} of {len(musts)} do"
    yield f"not available: {sum(row['verdict'] == 'not available' for row in rows)} of {len(rows)}"
    yield from named("outside", [row for row in central if row["verdict"] == "outside"])
    yield from named("outside a prior", [row for row in central if row["verdict"] == "prior only (outside)"])
    yield from named("variants whose interval holds no change", [row for row in rows if is_unsure(row)])
    yield from named("trivial world does not fail", [row for row in rows if row["trivial_fails"] is False])


def is_unsure(row: Row) -> bool:
    """Tell whether a corner's interval holds no change at all."""
    if row["variant"] == CENTRAL.name or row["value"] == "" or row["unit"] in ("level", "minutes"):
        return False
    return bool(row["low"] <= row["nothing"] <= row["high"])


def named(heading: str, rows: Sequence[Row]) -> Iterator[str]:
    """Yield some rows by name."""
    if rows:
        yield f"{heading}:"
    for row in rows:
        variant = "" if row["variant"] == CENTRAL.name else f" ({row['variant']})"
        yield f"  {row['experiment']}.{row['line']}{variant}"
