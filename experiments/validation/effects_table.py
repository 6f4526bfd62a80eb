"""The virtual experiments, as data: what each compares, reads and expects, and what was published.

*set*: a parameter of the model was set from this number; *found*: none was; *given*: an input says it.  Values that
rest on memory alone are priors and no gates.
"""

from collections.abc import Iterator

from experiments.validation import readers as r
from experiments.validation.effects_controls import LUCK, PLACEBO, RENAMED, RENAMED_AS, swapped
from experiments.validation.effects_lines import (
    CORNERS,
    FIRST,
    FOURFOLD,
    HALF,
    NOT_FEWER,
    OUTSIDE,
    PROPERTY_Q15,
    Q16,
    Q18_RANGE,
    THREE,
    TOLD,
    TWICE,
    UNPUBLISHED,
    VIOLENT_Q15,
    after_weeks,
    alone,
    change,
    crime,
    level,
    ratio,
    trust,
)
from experiments.validation.experiment import BASE, CENTRAL, SITES, Experiment, ExperimentLine, Published, Read

MADE = {
    "no_police_three_years": 'include = "no_police"\nuntil = "3 years"\n',
    "hot_spots_1": '[set]\n"plans.diagnosis" = 1.0\n"plans.analysis" = 0.9\n"plans.posts" = 1\n',
    "hot_spots_4": '[set]\n"plans.diagnosis" = 1.0\n"plans.analysis" = 0.9\n"plans.posts" = 4\n',
    "trust_by_itself": '[set]\n"reporting.lift" = 0.1\n',
    "placebo": '[scale]\n"plans.diagnosis" = 1.0\n"plans.analysis" = 1.0\n',
}
"""Worlds that only experiments need: files by name."""
MADE |= {other: f'include = "{name}"\n' for name, other in RENAMED_AS.items()}


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
    ratio(
        "street",
        "street crime, three years",
        "delitos de calle, tres años",
        r.STREET,
        published=Q16,
        outside=OUTSIDE["street"],
    ),
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


def by_couples(world: str, factor: float, en: str, es: str) -> Iterator[ExperimentLine]:
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
        yield ExperimentLine(
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
        ExperimentLine(
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


def by_means(world: str, en: str, es: str) -> Iterator[ExperimentLine]:
    """Yield the calls that are not served in one world, and the reasons."""
    unserved = ("calls_unserved",)
    share, parte = f"calls not served, % of calls, {en}", f"llamadas sin atender, % de llamadas, {es}"
    yield level(f"unserved_{world}", share, parte, world, unserved, ("calls",))
    wait, espera = f"median wait in minutes, {en}", f"espera mediana en minutos, {es}"
    yield ExperimentLine(f"wait_{world}", wait, espera, "minutes", r.mean(world, "response_minutes_median", THREE))
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
        ExperimentLine(
            "release",
            "street, vehicle and house crime to those held, a third released",
            "delitos de calle, vehículo y casa según los presos, un tercio liberado",
            "elasticity",
            RELEASED,
            status="set",
            published=Published(-0.30, -0.17, "Q13"),
            outside=OUTSIDE["release"],
        ),
        ExperimentLine(
            "jail",
            "the same, most active twentieth jailed",
            "lo mismo, vigésima parte más activa encarcelada",
            "elasticity",
            JAILED,
            note="pardons free no selection of the most active: printed, never forced",
        ),
        ExperimentLine(
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


def by_dose(world: str, posts: int) -> Iterator[ExperimentLine]:
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
            yield ExperimentLine(
                f"{name}_{posts}", en, es, "%", read, status="set", published=Q18_RANGE, outside=outside
            )
        else:
            yield ExperimentLine(f"{name}_{posts}", en, es, "%", read)


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


def by_teller(world: str, en: str, es: str) -> Iterator[ExperimentLine]:
    """Yield clearance, arrests and, if it is not the status quo, crime of one world."""
    cleared, esclarecidas = f"complaints cleared, %, {en}", f"denuncias esclarecidas, %, {es}"
    yield level(f"clearance_{world}", cleared, esclarecidas, world, ("cleared",), ("complaints_filed",))
    caught, capturas = f"arrests per 100 crimes, {en}", f"capturas por 100 delitos, {es}"
    yield level(f"arrests_{world}", caught, capturas, world, ("arrests_act", "arrests_warrant"), r.ALL)
    if world != BASE:
        yield crime(world, f"crime, {en}", f"delito, {es}")


def beyond(who: str, en: str, es: str) -> ExperimentLine:
    """Return the line of what more investigators and another telling do beyond the sum of both."""
    return ExperimentLine(
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
            ExperimentLine(world, en, es, "log points", r.logs(world, r.STREET, THREE))
            for world, en, es in (
                ("no_police", "street crime, no police", "delitos de calle, sin policía"),
                ("seen_never_arrest", "seen and never arrest", "se ven y nunca capturan"),
                ("arrest_unseen", "arrest and nobody sees", "capturan y nadie ve"),
            )
        ),
        ExperimentLine(
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


def years_after(year: int) -> Iterator[ExperimentLine]:
    """Yield trust and crime in one year of a policy that ended with the third."""
    world, window = "three_years_then_off", (12 * year - 12, 12 * year)
    read = r.points(world, "trust_mean", window)
    yield ExperimentLine(f"trust_{year}", f"trust, year {year}", f"confianza, año {year}", "points", read)
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


INFORMATION = Experiment(
    "information",
    "Ten points of trust by themselves, through what people tell",
    "Diez puntos de confianza por sí solos, por lo que la gente cuenta",
    "nobody has measured it; telling grows by 0 to 2 points per 10 points of trust (Q10)",
    worlds={"trust": ("trust_by_itself",)},
    years=3,
    lines=(
        change("crime", "crime of slots, %", "delitos de quienes tienen plaza, %", "trust", r.POOL),
        change("told", "crimes told, %", "delitos reportados, %", "trust", ("crimes_told",)),
        change("tips", "tips, %", "pistas, %", "trust", ("tips",)),
        change("solved", "cases solved, %", "casos resueltos, %", "trust", ("cases_solved",)),
        ExperimentLine(
            "gain",
            "points of trust that come back (10 would sustain themselves)",
            "puntos de confianza que regresan (10 se sostendrían solos)",
            "points",
            r.points("trust", "trust_mean", (24, 36)),
        ),
    ),
)


def cleared(kind: str, en: str, es: str) -> ExperimentLine:
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
        ExperimentLine(
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
