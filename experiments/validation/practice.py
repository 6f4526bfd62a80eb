"""Tell the effects of policies of practices: doses as the town counts them, trust and crime after 1, 3, 10 years."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from experiments.validation import readers as r
from experiments.validation.ceiling import DIGITS
from experiments.validation.effects import run_worlds
from experiments.validation.experiment import BASE, CENTRAL, Experiment, Worlds, estimate
from experiments.validation.experiment_runs import RUNS, ExperimentSize
from experiments.validation.study_tables import Row, format_interval, interval_columns, write_sites
from model.engine.fingerprint import fingerprint

AFTER = (1, 3, 10)
FULL = "mopsic_full"
USUAL, TURNED = 0.35, 0.3
"""Changes of sector a year as they are, and what MOPSIC in full leaves of them."""


def rotating(months: int) -> str:
    """Return the world in which MOPSIC in full moves nobody away, and everybody changes sector every so many months.

    Chiefs leave out none of these changes, whatever their habit.
    """
    times = (1.0 - (1.0 - 1.0 / months) ** 12) / (USUAL * TURNED)
    scale = f'"adoption.permanence" = 2.0\n"practices.reshuffle" = {times!r}\n'
    return f'include = "{FULL}"\n[set]\n"practices.keeping" = 0.0\n[scale]\n{scale}'


MADE = {
    "full_no_turnover": f'include = "{FULL}"\n[scale]\n"adoption.permanence" = 2.0\n"practices.reshuffle" = 0.0\n',
    "full_follow_quarter": f'include = "{FULL}"\n[set]\n"practices.follow_most" = 0.25\n',
    "full_no_pressure": f'include = "{FULL}"\n[add]\n"pressure.level" = -0.1\n',
    **{f"full_rotation_{months}": rotating(months) for months in (3, 15, 48)},
}
"""Worlds that only this table needs: files by name."""


class PracticeWorld(NamedTuple):
    """A world in both languages, and the policies that it is made of."""

    en: str
    es: str
    policies: tuple[str, ...]


WORLDS = {
    "training_only": PracticeWorld("training only", "solo capacitación", ("training_only",)),
    "mopsic_realistic": PracticeWorld("MOPSIC as programmes go", "MOPSIC como suelen ir", ("mopsic_realistic",)),
    FULL: PracticeWorld("MOPSIC in full", "MOPSIC completo", (FULL,)),
    "full_no_pressure": PracticeWorld("without added pressure", "sin más presión por cifras", ("full_no_pressure",)),
    "full_no_turnover": PracticeWorld("without moves", "sin traslados", ("full_no_turnover",)),
    "full_follow_quarter": PracticeWorld(
        "at most a quarter followed up", "seguimiento de un cuarto", ("full_follow_quarter",)
    ),
    "full_vehicles": PracticeWorld("twice vehicles and fuel", "doble de vehículos", (FULL, "means_double")),
    "full_rotation_3": PracticeWorld("a new sector every 3 months", "otro sector cada 3 meses", ("full_rotation_3",)),
    "full_rotation_15": PracticeWorld(
        "a new sector every 15 months", "otro sector cada 15 meses", ("full_rotation_15",)
    ),
    "full_rotation_48": PracticeWorld(
        "a new sector every 48 months", "otro sector cada 48 meses", ("full_rotation_48",)
    ),
    "everything": PracticeWorld("everything together", "todo junto", ("everything",)),
    "practice_team": PracticeWorld("practice: team", "práctica: equipo", ("practice_team",)),
    "practice_area": PracticeWorld("practice: area", "práctica: área", ("practice_area",)),
    "practice_analysis": PracticeWorld("practice: analysis", "práctica: análisis", ("practice_analysis",)),
    "practice_follow_up": PracticeWorld("practice: follow-up", "práctica: seguimiento", ("practice_follow_up",)),
    "responses_that_fit": PracticeWorld("every response fits", "toda respuesta corresponde", ("responses_that_fit",)),
    "responses_that_do_not": PracticeWorld(
        "no response fits", "ninguna respuesta corresponde", ("responses_that_do_not",)
    ),
}
"""Rows of the table; worlds made for it and thought experiments among them."""
DOSES = {
    "heard": ("heard_year", 1000.0),
    "visits": ("long_visits_year", 1.0),
    "talks": ("talks_year", 1.0),
    "known": ("known_share", 100.0),
    "sector": ("months_in_sector", 1.0),
    "followed": ("followed_up", 100.0),
    "fitting": ("problems_fitting", 100.0),
    "patrol": ("hours_patrol", 1.0),
}
"""Doses of the year, as a station could count them: residents heard at meetings, a thousand and year; long visits and
talks a resident and year; contacts with a known officer in %; months in the sector; requests due that were followed up
in %; problems by size with a response that fits in %; and the hours a month that are left for patrol."""
COLUMNS = (
    *("site", "world", "en", "es", "year", "twins"),
    *(f"{name}{end}" for name in DIGITS for end in ("", "_low", "_high")),
    *DOSES,
    "code",
)
HEAD = (
    "Practices: the dose that each policy gave, and what came of it, beside the status quo with the same luck.",
    "Prácticas: la dosis que dio cada política y lo que resultó, junto a la situación actual con la misma suerte.",
    "trust in points of 100, crimes and homicides in %, of year 1, 3 and 10 alone, with 95 % intervals over twins;",
    "heard: at meetings, of a thousand residents in a year; visits, talks: a resident and year; known: contacts with",
    "a known officer, %; sector: months in it; followed: requests due that were followed up, %; fitting: problems, by",
    "size, with a response that fits, %; patrol: hours a month.  A station that writes down long visits, attendances,",
    "who serves where since when, and requests and responses with the day on which they were asked, begun and done",
    "knows its dose; no survey is needed for it.",
    "La estación que anota visitas largas, asistencias, quién sirve en qué sector desde cuándo, y peticiones y",
    "respuestas con la fecha en que se piden, inician y cumplen, conoce su dosis; no hace falta ninguna encuesta.",
)
LABEL, NUMBER, DOSE = 62, 23, 10


def show_practice(out: Path, size: ExperimentSize, years: float = max(AFTER), runs: Path = RUNS) -> list[Row]:
    """Carry out all worlds at both sites, write each site as it is done, print and return them all."""
    return write_sites(out, "practice", COLUMNS, lambda site: of_site(site, size, years, runs), lines_of)


def of_site(site: str, size: ExperimentSize, years: float, runs: Path) -> Iterator[Row]:
    """Yield the rows of the status quo and of every world at one site, year by year."""
    worlds = {name: world.policies for name, world in WORLDS.items()}
    one = Experiment(f"practices of {site}", "", "", "", site=site, worlds=worlds, years=years, lines=())
    lives = run_worlds(one, CENTRAL, size, runs, MADE)
    for year in [year for year in AFTER if year <= years] or [1]:
        for name in (BASE, *WORLDS):
            yield row_of(site, name, year, lives)


def row_of(site: str, name: str, year: int, lives: Sequence[Worlds]) -> Row:
    """Return what one world does in one year, and the dose that it gave."""
    en, es, _ = WORLDS.get(name, PracticeWorld("status quo", "situación actual", ()))
    row: Row = dict.fromkeys(COLUMNS, "")
    row |= {"site": site, "world": name, "en": en, "es": es, "year": year, "twins": len(lives)}
    window = (12 * (year - 1), 12 * year)
    if name != BASE:
        for outcome, read in r.outcomes(name, window, window).items():
            row |= interval_columns(outcome, estimate([read(worlds) for worlds in lives]))
    row |= {
        dose: scale * estimate([worlds[name].mean(column, window) for worlds in lives]).value
        for dose, (column, scale) in DOSES.items()
    }
    return row | {"code": fingerprint()}


def lines_of(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table, a block for each site and year."""
    yield from HEAD
    yield f"{rows[0]['twins']} twins / {rows[0]['twins']} gemelos"
    for site, year in dict.fromkeys((row["site"], row["year"]) for row in rows):
        heads = "".join(name.rjust(NUMBER) for name in DIGITS) + "".join(name.rjust(DOSE) for name in DOSES)
        yield f"\n{f'{site}, year {year} / año {year}':{LABEL}}{heads}"
        for row in rows:
            if (row["site"], row["year"]) == (site, year):
                yield line_of(row)


def line_of(row: Row) -> str:
    """Return the line of one world in one year."""
    indent = "    " if row["world"].startswith("full_") else "  "
    label = f"{indent}{row['en']} / {row['es']}".ljust(LABEL)
    found = "".join(format_interval(row, name, digits).rjust(NUMBER) for name, digits in DIGITS.items())
    return label + found + "".join(f"{row[name]:{DOSE}.3g}" for name in DOSES)
