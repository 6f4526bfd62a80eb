"""Draw monthly series, with a panel for each policy: world A (status quo) dashed, world B (policy) solid."""

from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.figures.drawing import count_worlds, movers_finding, note_of, policy_panels, register_figure
from experiments.figures.small_multiples import (
    COLOUR_A,
    VERDICT_LINE,
    PanelSizes,
    colour_of,
    share_height,
    write_verdict,
)
from experiments.narrative.labels import headline_name
from experiments.narrative.report_reading import ArmReading, Site
from experiments.statistics.annual_aggregation import MONTHS
from experiments.statistics.verdicts import VERDICTS, direction
from experiments.words.bilingual import BilingualText, FigureTexts, bilingual

NAMES_WIDTH = 1.25
"""Width of row names in inches."""
MAX_MONTHS_DRAWN = 60


class MonthlySeries(NamedTuple):
    """Series of a headline measure: its mean over the last ``window`` months, in its unit times ``scale``."""

    measure: str
    window: int = MONTHS
    scale: float = 1.0

    def read(self, months: pd.DataFrame) -> pd.Series:
        """Return the series of every run in a monthly table."""
        if self.window == 1:
            return months[self.measure] * self.scale
        rolled = months.groupby("seed")[self.measure].rolling(self.window, min_periods=1).mean()
        return rolled.reset_index(level=0, drop=True) * self.scale


def draw_series(axes: Axes, site: Site, arm: ArmReading, series: MonthlySeries) -> tuple[float, tuple[float, float]]:
    """Draw world A dashed, B solid, and a band around A from the least to the greatest paired difference.

    Only seeds that both arms share are drawn, or all if they share none.  Returns the last month in years, and the last
    values of both worlds.
    """
    tables = (one.table("measures").sort_values(["seed", "month"]).reset_index(drop=True) for one in (site.base, arm))
    shown = (months.assign(shown=series.read(months)) for months in tables)
    before, after = (months.pivot(index="seed", columns="month", values="shown") for months in shown)
    shared = before.index.intersection(after.index)
    before, after = (before, after) if shared.empty else (before.loc[shared], after.loc[shared])
    gaps = (after - (before if len(shared) else before.mean())).to_numpy()
    verdict = "missing" if arm == site.base else site.verdict(arm, series.measure)
    when = [one.year + (one.month - 1) / MONTHS for one in pd.DatetimeIndex(before.columns)]
    mean, colour, marker = before.mean().to_numpy(), colour_of(verdict), "o" if len(when) == 1 else None
    at = drawn_months(len(when))
    x, line, gaps = [when[one] for one in at], mean[at], gaps[:, at]
    axes.fill_between(x, line + gaps.min(axis=0), line + gaps.max(axis=0), color=colour, alpha=0.18, linewidth=0)
    axes.plot(x, line, color=COLOUR_A, linewidth=1.2, dashes=(3, 2), marker=marker)
    if verdict != "missing":
        axes.plot(x, line + gaps.mean(axis=0), color=colour, linewidth=1.6, marker=marker)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.set_xlim(when[0] - 0.2 / MONTHS, when[-1] + 0.2 / MONTHS)
    axes.set_xticks([when[0], when[-1]] if len(when) > 1 else when)
    axes.xaxis.set_major_formatter(FuncFormatter(month_label))
    first, *_, last = axes.get_xticklabels() * 2
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")
    return when[-1], (mean[-1], after.mean().iloc[-1])


def drawn_months(months: int) -> list[int]:
    """Return the months of a run that are drawn: all up to five years, else every third and always the last.

    A panel is an inch wide; more months would be less than half a point apart.

    >>> drawn_months(3), drawn_months(120)[-2:]
    ([0, 1, 2], [116, 119])
    """
    return list(range(months - 1, -1, -1 if months <= MAX_MONTHS_DRAWN else -3))[::-1]


def month_label(when: float, _: Any) -> str:
    """Return a position on the time axis as a year, or as year and month."""
    year, month = divmod(round(when * MONTHS), MONTHS)
    return f"{year}-{month + 1:02d}" if month else f"{year}"


def write_last_values(axes: Axes, when: float, ends: tuple[float, float], verdict: str) -> None:
    """Write the last values of both worlds next to their lines, shifted apart to avoid overlap."""
    low, high = axes.get_ylim()
    apart, middle = 0.17 * (high - low), (ends[0] + ends[1]) / 2.0
    up = 1.0 if ends[1] >= ends[0] else -1.0
    places = [middle - up * apart / 2.0, middle + up * apart / 2.0] if abs(ends[1] - ends[0]) < apart else list(ends)
    looks: tuple[dict[str, Any], ...] = ({"color": COLOUR_A}, {"color": colour_of(verdict), "weight": "bold"})
    for value, place, look in zip(ends, places, looks, strict=True):
        axes.annotate(
            f"{value:,.1f}", (when, place), (2, 0), textcoords="offset points",
            va="center", fontsize=7, annotation_clip=False, **look,
        )  # fmt: skip


def draw_all_series(
    site: Site,
    wording: FigureTexts,
    texts: tuple[BilingualText, BilingualText],
    all_series: list[MonthlySeries],
    tall: float,
) -> Figure:
    """Draw monthly series with a row for each measure and a panel for each policy; both worlds are labelled once."""
    sheet = policy_panels(site, wording, texts, PanelSizes(tall, NAMES_WIDTH, VERDICT_LINE, len(all_series)))
    for at, series in enumerate(all_series):
        drawn, name = [], headline_name(series.measure, wording)
        for number, arm in enumerate(site.others or site.arms):
            axes, verdict = sheet.panel(number, at), site.verdict(arm, series.measure) if site.others else "missing"
            ends = draw_series(axes, site, arm, series)
            if site.others:
                write_verdict(axes, verdict_with_count(site, arm, series.measure, wording), verdict)
            if number % sheet.columns == 0:
                sheet.label(at, name, number)
            else:
                axes.tick_params(labelleft=False)
            drawn.append((axes, *ends, verdict))
        share_height([axes for axes, *_ in drawn])
        for ended in drawn:
            write_last_values(*ended)
    moves = any(direction(site.verdict(arm, "trust_mean")) for arm in site.others)
    look = {"fontsize": 7, "weight": "bold", "color": colour_of("rises" if moves else "open")}
    y = sheet.top + sheet.block - 0.34  # to the left of the first panel
    sheet.write(0.0, y - 0.15, wording("- - A, como hoy", "- - A, as today"), fontsize=7, color=COLOUR_A)
    sheet.write(0.06, y, wording("— B, con la política", "— B, with the policy"), **look)
    return sheet.figure


def verdict_with_count(site: Site, arm: ArmReading, measure: str, wording: FigureTexts) -> str:
    """Return the label of a verdict, with the count of pairs if the measure rises or falls."""
    verdict, row = site.verdict(arm, measure), site.effect(arm, measure)
    label = VERDICTS[verdict].label
    if verdict not in ("rises", "falls"):
        return wording(**label)
    k, n = row["rose" if verdict == "rises" else "fell"], row["n"]
    return wording(f"{label['es']}, en {k} de {n}", f"{label['en']}, in {k} of {n}")


def lines_and_band(site: Site) -> BilingualText:
    """Return the note that explains line and band."""
    n = count_worlds(site)
    return note_of(
        site,
        f"Línea: media de {n} mundos gemelos; franja: lo que los {n} se apartan de hoy.",
        f"Line: mean of {n} twin worlds; band: how far the {n} part from today.",
    )


@register_figure(
    "trust",
    "Confianza mes por mes, de 0 a 100, con cada política (línea llena) y como hoy (línea cortada).",
    "Trust month by month, from 0 to 100, with each policy (solid line) and as today (dashed line).",
)
def draw_trust(site: Site, wording: FigureTexts) -> Figure:
    """Draw trust over time."""
    finding = movers_finding(site, "trust_mean", ("La confianza", "sube", "baja"), ("Trust", "rises", "falls"))
    if not site.others:
        finding = bilingual("La confianza, mes por mes", "Trust, month by month")
    series = MonthlySeries("trust_mean", window=1, scale=100.0)
    return draw_all_series(site, wording, (finding, lines_and_band(site)), [series], 0.8)


@register_figure(
    "outcomes",
    "Homicidios, reportes, respuesta y mujeres sin remedio, mes por mes, con cada política y como hoy.",
    "Homicides, reporting, response and women without remedy, month by month, with each policy and as today.",
)
def draw_outcomes(site: Site, wording: FigureTexts) -> Figure:
    """Draw homicides, reporting, response and women without remedy over time."""
    all_series = [
        MonthlySeries("homicides", scale=12.0),
        MonthlySeries("told_share", 3, 100.0),
        MonthlySeries("response_minutes_median", 3),
        MonthlySeries("women_without_remedy", scale=12.0),
    ]
    reporting = ("Lo que se reporta de cada cien delitos", "sube", "baja"), ("Crimes told of a hundred", "rise", "fall")
    note = lines_and_band(site) + bilingual(
        " Homicidios y mujeres: doce meses.", " Homicides and women: twelve months."
    )
    return draw_all_series(site, wording, (movers_finding(site, "told_share", *reporting), note), all_series, 0.7)
