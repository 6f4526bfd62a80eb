"""Consequences of decisions: counts of a year in worlds with other cliques, or other police whom boards call."""

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

import numpy as np

from experiments.validation.experiment import estimate
from experiments.validation.study_tables import Row
from experiments.words.catalogue import meaning
from model.engine.fingerprint import fingerprint

OFFERED = "multicultural"
WORLDS = {
    "clique_pact": ("pact", "pacto"),
    "leaders_arrested": ("leaders arrested", "caen cabecillas"),
    "clique_dismantled": ("one dismantled", "una desarticulada"),
    "telephones_cut": ("no telephones", "sin teléfonos"),
    OFFERED: ("protocol offered", "protocolo"),
    f"{OFFERED}+every_call_answered": ("it, all answered", "y toda atendida"),
    f"{OFFERED}+no_call_answered": ("it, none answered", "y ninguna atendida"),
}
"""Worlds besides those of the decisions, by their policies, in English and Spanish."""
SUMS = (
    *("attacks", "clashes", "homicides_gang", "homicides_extortion", "homicides", "crimes_occurred"),
    *("extortion_territorial", "extortion_imitators", "payments", "punishments", "recruits", "member_arrests"),
    *("cases_heard", "cases_called", "cases_prosecuted", "handed_over", "watches", "watch_abuses", "invitations"),
    *("climbs", "protocols_offered", "protocols_agreed", "requests_met"),
)
"""Measures that count something in a month: they are added up over the year."""
LEVELS = ("gang_members", "clique_cells", "cliques", "trust_mean", "legitimacy")
"""Measures of how things stand: as at the end of the year."""
COLUMNS = (
    *("site", "world", "year", "measure", "value", "low", "high"),
    *("change", "change_low", "change_high", "twins", "code"),
)
AnnualCounts = dict[tuple[str, int, str], float]
"""By world, year and measure: its sum or its level."""


def counted(world: str, stated: dict[str, Sequence[Any]], start: Any, years: Sequence[int]) -> AnnualCounts:
    """Return what a world's months tell of these years since ``start``."""
    first = [month >= start for month in stated["month"]].index(True)
    found: AnnualCounts = {}
    for year in years:
        months = slice(first + 12 * (year - 1), first + 12 * year)
        found |= {(world, year, one): float(np.nansum(stated[one][months])) for one in SUMS if one in stated}
        found |= {(world, year, one): float(stated[one][months][-1]) for one in LEVELS if one in stated}
    return found


def rows_of(found: dict[str, list[AnnualCounts]], base: str, years: Sequence[int]) -> Iterator[Row]:
    """Yield each measure that ever was above nothing, by site, year and world, with the change against the base."""
    for site, twins in found.items():
        worlds = list(dict.fromkeys(world for world, _, _ in twins[0]))
        for year in years:
            for one in (*SUMS, *LEVELS):
                if any(told.get((world, year, one), 0.0) > 0.0 for told in twins for world in worlds):
                    for world in worlds:
                        yield row_of(site, twins, year, one, world, base)


def row_of(site: str, twins: Sequence[AnnualCounts], year: int, one: str, world: str, base: str) -> Row:
    """Return one row of the table; changes are those of twins."""
    here = [told[world, year, one] for told in twins]
    value = estimate(here)
    change = estimate([a - told[base, year, one] for a, told in zip(here, twins, strict=True)])
    values = (
        *(site, world, year, one, value.value, value.low, value.high),
        *(change.value, change.low, change.high, len(twins), fingerprint()),
    )
    return dict(zip(COLUMNS, values, strict=True))


def lines_of(rows: Sequence[Row], names: dict[str, tuple[str, str]], scale: float) -> Iterator[str]:
    """Yield the table as text: a line a measure, a column a world, changes in percent with their interval."""
    yield "What came of it: counts of a year, levels at its end; change against the status quo in percent [95 %]."
    yield "Qué resultó: cuentas de un año, niveles a su fin; cambio en por ciento frente a como está [95 %]."
    twins = rows[0]["twins"] if rows else 0
    yield f"{twins} twins at scale {scale:g}; levels of 0 to 1 in points. * the change is sure."
    for site, year in dict.fromkeys((row["site"], row["year"]) for row in rows):
        own = [row for row in rows if (row["site"], row["year"]) == (site, year)]
        worlds = list(dict.fromkeys(row["world"] for row in own))
        for some in ([worlds[0], *others] for others in batched(worlds[1:], 5)):
            yield f"\n{site}, year / año {year}".ljust(66) + "".join(f"{names[one][0]:>24}" for one in some)
            for one in dict.fromkeys(row["measure"] for row in own):
                cells = {row["world"]: row for row in own if row["measure"] == one}
                yield f"  {meaning(one, 'en')[:62]}".ljust(65) + "".join(
                    f"{shown(cells[world], cells[worlds[0]]):>24}" for world in some
                )


def shown(row: Row, base: Row) -> str:
    """Return a value of the base, or the change of another world."""
    if row is base:
        return f"{row['value']:.3f}" if row["measure"] in LEVELS[3:] else f"{row['value']:.4g}"
    unit = 100.0 if row["measure"] in LEVELS[3:] else 100.0 / base["value"] if base["value"] else np.nan
    if np.isnan(unit):
        return f"{row['value']:.3g}"
    sure = "*" if row["change_low"] > 0.0 or row["change_high"] < 0.0 else ""
    return f"{unit * row['change']:+.1f} [{unit * row['change_low']:.0f}, {unit * row['change_high']:.0f}]{sure}"
