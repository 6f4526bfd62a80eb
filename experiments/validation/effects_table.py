"""The virtual experiments, as data: what each compares, reads and expects, and what was published.

*set*: a parameter of the model was set from this number; *found*: none was; *given*: an input says it.  Values that
rest on memory alone are priors and no gates.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from experiments.validation import readers as r
from experiments.validation.experiment import (
    BASE,
    CENTRAL,
    EXCHANGED,
    SITES,
    Experiment,
    Line,
    Published,
    Read,
    Turn,
    Unit,
    Variant,
    Window,
)
from scenarios import load, policies

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

MADE = {
    "no_police_three_years": 'include = "no_police"\nuntil = "3 years"\n',
    "hot_spots_1": '[set]\n"plans.diagnosis" = 1.0\n"plans.analysis" = 0.9\n"plans.posts" = 1\n',
    "hot_spots_4": '[set]\n"plans.diagnosis" = 1.0\n"plans.analysis" = 0.9\n"plans.posts" = 4\n',
    "trust_by_itself": '[set]\n"reporting.lift" = 0.1\n',
    "placebo": '[scale]\n"plans.diagnosis" = 1.0\n"plans.analysis" = 1.0\n',
}
"""Worlds that only experiments need: files by name."""
RENAMED_AS = {name: f"{name}_by_another_name" for name in policies() if name != BASE}
MADE |= {other: f'include = "{name}"\n' for name, other in RENAMED_AS.items()}


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


def ratio(name: str, en: str, es: str, counts: tuple[str, ...], window: Window = THREE, **more: Any) -> Line:
    """Return the line of a count without police over that of the twin."""
    return Line(name, en, es, "ratio", r.ratio("no_police", counts, window), **more)


def change(
    name: str, en: str, es: str, world: str, counts: tuple[str, ...], window: Window = THREE, **more: Any
) -> Line:
    """Return the line of the change of a count in per cent."""
    return Line(name, en, es, "%", r.change(world, counts, window), **more)


def crime(world: str, en: str, es: str, **more: Any) -> Line:
    """Return the line of all crime in three years of one world."""
    return change(f"crime_{world}", en, es, world, r.ALL, **more)


def trust(world: str, en: str, es: str, **more: Any) -> Line:
    """Return the line of trust in the third year of one world."""
    return Line("trust", en, es, "points", r.points(world, "trust_mean", (24, 36)), **more)


def level(
    name: str, en: str, es: str, world: str, parts: tuple[str, ...], wholes: tuple[str, ...], **more: Any
) -> Line:
    """Return the line of a share in one world in per cent."""
    return Line(name, en, es, "level", r.share(world, parts, wholes, THREE), **more)


def after_weeks(name: str, first: int, end: int, en: str, es: str) -> Line:
    """Return the line of street crime in some days without police."""
    en, es, read = f"street crime, {en}", f"delitos de calle, {es}", r.in_days("no_police", first, end)
    if end > 14:
        return Line(name, en, es, "ratio", read)
    note = "informal guardianship and the half-life of presence rest on the same row"
    return Line(name, en, es, "ratio", read, status="set", published=Q16, note=note, outside=OUTSIDE["weeks"])


WEEKS = Experiment(
    "no_police_weeks",
    "No police for two weeks",
    "Dos semanas sin policía",
    "weeks without any police (strikes, 1944, 2017): robbery and homicide multiply, in some places nothing",
    worlds={"no_police": ("no_police_two_weeks",)},
    years=0.25,
    lines=(
        after_weeks("week_1", 0, 7, "week 1", "semana 1"),
        after_weeks("week_2", 7, 14, "week 2", "semana 2"),
        after_weeks("weeks", 0, 14, "both weeks", "ambas semanas"),
        after_weeks("month_after", 14, 44, "the month after", "el mes siguiente"),
    ),
    variants=(CENTRAL, *CORNERS),
)
NO_POLICE = (
    ratio("street", "street crime, three years", "delitos de calle, tres años", r.STREET, published=Q16),
    ratio(
        "killed",
        "homicides but those of cliques, three years",
        "homicidios sin los de clicas, tres años",
        r.KILLED,
        published=Q16,
        outside=OUTSIDE["killed"],
    ),
    ratio("crime", "all crime, three years", "todo delito, tres años", r.ALL),
)
YEARS = Experiment(
    "no_police_years",
    "No police for three years, then as before",
    "Tres años sin policía, después como antes",
    "weeks without any police; nobody has measured years",
    worlds={"no_police": ("no_police_three_years",)},
    years=7,
    weak=False,  # its first three years are those of the next experiment; seven more in each twin cost too much
    lines=(
        *NO_POLICE,
        *(
            ratio(
                f"after_{year}",
                f"street crime, year {year} afterwards",
                f"delitos de calle, año {year} después",
                r.STREET,
                (24 + 12 * year, 36 + 12 * year),
            )
            for year in (1, 2, 3, 4)
        ),
    ),
)
NO_POLICE_CORNERS = Experiment(
    "no_police_corners",
    "No police for three years, over what nobody has measured",
    "Tres años sin policía, según lo que nadie ha medido",
    "as above, over elasticity, guardianship by neighbours and half-life of presence",
    worlds=alone("no_police"),
    years=3,
    lines=NO_POLICE,
    variants=(CENTRAL, *CORNERS),
)


def by_couples(world: str, factor: float, en: str, es: str) -> Iterator[Line]:
    """Yield the elasticities of crime to couples that are so many times as many."""
    for name, kinds, tipos, names, published, outside in (
        ("property", "property crime", "delitos contra el patrimonio", r.PROPERTY, PROPERTY_Q15, None),
        (
            "violent",
            "violent crime with robbery",
            "delitos violentos con robo",
            r.VIOLENT,
            VIOLENT_Q15,
            OUTSIDE["violent"],
        ),
    ):
        yield Line(
            f"{name}_{world.removeprefix('couples_')}",
            f"{kinds}, {en}",
            f"{tipos}, {es}",
            "elasticity",
            r.elasticity(world, names, THREE, factor),
            status="found" if factor == FOURFOLD else "set",
            published=published,
            outside=outside,
        )


COUPLES = Experiment(
    "couples",
    "Couples with their means x 1/2, 2, 4",
    "Parejas con sus medios x 1/2, 2, 4",
    "elasticity of crime to police numbers, small changes, rich countries; to the chance of arrest (Q22)",
    worlds=alone("couples_half", "couples_double", "couples_fourfold"),
    years=3,
    lines=(
        *by_couples("couples_half", HALF, "couples x 1/2", "parejas x 1/2"),
        *by_couples("couples_double", TWICE, "couples x 2", "parejas x 2"),
        *by_couples("couples_fourfold", FOURFOLD, "couples x 4", "parejas x 4"),
        Line(
            "chance",
            "street crime to arrests per offence, couples x 2",
            "delitos de calle según capturas por delito, parejas x 2",
            "elasticity",
            r.elasticity("couples_double", r.STREET, THREE, "caught_street"),
            status="set",
            published=Published(-0.5, -0.1, "Q22", prior=True),
            note="patrol is seen more, too",
            outside=OUTSIDE["chance"],
        ),
    ),
)

SCARCE = {
    **{"line": "línea", "hours": "horas", "fuel": "combustible", "vehicles": "vehículos", "paper": "papel"},
    "declined": "se negó",
}
"""Reasons why a call is not served."""
MEANS_WORLDS = {"means_half": ("means x 1/2", "medios x 1/2"), "means_double": ("means x 2", "medios x 2")}


def by_means(world: str, en: str, es: str) -> Iterator[Line]:
    """Yield the calls that are not served in one world, and the reasons."""
    unserved = ("calls_unserved",)
    share, parte = f"calls not served, % of calls, {en}", f"llamadas sin atender, % de llamadas, {es}"
    yield level(f"unserved_{world}", share, parte, world, unserved, ("calls",))
    wait, espera = f"median wait in minutes, {en}", f"espera mediana en minutos, {es}"
    yield Line(f"wait_{world}", wait, espera, "minutes", r.mean(world, "response_minutes_median", THREE))
    for reason, motivo in SCARCE.items():
        what, que = f"of these for want of {reason}, %, {en}", f"de ellas por {motivo}, %, {es}"
        if reason == "declined":
            what, que = f"of these declined, %, {en}", f"de ellas rehusadas, %, {es}"
        yield level(f"{reason}_{world}", what, que, world, (f"unserved_{reason}",), unserved)


MEANS = Experiment(
    "means",
    "Vehicles and fuel x 1/2, 2",
    "Vehículos y combustible x 1/2, 2",
    "nothing published; printed whatever it is",
    worlds=alone(*MEANS_WORLDS),
    years=3,
    lines=(
        *by_means(BASE, "as it is", "como está"),
        *(line for world, (en, es) in MEANS_WORLDS.items() for line in by_means(world, en, es)),
        *(
            change(
                f"change_{world}",
                f"calls not served, change, {en}",
                f"llamadas sin atender, cambio, {es}",
                world,
                ("calls_unserved",),
            )
            for world, (en, es) in MEANS_WORLDS.items()
        ),
    ),
)

RELEASED, JAILED = (
    r.elasticity(world, r.POOL, FIRST, "offenders_held") for world in ("release_third", "jail_most_active")
)
RELEASE = Experiment(
    "release",
    "Release a third; jail the most active twentieth",
    "Liberar a un tercio; encarcelar a la vigésima parte más activa",
    "collective pardons: elasticity of crime to those held, over the year that follows",
    worlds=alone("release_third", "jail_most_active"),
    years=1,
    lines=(
        Line(
            "release",
            "street, vehicle and house crime to those held, a third released",
            "delitos de calle, vehículo y casa según los presos, un tercio liberado",
            "elasticity",
            RELEASED,
            status="set",
            published=Published(-0.30, -0.17, "Q13"),
        ),
        Line(
            "jail",
            "the same, most active twentieth jailed",
            "lo mismo, vigésima parte más activa encarcelada",
            "elasticity",
            JAILED,
            note="pardons free no selection of the most active: printed, never forced",
        ),
        Line(
            "factor",
            "jailing over releasing",
            "encarcelar frente a liberar",
            "ratio",
            r.quotient(JAILED, RELEASED),
            published=Published(2.0, 2.5, "from Q12", prior=True),
            outside=OUTSIDE["factor"],
        ),
    ),
)
SENTENCES = Experiment(
    "sentences",
    "Sentences x 2",
    "Condenas x 2",
    "severity hardly deters (Q14): nothing before longer sentences hold somebody longer",
    worlds=alone("sentences_double", "no_police"),
    years=6,
    lines=(
        change(
            "deterrence",
            "crime, first half year: the part that deters",
            "delito, primer semestre: la parte que disuade",
            "sentences_double",
            r.ALL,
            (0, 6),
            status="set",
            published=Published(-0.5, 0.5, "Q14"),
            trivial=r.change("no_police", r.ALL, (0, 6)),
        ),
        change("crime", "crime, six years", "delito, seis años", "sentences_double", r.ALL, (0, 72)),
    ),
)


def by_dose(world: str, posts: int) -> Iterator[Line]:
    """Yield what fixed posts do in treated cells, beside them and in the town."""
    readers: tuple[tuple[str, str, str, Read], ...] = (
        ("treated", "in treated cells", "en celdas tratadas", r.in_cells(world, "treated")),
        ("beside", "beside them", "al lado", r.in_cells(world, "beside")),
        ("town", "in the whole town", "en todo el municipio", r.change(world, r.ALL, (0, 24))),
    )
    for name, en, es, read in readers:
        en, es = f"crime {en}, posts a station: {posts}", f"delito {es}, puestos por estación: {posts}"
        if name == "treated":
            outside = OUTSIDE["dose"] if posts == 1 else None
            yield Line(f"{name}_{posts}", en, es, "%", read, status="set", published=Q18_RANGE, outside=outside)
        else:
            yield Line(f"{name}_{posts}", en, es, "%", read)


HOT_SPOTS = Experiment(
    "hot_spots",
    "Fixed posts at hot spots by dose",
    "Puestos fijos según dosis",
    "crime in treated places, review of trials; benefits diffuse more than crime moves",
    worlds=alone("hot_spots_1", "hotspots_only", "hot_spots_4"),
    years=2,
    lines=(*by_dose("hot_spots_1", 1), *by_dose("hotspots_only", 2), *by_dose("hot_spots_4", 4)),
    keep="cells",
)

WHO = {
    BASE: ("as it is", "como está"),
    "investigators": ("investigators x 3", "investigadores x 3"),
    "everybody": ("everybody tells", "todos avisan"),
    "everybody_investigators": ("everybody tells, investigators x 3", "todos avisan, investigadores x 3"),
    "nobody": ("nobody tells", "nadie avisa"),
    "nobody_investigators": ("nobody tells, investigators x 3", "nadie avisa, investigadores x 3"),
}


def by_teller(world: str, en: str, es: str) -> Iterator[Line]:
    """Yield clearance, arrests and, if it is not the status quo, crime of one world."""
    cleared, esclarecidas = f"complaints cleared, %, {en}", f"denuncias esclarecidas, %, {es}"
    yield level(f"clearance_{world}", cleared, esclarecidas, world, ("cleared",), ("complaints_filed",))
    caught, capturas = f"arrests per 100 crimes, {en}", f"capturas por 100 delitos, {es}"
    yield level(f"arrests_{world}", caught, capturas, world, ("arrests_act", "arrests_warrant"), r.ALL)
    if world != BASE:
        yield crime(world, f"crime, {en}", f"delito, {es}")


def beyond(who: str, en: str, es: str) -> Line:
    """Return the line of what more investigators and another telling do beyond the sum of both."""
    return Line(
        f"interaction_{who}",
        f"crime, {en} and investigators x 3 beyond their sum",
        f"delito, {es} e investigadores x 3, más allá de la suma",
        "log points",
        r.beyond_sum(f"{who}_investigators", (who, "investigators"), r.ALL, THREE),
        note="below 0 they help each other",
    )


TELLING = Experiment(
    "telling",
    "Nobody tells, everybody tells, with investigators x 1 and 3",
    "Nadie avisa, todos avisan, con investigadores x 1 y 3",
    "nothing published; over what is learned of arrests and how good new tellers are, which no target sees",
    worlds={
        "investigators": ("investigators_triple",),
        "everybody": ("everybody_reports",),
        "everybody_investigators": ("everybody_reports", "investigators_triple"),
        "nobody": ("nobody_reports",),
        "nobody_investigators": ("nobody_reports", "investigators_triple"),
    },
    years=3,
    lines=(
        *(line for world, (en, es) in WHO.items() for line in by_teller(world, en, es)),
        *(beyond(who, *WHO[who]) for who in ("everybody", "nobody")),
    ),
    variants=(CENTRAL, *TOLD),
)
INVESTIGATORS = Experiment(
    "investigators",
    "Investigators x 2",
    "Investigadores x 2",
    UNPUBLISHED,
    worlds=alone("investigators_double"),
    years=3,
    lines=(
        crime("investigators_double", "crime", "delito"),
        change("solved", "cases solved", "casos resueltos", "investigators_double", ("cases_solved",)),
    ),
)
SLOTS = Experiment(
    "slots",
    "Offenders x 1/2, 2 at the same total rate",
    "Ofensores x 1/2, 2 con la misma tasa total",
    "nothing published; the number of offenders is assumed",
    worlds=alone("slots_half", "slots_double"),
    years=3,
    lines=(
        crime("slots_half", "crime, half as many offenders", "delito, la mitad de ofensores"),
        crime("slots_double", "crime, twice as many", "delito, el doble"),
    ),
)
PARTS = Experiment(
    "parts",
    "Couples that are seen and never arrest; arrests that nobody sees",
    "Parejas que se ven y nunca capturan; capturas que nadie ve",
    "nothing published; do the parts sum to no police at all?",
    worlds=alone("no_police", "seen_never_arrest", "arrest_unseen"),
    years=3,
    lines=(
        *(
            Line(world, en, es, "log points", r.logs(world, r.STREET, THREE))
            for world, en, es in (
                ("no_police", "street crime, no police", "delitos de calle, sin policía"),
                ("seen_never_arrest", "seen and never arrest", "se ven y nunca capturan"),
                ("arrest_unseen", "arrest and nobody sees", "capturan y nadie ve"),
            )
        ),
        Line(
            "rest",
            "no police beyond the sum of both",
            "sin policía más allá de la suma",
            "log points",
            r.beyond_sum("no_police", ("seen_never_arrest", "arrest_unseen"), r.STREET, THREE),
        ),
    ),
)
INNOCENTS = Experiment(
    "innocents",
    "Arrest innocents only",
    "Capturar solo a inocentes",
    "nothing published; crime must not fall",
    worlds=alone("arrest_innocents", "every_crime_caught"),
    years=3,
    lines=(
        crime("arrest_innocents", "crime", "delito", published=NOT_FEWER, must=True),
        trust("arrest_innocents", "trust, third year", "confianza, tercer año", trivial=lambda worlds: 0.0),
    ),
    trivial="every_crime_caught",
)
NO_COUPLES = Experiment(
    "reports_no_couples",
    "Everybody tells and there are no couples",
    "Todos avisan y no hay parejas",
    UNPUBLISHED,
    worlds=alone("reports_no_couples", "everybody_reports"),
    years=3,
    lines=(
        crime("reports_no_couples", "crime, without couples", "delito, sin parejas"),
        crime("everybody_reports", "crime, with couples", "delito, con parejas"),
        trust("reports_no_couples", "trust, third year, without couples", "confianza, tercer año, sin parejas"),
    ),
)


def years_after(year: int) -> Iterator[Line]:
    """Yield trust and crime in one year of a policy that ended with the third."""
    world, window = "three_years_then_off", (12 * year - 12, 12 * year)
    read = r.points(world, "trust_mean", window)
    yield Line(f"trust_{year}", f"trust, year {year}", f"confianza, año {year}", "points", read)
    yield change(f"crime_{year}", f"crime, year {year}", f"delito, año {year}", world, r.ALL, window)


THEN_OFF = Experiment(
    "then_off",
    "A policy for three years, then off",
    "Una política por tres años y después nada",
    "programmes last 6 to 17 months (Q21); what is left is not known",
    worlds=alone("three_years_then_off"),
    years=6,
    lines=tuple(line for year in (3, 4, 6) for line in years_after(year)),
)


def harmless(name: str, en: str, es: str) -> Experiment:
    """Return the experiment of a world of which only crime, arrests and trust are printed."""
    lines = (
        crime(name, "crime", "delito"),
        change("arrests", "arrests", "capturas", name, ("arrests",)),
        trust(name, "trust, third year", "confianza, tercer año"),
    )
    return Experiment(name, en, es, UNPUBLISHED, worlds=alone(name), years=3, lines=lines)


def nothing(name: str, en: str, es: str, pairs: Mapping[str, str], other: str) -> Line:
    """Return the line of pairs of worlds that must be the same bits; another is not the status quo."""
    read, trivial = r.apart(pairs), r.apart({BASE: other})
    return Line(name, en, es, "points", read, status="given", published=EXACTLY_NOTHING, must=True, trivial=trivial)


INFORMATION = Experiment(
    "information",
    "Ten points of trust by themselves, through what people tell",
    "Diez puntos de confianza por sí solos, por lo que la gente cuenta",
    "nobody has measured it; telling grows by 0 to 2 points per 10 points of trust (Q10)",
    worlds={"trust": ("trust_by_itself",)},
    years=3,
    lines=(
        change("crime", "crime of slots, %", "delitos de quienes tienen plaza, %", "trust", r.POOL),
        change("told", "crimes told, %", "delitos avisados, %", "trust", ("crimes_told",)),
        change("tips", "tips, %", "pistas, %", "trust", ("tips",)),
        change("solved", "cases solved, %", "casos resueltos, %", "trust", ("cases_solved",)),
        Line(
            "gain",
            "points of trust that come back (10 would sustain themselves)",
            "puntos de confianza que regresan (10 se sostendrían solos)",
            "points",
            r.points("trust", "trust_mean", (24, 36)),
        ),
    ),
)


def own_and_exchanged(name: str, en: str, es: str, unit: Unit, reads: tuple[Read, Read]) -> Iterator[Line]:
    """Yield what a world does beside its own twin and beside the status quo of another."""
    yield Line(name, f"{en}, its own twin", f"{es}, su propio gemelo", unit, reads[0])
    note = "over all twins the mean is about the same by arithmetic; the interval is what shared luck saves"
    yield Line(f"{name}_exchanged", f"{en}, another twin", f"{es}, otro gemelo", unit, reads[1], note=note)


LUCK = Experiment(
    "luck",
    "Seeds of luck exchanged: worlds beside the status quo of another twin",
    "Semillas de la suerte cambiadas: mundos junto a la situación actual de otro gemelo",
    "nothing published; what is found must not hang on the luck that twins share",
    worlds=alone("couples_double", "mopsic_full"),
    years=3,
    weak=False,
    lines=(
        *own_and_exchanged(
            "crime",
            "crime, couples x 2",
            "delito, parejas x 2",
            "%",
            (r.change("couples_double", r.ALL, THREE), r.change("couples_double", r.ALL, THREE, EXCHANGED)),
        ),
        *own_and_exchanged(
            "trust",
            "trust, third year, MOPSIC in full",
            "confianza, tercer año, MOPSIC completo",
            "points",
            (
                r.points("mopsic_full", "trust_mean", (24, 36)),
                r.points("mopsic_full", "trust_mean", (24, 36), EXCHANGED),
            ),
        ),
        crime(EXCHANGED, "crime, status quo beside another", "delito, situación actual junto a otra"),
    ),
)


def facts(site: str, *groups: str) -> tuple[str, ...]:
    """Return the site facts in some groups of parameters, as settings."""
    scenario = load(site)
    return tuple(
        f"{group}.{name}={getattr(scenario[group], name)!r}"
        for group in groups
        for name, about in scenario[group].numbers().items()
        if about.role == "site"
    )


def police(site: str, other: str) -> tuple[str, ...]:
    """Return the settings with which a site has as many couples and vehicles a head as another."""

    def heads(name: str) -> tuple[float, float]:
        plant, residents = load(name).facilities, load(name)["population"].total
        return sum(one.officers for one in plant) / residents, sum(one.vehicles for one in plant) / residents

    here, there = heads(site), heads(other)
    return f"roster.couples={there[0] / here[0]:.3f}", f"resources.vehicles={there[1] / here[1]:.3f}"


SWAPPED = {
    "police": ("police per head", "policía por habitante"),
    "gangs": ("gangs", "clicas"),
    "authority": ("communal authority", "autoridad comunal"),
    "contacts": ("contacts", "contactos"),
}


def swapped(site: str, other: str) -> Experiment:
    """Return the experiment in which a site takes over one fact of the other at a time."""
    here, there = (load(one).title["en"] for one in (site, other))
    return Experiment(
        f"swapped_{site}",
        f"{here} with one fact of {there} at a time",
        f"{here} con un dato de {there} a la vez",
        "nothing published; facts are as in the other's file, from before the warm-up on",
        site=site,
        worlds={
            "police": police(site, other),
            "gangs": facts(other, "gangs"),
            "authority": facts(other, "communal_authority", "boards"),
            "contacts": facts(other, "contacts"),
        },
        years=3,
        weak=False,  # a corner of both would cost as much as that of all others together
        lines=tuple(line for world, words in SWAPPED.items() for line in by_fact(world, *words)),
    )


def by_fact(world: str, en: str, es: str) -> Iterator[Line]:
    """Yield crime, what is told of it and trust where one fact is another."""
    yield crime(world, f"crime, {en}", f"delito, {es}")
    told, avisado = f"crimes told, {en}", f"delitos avisados, {es}"
    yield change(f"told_{world}", told, avisado, world, ("crimes_told",))
    read = r.points(world, "trust_mean", (24, 36))
    yield Line(f"trust_{world}", f"trust, third year, {en}", f"confianza, tercer año, {es}", "points", read)


PLACEBO = Experiment(
    "placebo",
    "A policy that changes nothing",
    "Una política que no cambia nada",
    "no measure and no month may differ",
    worlds=alone("placebo", "reporting_support"),
    years=3,
    weak=False,
    lines=(nothing("placebo", "largest difference", "mayor diferencia", {BASE: "placebo"}, "reporting_support"),),
)
RENAMED = Experiment(
    "renamed",
    "Every policy under another name",
    "Cada política con otro nombre",
    "no measure and no month may differ",
    worlds=alone(*RENAMED_AS, *RENAMED_AS.values()),
    years=0.5,
    weak=False,
    lines=(nothing("renamed", "largest difference", "mayor diferencia", RENAMED_AS, RENAMED_AS["reporting_support"]),),
)


def cleared(kind: str, en: str, es: str) -> Line:
    """Return the line of the share of complaints of one kind that were cleared."""
    end = f"_{kind}" if kind else ""
    return level(
        kind or "all",
        f"complaints cleared, %, {en}",
        f"denuncias esclarecidas, %, {es}",
        BASE,
        (f"cleared{end}",),
        (f"complaints_filed{end}",),
        status="set",
        published=Published(2.5, 6.0, "W02, V16"),
        trivial=lambda worlds: 0.0,
        outside=OUTSIDE["homicide"] if kind == "homicide" else None,
    )


LEVELS = Experiment(
    "levels",
    "As it is: who offends and what is cleared",
    "Como está: quiénes delinquen y qué se esclarece",
    "share of crimes by the most active tenth of those who offended (review); complaints cleared, Guatemala",
    worlds={},
    years=3,
    lines=(
        Line(
            "concentration",
            "share of a year's crimes by the most active tenth, %",
            "parte de los delitos de un año de la décima parte más activa, %",
            "level",
            r.concentration,
            status="set",
            published=Published(36.0, 46.0, "Q12, 5 either way"),
            trivial=r.even,
        ),
        cleared("", "all kinds", "todos los tipos"),
        cleared("robbery", "robbery", "robo"),
        cleared("theft", "theft", "hurto"),
        cleared("vehicle_theft", "theft of a vehicle", "robo de vehículo"),
        cleared("burglary", "burglary", "robo en casa"),
        cleared("assault", "assault", "agresión"),
        cleared("homicide", "homicide", "homicidio"),
        cleared("extortion", "extortion", "extorsión"),
    ),
)

EXPERIMENTS: tuple[Experiment, ...] = (
    *(LEVELS, WEEKS, YEARS, NO_POLICE_CORNERS, COUPLES, MEANS, RELEASE, SENTENCES, HOT_SPOTS, TELLING, INVESTIGATORS),
    *(SLOTS, PARTS, INNOCENTS, NO_COUPLES, INFORMATION, THEN_OFF),
    harmless("false_reports", "False reports", "Denuncias falsas"),
    harmless("no_contact", "No contact, service kept", "Sin contacto, con servicio"),
    *(swapped(*SITES), swapped(*reversed(SITES)), LUCK, PLACEBO, RENAMED),
)
