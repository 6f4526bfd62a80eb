"""Figures over the months: world A dashed, world B solid, a panel for each policy."""

from collections.abc import Callable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from experiments.figures.drawing import measured, movers, named, panels, shows, verdict_words, worlds
from experiments.figures.small_multiples import (
    EDGE,
    VERDICT,
    A,
    B,
    Sheet,
    Sizes,
    colour_of,
    courses,
    last_values,
    verdict_over,
)
from experiments.narrative.report_reading import Arm, Site
from experiments.statistics.annual_aggregation import MONTHS
from experiments.words.bilingual import Both, Tongue, both

Read = Callable[[pd.DataFrame], pd.Series]
LEFT = 1.25
"""Inches of the names of rows."""
Row = tuple[str, Read, int]
"""A headline measure, how it is read month by month, and its decimals."""


def scaled(column: str, scale: float = 1.0) -> Read:
    """Return a reader of a column."""
    return lambda months: months[column] * scale


def rolled(column: str, window: int = MONTHS, scale: float = 1.0) -> Read:
    """Return a reader of a column's mean over the last months of its run."""
    return lambda months: (
        months.groupby("seed")[column].rolling(window, min_periods=1).mean().reset_index(level=0, drop=True) * scale
    )


def by_world(arm: Arm, read: Read) -> pd.DataFrame:
    """Return a number of every world (row) by month (column)."""
    months = arm.table("measures").sort_values(["seed", "month"]).reset_index(drop=True)
    return months.assign(shown=read(months)).pivot(index="seed", columns="month", values="shown")


def course(axes: Axes, site: Site, arm: Arm, row: Row) -> tuple[float, tuple[float, float]]:
    """Draw one number over the months in the worlds that two arms share, or of an arm alone; return where it ends."""
    measure, read, _ = row
    before, after = (by_world(one, read) for one in (site.base, arm))
    shared = before.index.intersection(after.index)
    before, after = (before, after) if shared.empty else (before.loc[shared], after.loc[shared])
    gaps = after - (before if len(shared) else before.mean())
    verdict = "missing" if arm == site.base else site.judged(arm, measure)
    when = [one.year + (one.month - 1) / MONTHS for one in pd.DatetimeIndex(before.columns)]
    courses(axes, when, before.mean().to_numpy(), gaps.to_numpy(), verdict)
    calendar(axes, when)
    return when[-1], (before.mean().iloc[-1], after.mean().iloc[-1])


def calendar(axes: Axes, when: list[float]) -> None:
    """Write the first and the last month below a panel."""
    axes.set_xlim(when[0] - 0.2 / MONTHS, when[-1] + 0.2 / MONTHS)
    axes.set_xticks([when[0], when[-1]] if len(when) > 1 else when)
    axes.xaxis.set_major_formatter(FuncFormatter(calendar_word))
    first, *_, last = axes.get_xticklabels() * 2
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")


def calendar_word(when: float, _: Any) -> str:
    """Return a place on the axis of time as a year, or a month within it."""
    year, month = divmod(round(when * MONTHS), MONTHS)
    return f"{year}-{month + 1:02d}" if month else f"{year}"


def drawn_over_time(site: Site, tongue: Tongue, told: tuple[Both, Both], rows: list[Row], tall: float) -> Figure:
    """Draw some numbers over the months, a row for each and a panel for each policy; both worlds named once."""
    sheet = panels(site, tongue, told, Sizes(tall, LEFT, VERDICT, len(rows)))
    for at, row in enumerate(rows):
        drawn = []
        for number, arm in enumerate(site.others or site.arms):
            axes = sheet.panel(number, at)
            ends = course(axes, site, arm, row)
            if site.others:
                verdict_over(axes, verdict_words(site, arm, row[0], tongue), site.judged(arm, row[0]))
            if number % sheet.across == 0:
                sheet.label(at, named(row[0], tongue), number)
            else:
                axes.tick_params(labelleft=False)
            drawn.append((axes, ends, site.judged(arm, row[0]) if site.others else "missing"))
        reach = [limit for axes, _, _ in drawn for limit in axes.get_ylim()]
        for axes, (when, last), verdict in drawn:
            axes.set_ylim(min(reach), max(reach))
            last_values(axes, when, last, row[2], verdict)
    name_worlds(sheet, site, tongue)
    return sheet.figure


def name_worlds(sheet: Sheet, site: Site, tongue: Tongue) -> None:
    """Say at the left, beside the first panel, which line is which world."""
    colour = (
        B if any(site.judged(arm, "trust_mean") in ("rises", "falls") for arm in site.others) else colour_of("open")
    )
    y = sheet.top + sheet.block - 0.34
    sheet.write(EDGE, y - 0.15, tongue("- - A, como hoy", "- - A, as today"), fontsize=7, color=A)
    sheet.write(
        0.06, y, tongue("— B, con la política", "— B, with the policy"), fontsize=7, weight="bold", color=colour
    )


def lines_and_band(site: Site) -> Both:
    """Return what lines and band are."""
    n = worlds(site)
    return measured(
        site,
        f"Línea: media de {n} mundos gemelos; franja: lo que los {n} se apartan de hoy.",
        f"Line: mean of {n} twin worlds; band: how far the {n} part from today.",
    )


@shows(
    "Confianza mes por mes, de 0 a 100, con cada política (línea llena) y como hoy (línea cortada).",
    "Trust month by month, from 0 to 100, with each policy (solid line) and as today (dashed line).",
)
def trust(site: Site, tongue: Tongue) -> Figure:
    """Draw trust over time."""
    finding = movers(site, "trust_mean", ("La confianza", "sube", "baja"), ("Trust", "rises", "falls"))
    if not site.others:
        finding = both("La confianza, mes por mes", "Trust, month by month")
    row: Row = ("trust_mean", scaled("trust_mean", 100.0), 1)
    return drawn_over_time(site, tongue, (finding, lines_and_band(site)), [row], 0.8)


@shows(
    "Homicidios, reportes, respuesta y mujeres sin remedio, mes por mes, con cada política y como hoy.",
    "Homicides, reporting, response and women without remedy, month by month, with each policy and as today.",
)
def outcomes(site: Site, tongue: Tongue) -> Figure:
    """Draw homicides, reporting, response and women without remedy over time."""
    rows: list[Row] = [
        ("homicides", rolled("homicides", scale=12.0), 1),
        ("told_share", rolled("told_share", 3, 100.0), 1),
        ("response_minutes_median", rolled("response_minutes_median", 3), 1),
        ("women_without_remedy", rolled("women_without_remedy", scale=12.0), 1),
    ]
    finding = movers(
        site,
        "told_share",
        ("Lo que se reporta de cada cien delitos", "sube", "baja"),
        ("Crimes told of a hundred", "rise", "fall"),
    )
    under = lines_and_band(site) + both(" Homicidios y mujeres: doce meses.", " Homicides and women: twelve months.")
    return drawn_over_time(site, tongue, (finding, under), rows, 0.7)
