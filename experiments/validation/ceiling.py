"""The ceiling: what no police, all levers at their best and at their worst do, so that a null can be read."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from experiments.comparison.headline_measures import BY_NAME
from experiments.validation import readers as r
from experiments.validation.effects import run_worlds
from experiments.validation.experiment import BASE, CENTRAL, Experiment, NotAvailable, Read, Worlds, estimate
from experiments.validation.experiment_runs import RUNS, ExperimentSize
from experiments.validation.study_tables import Row, format_interval, interval_columns, write_sites
from model.engine.fingerprint import fingerprint

YEARS = 10.0
FEW = 10.0
"""Homicides a year below which they support no statement on a policy."""
WORLDS = {
    "no_police": ("no police", "sin policía"),
    "all_worst": ("all levers at their worst", "todo lo peor"),
    "nobody_reports": ("nobody tells", "nadie avisa"),
    "heavy_hand": ("heavy hand", "mano dura"),
    "resources_only": ("resources only", "solo recursos"),
    "means_double": ("vehicles and fuel doubled", "doble de vehículos y combustible"),
    "couples_fourfold": ("four times the couples, with means", "cuatro veces las parejas, con medios"),
    "mopsic_full": ("MOPSIC in full", "MOPSIC completo"),
    "everything": ("everything together", "todo junto"),
    "everybody_reports": ("everybody tells", "todos avisan"),
    "every_crime_caught": ("every crime caught", "todo delito capturado"),
    "all_best": ("all levers at their best", "todo lo mejor"),
}
"""Worlds by the name of their policy, in English and Spanish."""
DIGITS = {"trust": 2, "crimes": 1, "homicides": 1}
MEASURES = tuple(DIGITS)
COUNTS = ("violent_crimes", "extortions", "complaints_filed", "women_without_remedy", "refused", "wrongful_detentions")
"""Headline counts between whose ends page one of a report sets its effects: more a year for 100,000 residents."""
COLUMNS = (
    *("site", "world", "en", "es", "twins", "years", "deaths_a_year", "few"),
    *(f"{name}{end}" for name in (*MEASURES, *COUNTS) for end in ("", "_low", "_high")),
    *("note", "code"),
)
HEAD = (
    "Ceiling: what the model could have shown. A policy that does nothing can be read against it.",
    "Techo: lo que el modelo podría haber mostrado. Una política que no hace nada se lee frente a él.",
)
LABEL, NUMBER = 80, 26


def show_ceiling(out: Path, size: ExperimentSize, years: float = YEARS, runs: Path = RUNS) -> list[Row]:
    """Carry out all worlds at both sites, write each site as it is done, print and return them all."""
    return write_sites(out, "ceiling", COLUMNS, lambda site: of_site(site, size, years, runs), lines_of)


def of_site(site: str, size: ExperimentSize, years: float, runs: Path) -> Iterator[Row]:
    """Yield the row of every world at one site."""
    worlds = {name: (name,) for name in WORLDS}
    one = Experiment(f"ceiling of {site}", "", "", "", site=site, worlds=worlds, years=years, lines=())
    lives = run_worlds(one, CENTRAL, size, runs)
    months = len(lives[0][BASE].months)
    for world in WORLDS:
        yield row_of(site, world, lives, months)


def row_of(site: str, world: str, lives: Sequence[Worlds], months: int) -> Row:
    """Return what one world does to trust, crimes and homicides, or why it is not available."""
    en, es = WORLDS[world]
    row: Row = dict.fromkeys(COLUMNS, "") | {"site": site, "world": world, "en": en, "es": es, "code": fingerprint()}
    row |= {"twins": len(lives), "years": months / 12}
    row["deaths_a_year"] = estimate([12 * worlds[BASE].mean("homicides", (0, months)) for worlds in lives]).value
    row["few"] = row["deaths_a_year"] < FEW
    try:
        found = {name: estimate([read(one) for one in lives]) for name, read in readers(world, months).items()}
    except NotAvailable as reason:
        return row | {"note": f"not available: {reason}"}
    for name, one in found.items():
        row |= interval_columns(name, one)
    return row


def readers(world: str, months: int) -> dict[str, Read]:
    """Return what is read from a world: trust in the last year, crimes, homicides and counts in all."""
    whole = (0, months)
    counts = {name: r.more(world, BY_NAME[name].read.sum, whole) for name in COUNTS}
    return r.outcomes(world, (max(0, months - 12), months), whole) | counts


def lines_of(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table."""
    yield from HEAD
    yield f"{rows[0]['twins']} twins, {rows[0]['years']:.3g} years; means with their 95 % interval over the twins;"
    yield "trust in the last year in points of 100, crimes and homicides of all years in per cent"
    for site in dict.fromkeys(row["site"] for row in rows):
        own = [row for row in rows if row["site"] == site]
        heads = "".join(name.rjust(NUMBER) for name in MEASURES)
        yield f"\n{site.ljust(LABEL)}{heads}"
        for row in own:
            label = f"  {row['en']} / {row['es']}".ljust(LABEL)
            yield label + (
                row["note"] or "".join(format_interval(row, name, DIGITS[name]).rjust(NUMBER) for name in MEASURES)
            )
        if own[0]["few"]:
            yield f"  {own[0]['deaths_a_year']:.1f} homicides a year: too few to support any statement on a policy"
