"""The virtual experiments, as data: what each compares, reads and expects, and what was published.

*set*: a parameter of the model was set from this number; *found*: none was; *given*: an input says it.  Values that
rest on memory alone are priors and no gates.
"""

from collections.abc import Iterator

from experiments.validation import readers as r
from experiments.validation.experiment import BASE, CENTRAL, Experiment, Line, Published, Turn, Variant

FIRST, THREE = (0, 12), (0, 36)
TWICE, HALF, FOURFOLD = 2.0, 0.5, 4.0
CERTAINTIES = tuple(f"certainty.{kind}" for kind in ("street", "vehicles", "burglary", "hire", "quarrel"))
REPLACED = "offenders.*replac*"
Q13, Q15, Q18, Q19 = "Q13", "Q15", "Q18", "Q19"
Q16 = Published(1.5, 3.0, "Q16", prior=True)
PROPERTY_Q15, VIOLENT_Q15 = Published(-0.3, -0.1, "Q15", prior=True), Published(-0.7, -0.2, "Q15", prior=True)
EXACTLY_NOTHING = Published(0.0, 0.0, "by construction")
NOT_FEWER = Published(0.0, float("inf"), "must not fall")

MADE = {
    "no_police_three_years": 'include = "no_police"\nuntil = "3 years"\n',
    "hot_spots_1": '[set]\n"plans.diagnosis" = 1.0\n"plans.analysis" = 0.9\n"plans.posts" = 1\n',
    "hot_spots_4": '[set]\n"plans.diagnosis" = 1.0\n"plans.analysis" = 0.9\n"plans.posts" = 4\n',
    "trust_by_itself": '[set]\n"reporting.lift" = 0.1\n',
    "placebo": '[scale]\n"plans.diagnosis" = 1.0\n"plans.analysis" = 1.0\n',
    "mopsic_by_another_name": 'include = "mopsic_full"\n',
    "resources_by_another_name": 'include = "resources_only"\n',
    "hard_hand_by_another_name": 'include = "heavy_hand"\n',
}
"""Worlds that only experiments need: files by name."""


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


def after_weeks(name: str, first: int, end: int, en: str, es: str) -> Line:
    """Return the line of street crime in some days without police."""
    return Line(
        name=name,
        en=f"street crime, {en}",
        es=f"delitos de calle, {es}",
        read=r.in_days("no_police", first, end),
        unit="ratio",
        status="set" if end <= 14 else "found",
        published=Q16 if end <= 14 else None,
        note="informal guardianship and the half-life of presence rest on the same row" if end <= 14 else "",
    )


WEEKS = Experiment(
    name="no_police_weeks",
    en="No police for two weeks",
    es="Dos semanas sin policía",
    measured="weeks without any police (strikes, 1944, 2017): robbery and homicide multiply, in some places nothing",
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
    Line(
        name="street",
        en="street crime, three years",
        es="delitos de calle, tres años",
        read=r.ratio("no_police", r.STREET, THREE),
        unit="ratio",
        published=Q16,
    ),
    Line(
        name="killed",
        en="homicides but those of cliques, three years",
        es="homicidios sin los de clicas, tres años",
        read=r.ratio("no_police", r.KILLED, THREE),
        unit="ratio",
        published=Q16,
    ),
    Line(
        name="crime",
        en="all crime, three years",
        es="todo delito, tres años",
        read=r.ratio("no_police", r.ALL, THREE),
        unit="ratio",
    ),
)
YEARS = Experiment(
    name="no_police_years",
    en="No police for three years, then as before",
    es="Tres años sin policía, después como antes",
    measured="weeks without any police; nobody has measured years",
    worlds={"no_police": ("no_police_three_years",)},
    years=7,
    lines=(
        *NO_POLICE,
        *(
            Line(
                name=f"after_{year}",
                en=f"street crime, year {year} afterwards",
                es=f"delitos de calle, año {year} después",
                read=r.ratio("no_police", r.STREET, (24 + 12 * year, 36 + 12 * year)),
                unit="ratio",
            )
            for year in (1, 2, 3, 4)
        ),
    ),
)
NO_POLICE_CORNERS = Experiment(
    name="no_police_corners",
    en="No police for three years, over what nobody has measured",
    es="Tres años sin policía, según lo que nadie ha medido",
    measured="as above, over elasticity, guardianship by neighbours and half-life of presence",
    worlds={"no_police": ("no_police",)},
    years=3,
    lines=NO_POLICE,
    variants=(CENTRAL, *CORNERS),
)


def by_couples(world: str, factor: float, en: str, es: str) -> tuple[Line, ...]:
    """Return the elasticities of crime to couples that are so many times as many."""
    return tuple(
        Line(
            name=f"{name}_{world.removeprefix('couples_')}",
            en=f"{kinds}, {en}",
            es=f"{tipos}, {es}",
            read=r.elasticity(world, names, THREE, factor),
            unit="elasticity",
            status="found" if factor == FOURFOLD else "set",
            published=published,
        )
        for name, kinds, tipos, names, published in (
            ("property", "property crime", "delitos contra el patrimonio", r.PROPERTY, PROPERTY_Q15),
            ("violent", "violent crime with robbery", "delitos violentos con robo", r.VIOLENT, VIOLENT_Q15),
        )
    )


COUPLES = Experiment(
    name="couples",
    en="Couples with their means x 1/2, 2, 4",
    es="Parejas con sus medios x 1/2, 2, 4",
    measured="elasticity of crime to police numbers, small changes, rich countries; to the chance of arrest (Q22)",
    worlds={one: (one,) for one in ("couples_half", "couples_double", "couples_fourfold")},
    years=3,
    lines=(
        *by_couples("couples_half", HALF, "couples x 1/2", "parejas x 1/2"),
        *by_couples("couples_double", TWICE, "couples x 2", "parejas x 2"),
        *by_couples("couples_fourfold", FOURFOLD, "couples x 4", "parejas x 4"),
        Line(
            name="chance",
            en="street crime to arrests per offence, couples x 2",
            es="delitos de calle según capturas por delito, parejas x 2",
            read=r.elasticity("couples_double", r.STREET, THREE, "caught_street"),
            unit="elasticity",
            status="set",
            published=Published(-0.5, -0.1, "Q22", prior=True),
            note="patrol is seen more, too",
        ),
    ),
    rests=(Q15,),
)

SCARCE = ("line", "hours", "fuel", "vehicles", "paper", "declined")
ESCASO = ("línea", "horas", "combustible", "vehículos", "papel", "se negó")


def by_means(world: str, en: str, es: str) -> tuple[Line, ...]:
    """Return the calls that are not served in one world, and the reasons."""
    return (
        Line(
            name=f"unserved_{world}",
            en=f"calls not served, % of calls, {en}",
            es=f"llamadas sin atender, % de llamadas, {es}",
            read=r.share(world, ("calls_unserved",), ("calls",), THREE),
            unit="level",
        ),
        Line(
            name=f"wait_{world}",
            en=f"median wait in minutes, {en}",
            es=f"espera mediana en minutos, {es}",
            read=r.mean(world, "response_minutes_median", THREE),
            unit="minutes",
        ),
        *(
            Line(
                name=f"{reason}_{world}",
                en=f"of these for want of {reason}, %, {en}" if reason != "declined" else f"of these declined, %, {en}",
                es=f"de ellas por {motivo}, %, {es}" if reason != "declined" else f"de ellas rehusadas, %, {es}",
                read=r.share(world, (f"unserved_{reason}",), ("calls_unserved",), THREE),
                unit="level",
            )
            for reason, motivo in zip(SCARCE, ESCASO, strict=True)
        ),
    )


MEANS = Experiment(
    name="means",
    en="Vehicles and fuel x 1/2, 2",
    es="Vehículos y combustible x 1/2, 2",
    measured="nothing published; printed whatever it is",
    worlds={one: (one,) for one in ("means_half", "means_double")},
    years=3,
    lines=(
        *by_means(BASE, "as it is", "como está"),
        *by_means("means_half", "means x 1/2", "medios x 1/2"),
        *by_means("means_double", "means x 2", "medios x 2"),
        *(
            Line(
                name=f"change_{world}",
                en=f"calls not served, change, {en}",
                es=f"llamadas sin atender, cambio, {es}",
                read=r.change(world, ("calls_unserved",), THREE),
                unit="%",
            )
            for world, en, es in (
                ("means_half", "means x 1/2", "medios x 1/2"),
                ("means_double", "means x 2", "medios x 2"),
            )
        ),
    ),
)

HELD = "offenders_held"
RELEASED = r.elasticity("release_third", r.POOL, FIRST, HELD)
JAILED = r.elasticity("jail_most_active", r.POOL, FIRST, HELD)
RELEASE = Experiment(
    name="release",
    en="Release a third; jail the most active twentieth",
    es="Liberar a un tercio; encarcelar a la vigésima parte más activa",
    measured="collective pardons: elasticity of crime to those held, over the year that follows",
    worlds={one: (one,) for one in ("release_third", "jail_most_active")},
    years=1,
    lines=(
        Line(
            name="release",
            en="street, vehicle and house crime to those held, a third released",
            es="delitos de calle, vehículo y casa según los presos, un tercio liberado",
            read=RELEASED,
            unit="elasticity",
            status="set",
            published=Published(-0.30, -0.17, Q13),
        ),
        Line(
            name="jail",
            en="the same, most active twentieth jailed",
            es="lo mismo, vigésima parte más activa encarcelada",
            read=JAILED,
            unit="elasticity",
            note="pardons free no selection of the most active: printed, never forced",
        ),
        Line(
            name="factor",
            en="jailing over releasing",
            es="encarcelar frente a liberar",
            read=r.quotient(JAILED, RELEASED),
            unit="ratio",
            published=Published(2.0, 2.5, "from Q12", prior=True),
        ),
    ),
    rests=(Q13,),
)
SENTENCES = Experiment(
    name="sentences",
    en="Sentences x 2",
    es="Condenas x 2",
    measured="severity hardly deters (Q14): nothing before longer sentences hold somebody longer",
    worlds={"sentences_double": ("sentences_double",), "no_police": ("no_police",)},
    years=6,
    lines=(
        Line(
            name="deterrence",
            en="crime, first half year: the part that deters",
            es="delito, primer semestre: la parte que disuade",
            read=r.change("sentences_double", r.ALL, (0, 6)),
            unit="%",
            status="set",
            published=Published(-0.5, 0.5, "Q14"),
            trivial=r.change("no_police", r.ALL, (0, 6)),
        ),
        Line(
            name="crime",
            en="crime, six years",
            es="delito, seis años",
            read=r.change("sentences_double", r.ALL, (0, 72)),
            unit="%",
        ),
    ),
)

Q18_RANGE = Published(-16.0, -8.0, Q18)


def by_dose(world: str, posts: int) -> tuple[Line, ...]:
    """Return what fixed posts do in treated cells, beside them and in the town."""
    return tuple(
        Line(
            name=f"{name}_{posts}",
            en=f"crime {en}, posts a station: {posts}",
            es=f"delito {es}, puestos por estación: {posts}",
            read=read,
            unit="%",
            status="set" if name == "treated" else "found",
            published=Q18_RANGE if name == "treated" else None,
        )
        for name, en, es, read in (
            ("treated", "in treated cells", "en celdas tratadas", r.in_cells(world, "treated")),
            ("beside", "beside them", "al lado", r.in_cells(world, "beside")),
            ("town", "in the whole town", "en todo el municipio", r.change(world, r.ALL, (0, 24))),
        )
    )


HOT_SPOTS = Experiment(
    name="hot_spots",
    en="Fixed posts at hot spots by dose",
    es="Puestos fijos según dosis",
    measured="crime in treated places, review of trials; benefits diffuse more than crime moves",
    worlds={
        "hot_spots_1": ("hot_spots_1",),
        "hotspots_only": ("hotspots_only",),
        "hot_spots_4": ("hot_spots_4",),
    },
    years=2,
    lines=(*by_dose("hot_spots_1", 1), *by_dose("hotspots_only", 2), *by_dose("hot_spots_4", 4)),
    rests=(Q18,),
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
    yield Line(
        name=f"clearance_{world}",
        en=f"complaints cleared, %, {en}",
        es=f"denuncias esclarecidas, %, {es}",
        read=r.share(world, ("cleared",), ("complaints_filed",), THREE),
        unit="level",
    )
    yield Line(
        name=f"arrests_{world}",
        en=f"arrests per 100 crimes, {en}",
        es=f"capturas por 100 delitos, {es}",
        read=r.share(world, ("arrests_act", "arrests_warrant"), r.ALL, THREE),
        unit="level",
    )
    if world != BASE:
        yield crime_line(world, f"crime, {en}", f"delito, {es}")


def beyond(who: str, en: str, es: str) -> Line:
    """Return the line of what more investigators and another telling do beyond the sum of both."""
    return Line(
        name=f"interaction_{who}",
        en=f"crime, {en} and investigators x 3 beyond their sum",
        es=f"delito, {es} e investigadores x 3, más allá de la suma",
        read=r.beyond_sum(f"{who}_investigators", (who, "investigators"), r.ALL, THREE),
        unit="log points",
        note="below 0 they help each other",
    )


def crime_line(world: str, en: str, es: str, published: Published | None = None, must: bool = False) -> Line:
    """Return the line of all crime in three years of one world."""
    read = r.change(world, r.ALL, THREE)
    return Line(name=f"crime_{world}", en=en, es=es, read=read, unit="%", published=published, must=must)


TELLING = Experiment(
    name="telling",
    en="Nobody tells, everybody tells, with investigators x 1 and 3",
    es="Nadie avisa, todos avisan, con investigadores x 1 y 3",
    measured="nothing published; over what is learned of arrests and how good new tellers are, which no target sees",
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
        beyond("everybody", *WHO["everybody"]),
        beyond("nobody", *WHO["nobody"]),
    ),
    variants=(CENTRAL, *TOLD),
)


INVESTIGATORS = Experiment(
    name="investigators",
    en="Investigators x 2",
    es="Investigadores x 2",
    measured="nothing published",
    worlds={"investigators_double": ("investigators_double",)},
    years=3,
    lines=(
        crime_line("investigators_double", "crime", "delito"),
        Line(
            name="solved",
            en="cases solved",
            es="casos resueltos",
            read=r.change("investigators_double", ("cases_solved",), THREE),
            unit="%",
        ),
    ),
)
SLOTS = Experiment(
    name="slots",
    en="Offenders x 1/2, 2 at the same total rate",
    es="Ofensores x 1/2, 2 con la misma tasa total",
    measured="nothing published; the number of offenders is assumed",
    worlds={one: (one,) for one in ("slots_half", "slots_double")},
    years=3,
    lines=(
        crime_line("slots_half", "crime, half as many offenders", "delito, la mitad de ofensores"),
        crime_line("slots_double", "crime, twice as many", "delito, el doble"),
    ),
)
PARTS = Experiment(
    name="parts",
    en="Couples that are seen and never arrest; arrests that nobody sees",
    es="Parejas que se ven y nunca capturan; capturas que nadie ve",
    measured="nothing published; do the parts sum to no police at all?",
    worlds={one: (one,) for one in ("no_police", "seen_never_arrest", "arrest_unseen")},
    years=3,
    lines=(
        *(
            Line(name=world, en=en, es=es, read=r.logs(world, r.STREET, THREE), unit="log points")
            for world, en, es in (
                ("no_police", "street crime, no police", "delitos de calle, sin policía"),
                ("seen_never_arrest", "seen and never arrest", "se ven y nunca capturan"),
                ("arrest_unseen", "arrest and nobody sees", "capturan y nadie ve"),
            )
        ),
        Line(
            name="rest",
            en="no police beyond the sum of both",
            es="sin policía más allá de la suma",
            read=r.beyond_sum("no_police", ("seen_never_arrest", "arrest_unseen"), r.STREET, THREE),
            unit="log points",
        ),
    ),
)
INNOCENTS = Experiment(
    name="innocents",
    en="Arrest innocents only",
    es="Capturar solo a inocentes",
    measured="nothing published; crime must not fall",
    worlds={"arrest_innocents": ("arrest_innocents",), "every_crime_caught": ("every_crime_caught",)},
    years=3,
    lines=(
        crime_line("arrest_innocents", "crime", "delito", published=NOT_FEWER, must=True),
        Line(
            name="trust",
            en="trust, third year",
            es="confianza, tercer año",
            read=r.points("arrest_innocents", "trust_mean", (24, 36)),
            unit="points",
            trivial=lambda worlds: 0.0,
        ),
    ),
    trivial="every_crime_caught",
)
NO_COUPLES = Experiment(
    name="reports_no_couples",
    en="Everybody tells and there are no couples",
    es="Todos avisan y no hay parejas",
    measured="nothing published",
    worlds={one: (one,) for one in ("reports_no_couples", "everybody_reports")},
    years=3,
    lines=(
        crime_line("reports_no_couples", "crime, without couples", "delito, sin parejas"),
        crime_line("everybody_reports", "crime, with couples", "delito, con parejas"),
        Line(
            name="trust",
            en="trust, third year, without couples",
            es="confianza, tercer año, sin parejas",
            read=r.points("reports_no_couples", "trust_mean", (24, 36)),
            unit="points",
        ),
    ),
)


def years_after(year: int) -> tuple[Line, Line]:
    """Return trust and crime in one year of a policy that ended with the third."""
    window = (12 * year - 12, 12 * year)
    return (
        Line(
            name=f"trust_{year}",
            en=f"trust, year {year}",
            es=f"confianza, año {year}",
            read=r.points("three_years_then_off", "trust_mean", window),
            unit="points",
        ),
        Line(
            name=f"crime_{year}",
            en=f"crime, year {year}",
            es=f"delito, año {year}",
            read=r.change("three_years_then_off", r.ALL, window),
            unit="%",
        ),
    )


THEN_OFF = Experiment(
    name="then_off",
    en="A policy for three years, then off",
    es="Una política por tres años y después nada",
    measured="programmes last 6 to 17 months (Q21); what is left is not known",
    worlds={"three_years_then_off": ("three_years_then_off",)},
    years=6,
    lines=tuple(line for year in (3, 4, 6) for line in years_after(year)),
)


def harmless(name: str, en: str, es: str) -> Experiment:
    """Return the experiment of a world of which only crime, arrests and trust are printed."""
    return Experiment(
        name=name,
        en=en,
        es=es,
        measured="nothing published",
        worlds={name: (name,)},
        years=3,
        lines=(
            crime_line(name, "crime", "delito"),
            Line(name="arrests", en="arrests", es="capturas", read=r.change(name, ("arrests",), THREE), unit="%"),
            Line(
                name="trust",
                en="trust, third year",
                es="confianza, tercer año",
                read=r.points(name, "trust_mean", (24, 36)),
                unit="points",
            ),
        ),
    )


def nothing(name: str, en: str, es: str, world: str, against: str = BASE) -> Line:
    """Return the line of two worlds that must be the same bits."""
    return Line(
        name=name,
        en=en,
        es=es,
        read=r.apart(world, against),
        unit="points",
        status="given",
        published=EXACTLY_NOTHING,
        must=True,
        trivial=r.apart(world, BASE) if against != BASE else r.apart("reporting_support"),
    )


INFORMATION = Experiment(
    name="information",
    en="Ten points of trust by themselves, through what people tell",
    es="Diez puntos de confianza por sí solos, por lo que la gente cuenta",
    measured="nobody has measured it; telling grows by 0 to 2 points per 10 points of trust (Q10)",
    worlds={"trust": ("trust_by_itself",)},
    years=3,
    lines=(
        Line(
            name="crime",
            en="crime of slots, %",
            es="delitos de quienes tienen plaza, %",
            read=r.change("trust", r.POOL, THREE),
            unit="%",
        ),
        Line(
            name="told",
            en="crimes told, %",
            es="delitos avisados, %",
            read=r.change("trust", ("crimes_told",), THREE),
            unit="%",
        ),
        Line(name="tips", en="tips, %", es="pistas, %", read=r.change("trust", ("tips",), THREE), unit="%"),
        Line(
            name="solved",
            en="cases solved, %",
            es="casos resueltos, %",
            read=r.change("trust", ("cases_solved",), THREE),
            unit="%",
        ),
        Line(
            name="gain",
            en="points of trust that come back (10 would sustain themselves)",
            es="puntos de confianza que regresan (10 se sostendrían solos)",
            read=r.points("trust", "trust_mean", (24, 36)),
            unit="points",
        ),
    ),
)
PLACEBO = Experiment(
    name="placebo",
    en="A policy that changes nothing",
    es="Una política que no cambia nada",
    measured="no measure and no month may differ",
    worlds={"placebo": ("placebo",), "reporting_support": ("reporting_support",)},
    years=3,
    lines=(nothing("placebo", "largest difference", "mayor diferencia", "placebo"),),
)
RENAMED = Experiment(
    name="renamed",
    en="Policies under other names",
    es="Políticas con otro nombre",
    measured="no measure and no month may differ",
    worlds={
        one: (one,)
        for pair in (
            ("mopsic_full", "mopsic_by_another_name"),
            ("resources_only", "resources_by_another_name"),
            ("heavy_hand", "hard_hand_by_another_name"),
        )
        for one in pair
    },
    years=3,
    lines=(
        nothing("mopsic", "MOPSIC in full", "MOPSIC completo", "mopsic_by_another_name", "mopsic_full"),
        nothing("resources", "resources only", "solo recursos", "resources_by_another_name", "resources_only"),
        nothing("hard_hand", "heavy hand", "mano dura", "hard_hand_by_another_name", "heavy_hand"),
    ),
)


def cleared_line(kind: str, en: str, es: str) -> Line:
    """Return the line of the share of complaints of one kind that were cleared."""
    end = f"_{kind}" if kind else ""
    return Line(
        name=kind or "all",
        en=f"complaints cleared, %, {en}",
        es=f"denuncias esclarecidas, %, {es}",
        read=r.share(BASE, (f"cleared{end}",), (f"complaints_filed{end}",), THREE),
        unit="level",
        status="set",
        published=Published(2.5, 6.0, "W02, V16"),
        trivial=lambda worlds: 0.0,
    )


LEVELS = Experiment(
    name="levels",
    en="As it is: who offends and what is cleared",
    es="Como está: quiénes delinquen y qué se esclarece",
    measured="share of crimes by the most active tenth of those who offended (review); complaints cleared, Guatemala",
    worlds={},
    years=3,
    lines=(
        Line(
            name="concentration",
            en="share of a year's crimes by the most active tenth, %",
            es="parte de los delitos de un año de la décima parte más activa, %",
            read=r.concentration,
            unit="level",
            status="set",
            published=Published(36.0, 46.0, "Q12, 5 either way"),
            trivial=r.even,
        ),
        *(
            cleared_line(*one)
            for one in (
                ("", "all kinds", "todos los tipos"),
                ("robbery", "robbery", "robo"),
                ("theft", "theft", "hurto"),
                ("vehicle_theft", "theft of a vehicle", "robo de vehículo"),
                ("burglary", "burglary", "robo en casa"),
                ("assault", "assault", "agresión"),
                ("homicide", "homicide", "homicidio"),
                ("extortion", "extortion", "extorsión"),
            )
        ),
    ),
)

EXPERIMENTS: tuple[Experiment, ...] = (
    *(LEVELS, WEEKS, YEARS, NO_POLICE_CORNERS, COUPLES, MEANS, RELEASE, SENTENCES, HOT_SPOTS, TELLING, INVESTIGATORS),
    *(SLOTS, PARTS, INNOCENTS, NO_COUPLES, INFORMATION, THEN_OFF),
    harmless("false_reports", "False reports", "Denuncias falsas"),
    harmless("no_contact", "No contact, service kept", "Sin contacto, con servicio"),
    *(PLACEBO, RENAMED),
)
