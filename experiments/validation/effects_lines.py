"""Building blocks of virtual experiments: turns of numbers, corners, and the lines that come again and again."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.validation import readers as r
from experiments.validation.experiment import BASE, ExperimentLine, Published, Turn, Variant, Window

FIRST, THREE = (0, 12), (0, 36)
TWICE, HALF, FOURFOLD = 2.0, 0.5, 4.0
CERTAINTIES = tuple(f"certainty.{kind}" for kind in ("street", "vehicles", "burglary", "hire", "quarrel"))
REPLACED = "offenders.*replac*"
Q16 = Published(1.5, 3.0, "Q16", prior=True)
Q18_RANGE = Published(-16.0, -8.0, "Q18")
PROPERTY_Q15, VIOLENT_Q15 = Published(-0.3, -0.1, "Q15", prior=True), Published(-0.7, -0.2, "Q15", prior=True)
EXACTLY_NOTHING = Published(0.0, 0.0, "by construction")
NOT_FEWER = Published(0.0, float("inf"), "must not fall")
UNPUBLISHED = "nothing published"

OUTSIDE = tomllib.loads(Path(__file__).with_name("outside.toml").read_text(encoding="utf-8"))
"""Why lines lie outside what was published, by name, in English and Spanish."""

# Variants


def times(factor: float) -> Turn:
    """Return the turn of a value by a factor."""
    return lambda value: value * factor


def to(value: float) -> Turn:
    """Return the turn of any value to this one."""
    return lambda _: value


def kept(share: float) -> Turn:
    """Return the turn of a share that is replaced, so that only this share of what is not replaced is left."""
    return lambda replaced: 1.0 - share * (1.0 - replaced)


def every_certainty(factor: float) -> tuple[tuple[str, Turn], ...]:
    """Return the turns of all elasticities to certainty."""
    return tuple((name, times(factor)) for name in CERTAINTIES)


WEAK = Variant(
    "rich-country sizes x .3", (*every_certainty(0.3), ("deterrence.street", times(0.3)), (REPLACED, kept(0.3)))
)
"""The sizes of rich countries at three tenths."""
CORNERS = tuple(
    Variant(
        f"elasticity {factor:.2g}x, informal {informal:g}, half-life {days:g} d",
        (*every_certainty(factor), ("certainty.informal", to(informal)), ("certainty.days", to(days))),
    )
    for factor in (2 / 3, 4 / 3)
    for informal in (0.01, 0.3)
    for days in (1.5, 7.0)
)
TOLD = tuple(
    Variant(
        f"learned {learned:g}, newcomers {newcomers:g}",
        (("certainty.learned", to(learned)), ("reporting.newcomers", to(newcomers))),
    )
    for learned in (0.3, 1.0)
    for newcomers in (0.25, 1.0)
)


# Lines


def alone(*worlds: str) -> dict[str, tuple[str, ...]]:
    """Return worlds that are each one policy of the same name."""
    return {one: (one,) for one in worlds}


def ratio(name: str, en: str, es: str, counts: tuple[str, ...], window: Window = THREE, **more: Any) -> ExperimentLine:
    """Return the line of a count without police over that of the twin."""
    return ExperimentLine(name, en, es, "ratio", r.ratio("no_police", counts, window), **more)


def change(
    name: str, en: str, es: str, world: str, counts: tuple[str, ...], window: Window = THREE, **more: Any
) -> ExperimentLine:
    """Return the line of the change of a count in per cent."""
    return ExperimentLine(name, en, es, "%", r.change(world, counts, window), **more)


def crime(world: str, en: str, es: str, **more: Any) -> ExperimentLine:
    """Return the line of all crime in three years of one world."""
    return change(f"crime_{world}", en, es, world, r.ALL, **more)


def trust(world: str, en: str, es: str, **more: Any) -> ExperimentLine:
    """Return the line of trust in the third year of one world."""
    return ExperimentLine("trust", en, es, "points", r.points(world, "trust_mean", (24, 36)), **more)


def level(
    name: str, en: str, es: str, world: str, parts: tuple[str, ...], wholes: tuple[str, ...], **more: Any
) -> ExperimentLine:
    """Return the line of a share in one world in per cent."""
    return ExperimentLine(name, en, es, "level", r.share(world, parts, wholes, THREE), **more)


def after_weeks(name: str, first: int, end: int, en: str, es: str) -> ExperimentLine:
    """Return the line of street crime in some days without police."""
    en, es, read = f"street crime, {en}", f"delitos de calle, {es}", r.in_days("no_police", first, end)
    if end > 14:
        return ExperimentLine(name, en, es, "ratio", read)
    note = "informal guardianship and the half-life of presence rest on the same row"
    return ExperimentLine(name, en, es, "ratio", read, status="set", published=Q16, note=note, outside=OUTSIDE["weeks"])


def nothing(name: str, en: str, es: str, pairs: Mapping[str, str], other: str) -> ExperimentLine:
    """Return the line of pairs of worlds that must be the same bits; another is not the status quo."""
    read, trivial = r.apart(pairs), r.apart({BASE: other})
    return ExperimentLine(
        name, en, es, "points", read, status="given", published=EXACTLY_NOTHING, must=True, trivial=trivial
    )
