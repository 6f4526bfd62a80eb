"""What happened, in sentences for people who decide: counts of worlds, intervals, and what is not known."""

from typing import Any

from markupsafe import Markup

from experiments.headlines import BY_NAME, WORDS
from experiments.report.both import Both, both, joined, listed
from experiments.report.reading import Arm, Site

TOLD = (
    "trust_mean",
    "fear_mean",
    "crimes_occurred",
    "crimes_told",
    "complaints_filed",
    "women_without_remedy",
    "wrongful_detentions",
)
TOO_FEW_HOMICIDES = 10.0
"""Homicides a year below which no statement on a policy is made (Totonicapán has about 2.5)."""
DEEDS = {
    "told": (
        "{more} habitantes avisaron de un delito al Estado que de otro modo no lo habrían hecho"
        " ({fewer} dejaron de hacerlo)",
        "{more} residents told the state of a crime who otherwise would not have ({fewer} no longer did)",
    ),
    "complained": (
        "{more} presentaron una denuncia en el MP que de otro modo no la habrían presentado ({fewer}"
        " ya no la presentaron)",
        "{more} filed a complaint who otherwise would not have ({fewer} no longer did)",
    ),
    "harmed": (
        "{more} fueron víctimas de un delito que de otro modo no lo habrían sido ({fewer} se libraron)",
        "{more} were harmed by a crime who otherwise would not have been ({fewer} were spared)",
    ),
    "met": (
        "{more} se encontraron con una patrulla que de otro modo no la habrían visto ({fewer} ya no la vieron)",
        "{more} met a patrol who otherwise would not have ({fewer} no longer did)",
    ),
    "trust": (
        "{more} confían más (un punto o más) y {fewer} confían menos",
        "{more} trust more (by a point or more) and {fewer} trust less",
    ),
}


def question(sites: list[Site]) -> Both:
    """Return the question of the report in one sentence."""
    places = listed([site.title for site in sites])
    names: dict[str, Both] = {arm.name: arm.title for site in sites for arm in site.others}
    base = sites[0].base.title
    if not names:
        return both("¿En qué se diferencian {places}?", "How do {places} differ?", places=places)
    return both(
        "¿Qué cambia en {places} con {arms}, en vez de {base}?",
        "What changes in {places} with {arms}, instead of {base}?",
        places=places,
        arms=listed([both("«{name}»", "“{name}”", name=name) for name in names.values()]),
        base=both("«{name}»", "“{name}”", name=base),
    )


def happened(site: Site, arm: Arm) -> list[Both]:
    """Return what happened under one policy, in sentences."""
    rows = {name: site.effect(arm, name) for name in TOLD}
    there = [name for name, row in rows.items() if row is not None]
    still = [name for name in there if rows[name]["paired"] and rows[name]["same"] == rows[name]["n"]]
    told = [moved(site, arm, name) for name in there if name not in still]
    return [*told, *unmoved(site, arm, still), homicides(site, arm), *residents(site, arm)]


def unmoved(site: Site, arm: Arm, still: list[str]) -> list[Both]:
    """Return in one sentence what is the same in all twin worlds."""
    if not still:
        return []
    names = listed([both(BY_NAME[name].es, BY_NAME[name].en) for name in still])
    n = site.number(site.effect(arm, still[0]), "n", 0)
    return [
        both("Igual en los {n} mundos gemelos: {names}.", "The same in all {n} twin worlds: {names}.", n=n, names=names)
    ]


def brief(site: Site, arm: Arm) -> Both:
    """Return in one sentence what surely changes under a policy."""
    surely = [row for name in (*TOLD, "calls_unserved") if (row := site.effect(arm, name)) is not None and settled(row)]
    if not surely:
        what = both(
            "ninguna de las medidas principales cambia de modo seguro", "none of the main measures surely changes"
        )
    else:
        what = listed(
            [
                both(
                    f"{BY_NAME[row['measure']].es} ({{effect}})",
                    f"{BY_NAME[row['measure']].en} ({{effect}})",
                    effect=site.number(row, "effect", sign="+"),
                )
                for row in surely
            ]
        )
        what = joined([both("cambia de modo seguro ", "what surely changes is "), what], "")
    return joined(
        [strong(arm.title), both(": ", ": "), what, both(".", "."), known(site, arm, "trust_mean", lead=True)], ""
    )


def settled(row: Any) -> bool:
    """Tell whether the interval of an effect leaves one sign."""
    return bool(row["low"] > 0.0 or row["high"] < 0.0)


def moved(site: Site, arm: Arm, measure: str) -> Both:
    """Return in how many worlds a measure rose or fell, by how much, and whether that is known."""
    row = site.effect(arm, measure)
    name = capital(both(BY_NAME[measure].es, BY_NAME[measure].en))
    return joined(
        [
            both("{name}: ", "{name}: ", name=strong(name)),
            worlds(site, row),
            size(site, row),
            known(site, arm, measure),
        ],
        "",
    )


def worlds(site: Site, row: Any) -> Both:
    """Return in how many worlds a number rose or fell."""
    if not row["paired"]:
        return both("comparación sin mundos gemelos; ", "compared without twin worlds; ")
    n = site.number(row, "n", 0)
    if row["same"] == row["n"]:
        return both("igual en los {n} mundos gemelos. ", "the same in all {n} twin worlds. ", n=n)
    way, column = (("subió", "rose"), "rose") if row["rose"] >= row["fell"] else (("bajó", "fell"), "fell")
    return both(
        f"{way[0]} en {{k}} de {{n}} mundos gemelos; ",
        f"{way[1]} in {{k}} of {{n}} twin worlds; ",
        k=site.number(row, column, 0),
        n=n,
    )


def size(site: Site, row: Any) -> Both:
    """Return mean effect, interval and level without the policy."""
    if row["paired"] and row["same"] == row["n"]:
        return both("", "")
    how = WORDS[BY_NAME[row["measure"]].how]
    parts = {name: site.number(row, name, sign="+") for name in ("effect", "low", "high")}
    return both(
        f"en promedio {{effect}} (entre {{low}} y {{high}}), desde {{base}} ({how['es']}). ",
        f"on average {{effect}} (between {{low}} and {{high}}), from {{base}} ({how['en']}). ",
        base=site.number(row, "base"),
        **parts,
    )


def known(site: Site, arm: Arm, measure: str, lead: bool = False) -> Both:
    """Return whether the effect is known, as the grid of memory and asymmetry says; nothing where it was not run."""
    row = site.verdict(arm, measure)
    if row is None:
        return both("", "")
    number = {name: site.numbers.show("verdicts", row.name, name) for name in ("cells", "up", "down", "open")}
    if row["none"] == row["cells"]:
        text = both("ningún efecto con ninguna memoria", "no effect whatever the memory")
    elif row["known"]:
        text = both("mismo signo y tamaño parecido con toda memoria", "same sign and similar size whatever the memory")
    else:
        text = joined(reasons(row, number), "; ")
    answer = both("Se sabe: ", "Known: ") if row["known"] else both("No se sabe: ", "Not known: ")
    about = both("Efecto en la confianza: ", "Effect on trust: ") if lead else both("", "")
    return joined([both(" ", " "), about, strong(answer), text, both(".", ".")], "")


def reasons(row: Any, number: dict[str, Any]) -> list[Both]:
    """Return why an effect is not known."""
    found = []
    if row["up"] and row["down"]:
        found.append(
            both(
                "el signo cambia (sube en {up} y baja en {down} de {cells} combinaciones de memoria y peso de lo malo)",
                "the sign turns (up in {up}, down in {down} of {cells} combinations of memory and weight of bad news)",
                **number,
            )
        )
    if row["open"]:
        found.append(
            both(
                "el signo queda en duda en {open} de {cells} combinaciones de memoria y peso de lo malo",
                "the sign is open in {open} of {cells} combinations of memory and weight of bad news",
                **number,
            )
        )
    if not found or not ((row["up"] and row["down"]) or row["open"]):
        found.append(
            both("el tamaño varía más del triple según la memoria", "the size varies more than threefold with memory")
        )
    return found


def capital(text: Both) -> Both:
    """Return a text with a capital letter."""
    return Both(text.es[:1].upper() + text.es[1:], text.en[:1].upper() + text.en[1:])


def strong(text: Both) -> Both:
    """Return a text that stands out."""
    return Both(*(Markup("<strong>{}</strong>").format(one) for one in (text.es, text.en)))


def homicides(site: Site, arm: Arm) -> Both:
    """Return what can be said of homicides: nothing where they are too few."""
    row = site.effect(arm, "homicides")
    if row["base"] < TOO_FEW_HOMICIDES:
        return both(
            "Homicidios: con {base} por año (± {error}) son demasiado pocos para decir algo sobre una política.",
            "Homicides: with {base} a year (± {error}) they are too few to say anything about a policy.",
            base=site.number(row, "base"),
            error=site.number(row, "base_error"),
        )
    return moved(site, arm, "homicides")


def residents(site: Site, arm: Arm) -> list[Both]:
    """Return how many residents live otherwise."""
    more, fewer = (
        {row["measure"]: row for _, row in site.effects(side, arm).iterrows()} for side in ("only_arm", "only_base")
    )
    told = [
        both(*DEEDS[what], more=counted(site, more[what]), fewer=counted(site, fewer[what]))
        for what in DEEDS
        if what in more and (more[what]["effect"] or fewer[what]["effect"])
    ]
    if not told:
        return []
    lead = both("En promedio de los mundos gemelos: ", "On average over the twin worlds: ")
    return [joined([lead, joined(told, "; "), both(".", ".")], "")]


def counted(site: Site, row: Any) -> Any:
    """Return a mean count of residents with its Monte Carlo error."""
    return Markup("{} (± {})").format(site.number(row, "effect", 0), site.number(row, "error", 0))


def smallest(site: Site, arm: Arm) -> Both:
    """Return the smallest effects that these runs could have seen."""
    parts = []
    for name in ("trust_mean", "crimes_told", "complaints_filed", "homicides"):
        row = site.effect(arm, name)
        if row is not None and row["smallest"] == row["smallest"]:
            number = site.number(row, "smallest", BY_NAME[name].digits + 1)
            parts.append(both(f"{BY_NAME[name].es} {{x}}", f"{BY_NAME[name].en} {{x}}", x=number))
    if not parts:
        return both("Ningún par de mundos gemelos difiere.", "No pair of twin worlds differs.")
    return joined([listed(parts), both(".", ".")], "")


def decides(site: Site, arm: Arm) -> Both:
    """Return the one local measurement that would decide whether a policy raises trust."""
    row = site.verdict(arm, "trust_mean")
    if row is None:
        return both(
            "No se corrió la malla de memoria y peso de lo malo (--memory), así que no se dice si el efecto se sabe.",
            "The grid of memory and weight of bad news was not run (--memory), so it is not said"
            " whether effects are known.",
        )
    spans = {name: site.numbers.show("verdicts", row.name, name, 2) for name in ("span_memory", "span_asymmetry")}
    if row["known"]:
        text = both("Ninguna hace falta para el signo. ", "None is needed for the sign. ")
    elif row["span_memory"] >= row["span_asymmetry"]:
        text = both(
            "Cuánto dura lo vivido: preguntar a las mismas personas por su confianza al mes, a los"
            " seis y a los doce meses"
            " de un encuentro con la policía. ",
            "How long an experience lasts: ask the same persons for their trust one, six and twelve"
            " months after meeting"
            " the police. ",
        )
    else:
        text = both(
            "Cuánto pesa lo malo frente a lo bueno: preguntar por la confianza justo antes y después"
            " de un buen y de un mal"
            " trato, en el mismo lugar. ",
            "How much bad weighs against good: ask for trust just before and after good and bad"
            " treatment, in one place. ",
        )
    detail = both(
        "El efecto en la confianza se mueve {span_memory} puntos a lo largo de la memoria y"
        " {span_asymmetry} a lo largo del"
        " peso de lo malo.",
        "The effect on trust moves by {span_memory} points along memory and by {span_asymmetry}"
        " along the weight of bad news.",
        **spans,
    )
    return joined([text, detail], "")
