"""The ceiling as a figure: what each world does to trust, crimes and homicides at both sites."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from experiments.figures.rows import Found, forest_of, known
from experiments.narrative.labels import called, with_sign
from experiments.words.bilingual import Tongue

HEADS = {
    "trust": ("confianza, puntos de 100", "trust, points of 100"),
    "crimes": ("delitos, %", "crimes, %"),
    "homicides": ("homicidios, %", "homicides, %"),
}

Row = Mapping[str, Any]


def ceiling_of(rows: Sequence[Row], tongue: Tongue) -> Figure:
    """Return the figure of all worlds, a block for each site."""
    sites = list(dict.fromkeys(row["site"] for row in rows))
    worlds = {row["world"]: tongue(row["es"], row["en"]) for row in rows}
    n, years, few = rows[0]["twins"], rows[0]["years"], few_at(rows, tongue)
    under = tongue(
        f"Son mundos, no propuestas. {n:.0f} gemelos, {years:.3g} años, confianza en el último. Punto: media; raya:"
        f" 95 %; hueco: no se distingue de lo de hoy.{few}",
        f"Worlds, not proposals. {n:.0f} twins, {years:.3g} years, trust in the last. Dot: mean; stroke: 95 %; hollow:"
        f" cannot be told from today.{few}",
    )
    told, blocks = (finding(rows, tongue), under), [called(site, tongue) for site in sites]
    heads = [tongue(*head) for head in HEADS.values()]
    return forest_of(tongue, told, blocks, heads, list(worlds.values()), marks(rows, sites, list(worlds)))


def few_at(rows: Sequence[Row], tongue: Tongue) -> str:
    """Return at which sites there are too few homicides to say anything of them."""
    sites = dict.fromkeys(called(row["site"], tongue) for row in rows if row["few"])
    words = tongue("pocos homicidios para decir algo", "too few homicides to support a statement")
    return f" {', '.join(sites)}: {words}." if sites else ""


def marks(rows: Sequence[Row], sites: list[str], worlds: list[str]) -> Iterator[Found]:
    """Yield every number that is known, told only where there are enough cases."""
    for row in rows:
        for panel, name in enumerate(HEADS):
            if known(row[name]):
                low, value, high = (row[f"{name}{end}"] for end in ("_low", "", "_high"))
                apart = not known(low) or low > 0.0 or high < 0.0
                told = apart and not (name == "homicides" and row["few"])
                low, high = (low, high) if known(low) else (value, value)
                yield Found(sites.index(row["site"]), panel, worlds.index(row["world"]), low, value, high, told)


def finding(rows: Sequence[Row], tongue: Tongue) -> str:
    """Return between which ends trust can move at the first site."""
    place = called(rows[0]["site"], tongue)
    sizes = [row["trust"] for row in rows if row["site"] == rows[0]["site"] and known(row["trust"])]
    if not sizes:
        return tongue(f"{place}: ningún mundo disponible", f"{place}: no world is available")
    low, high = (with_sign(end, "+.1f") for end in (min(sizes), max(sizes)))
    return tongue(
        f"{place}: la confianza puede moverse de {low} a {high} puntos",
        f"{place}: trust can move from {low} to {high} points",
    )
