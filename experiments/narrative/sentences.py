"""What happened, in sentences for people who decide: counts of worlds, intervals, and what is not known."""

from typing import Any

from markupsafe import Markup

from experiments.comparison.headline_measures import BY_NAME, WORDS
from experiments.narrative.report_reading import TOO_FEW_HOMICIDES, TYPICAL, Arm, Site, settled
from experiments.words.bilingual import Both, both, joined, listed
from experiments.words.catalogue import in_both, people
from model.measures.criteria import CRITERIA

TOLD = (
    *("trust_mean", "fear_mean", "crimes_occurred", "crimes_told", "complaints_filed"),
    *("women_without_remedy", "men_without_remedy", "response_minutes_median", "calls_unserved"),
    *("refused", "crowds", "wrongful_detentions"),
)
DRAWN = ("trust_mean", "fear_mean", "crimes_occurred", "crimes_told", "complaints_filed", "women_without_remedy")
ALWAYS = "trust_mean"
"""What the report is about is told in full also where it does not surely change."""
COLON, STOP = both(": ", ": "), both(".", ".")
ONE_POINT = 1.0
MATTERS_POINTS, MATTERS_SHARE = 0.2, 0.01
"""Points of a hundred, and part of what there was, below which effects are not told one by one."""
GAMED = 5.0
"""Points (0-100) by which a policy that only pretends may raise a criterion without a word."""
DEEDS = {
    "told": (
        "reportaron un delito {more} que sin la política no lo habrían hecho, y dejaron de hacerlo {fewer}",
        "{more} told the state of a crime who otherwise would not have, and {fewer} no longer did",
    ),
    "complained": (
        "presentaron una denuncia en el MP {more} que no la habrían presentado, y dejaron de presentarla {fewer}",
        "{more} filed a complaint who otherwise would not have, and {fewer} no longer did",
    ),
    "harmed": (
        "fueron víctimas de un delito {more} que no lo habrían sido, y se libraron {fewer}",
        "{more} were harmed by a crime who otherwise would not have been, and {fewer} were spared",
    ),
    "met": (
        "se encontraron con una patrulla {more} que no la habrían visto, y ya no la vieron {fewer}",
        "{more} met a patrol who otherwise would not have, and {fewer} no longer did",
    ),
    "trust": (
        "confían más (un punto o más) {more}, y menos {fewer}",
        "{more} trust more (by a point or more), and {fewer} less",
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
    told = [name for name in there if name not in still and settled(rows[name])]
    stated = [
        name for name in there if name not in still and (name == ALWAYS or (name in told and matters(rows[name])))
    ]
    doubtful = [name for name in there if name not in (*still, *told, ALWAYS)]
    return [
        *(moved(site, arm, name) for name in stated),
        homicides(site, arm),
        *slight(site, [rows[name] for name in told if name not in stated]),
        *unsure(doubtful),
        *unmoved(site, arm, still),
        *residents(site, arm),
    ]


def named(names: list[str]) -> Both:
    """Return some measures in a sentence."""
    return listed([both(BY_NAME[name].es, BY_NAME[name].en) for name in names])


def unsure(names: list[str]) -> list[Both]:
    """Return in one sentence what cannot be told from luck; its numbers stand in the table of all."""
    if not names:
        return []
    return [strong(both("No se distingue del azar: ", "Cannot be told from luck: ")) + named(names) + STOP]


def slight(site: Site, rows: list[Any]) -> list[Both]:
    """Return in one sentence what is told from luck and yet too small to matter, with its sizes."""
    if not rows:
        return []
    lead = both("Cambia de modo seguro, pero muy poco: ", "Surely changes, but very little: ")
    return [strong(lead) + listed([with_effect(site, row) for row in rows]) + STOP]


def matters(row: Any) -> bool:
    """Tell whether an effect is so large that it is told by itself."""
    if BY_NAME[row["measure"]].how == "last":
        return bool(abs(row["typical"]) >= MATTERS_POINTS)
    return bool(abs(row["typical"]) >= MATTERS_SHARE * abs(row["base"]))


def unmoved(site: Site, arm: Arm, still: list[str]) -> list[Both]:
    """Return in one sentence what is the same in all twin worlds."""
    if not still:
        return []
    names = named(still)
    n = site.number(site.effect(arm, still[0]), "n", 0)
    return [
        both("Igual en los {n} mundos gemelos: {names}.", "The same in all {n} twin worlds: {names}.", n=n, names=names)
    ]


def brief(site: Site, arm: Arm) -> Both:
    """Return in one sentence what surely changes under a policy."""
    surely = [row for name in TOLD if (row := site.effect(arm, name)) is not None and settled(row)]
    sides = (
        (("suben", "up"), [r for r in surely if r["typical_low"] > 0.0]),
        (("bajan", "down"), list(filter(falls, surely))),
    )
    parts = [
        both("{way}: {what}", "{way}: {what}", way=both(*words), what=listed([with_effect(site, row) for row in rows]))
        for words, rows in sides
        if rows
    ]
    nothing = both("ninguna de las medidas principales cambia de modo seguro", "no main measure surely changes")
    what = joined(parts, "; ") if parts else nothing
    return strong(arm.title) + COLON + what + STOP + known(site, arm, "trust_mean", lead=True)


def moved(site: Site, arm: Arm, measure: str) -> Both:
    """Return in how many worlds a measure rose or fell, by how much, and whether that is known."""
    row = site.effect(arm, measure)
    name = capital(both(BY_NAME[measure].es, BY_NAME[measure].en))
    return strong(name) + COLON + worlds(site, row) + size(site, row) + known(site, arm, measure)


def worlds(site: Site, row: Any) -> Both:
    """Return in how many worlds a number rose or fell."""
    if not row["paired"]:
        return both("comparación sin mundos gemelos; ", "compared without twin worlds; ")
    n = site.number(row, "n", 0)
    if row["same"] == row["n"]:
        return both("igual en los {n} mundos gemelos. ", "the same in all {n} twin worlds. ", n=n)
    rises = bool(row["rose"] > row["fell"] or (row["rose"] == row["fell"] and row["typical"] >= 0.0))
    verb = way(row["measure"], rises)
    return both(
        f"{verb.es} en {{k}} de {{n}} mundos gemelos; ",
        f"{verb.en} in {{k}} of {{n}} twin worlds; ",
        k=site.number(row, "rose" if rises else "fell", 0),
        n=n,
    )


def way(measure: str, rises: bool) -> Both:
    """Return that a measure rose or fell; the Spanish verb has the number of its name.

    >>> print(way("trust_mean", True).es, way("crimes_told", False).es)
    subió bajaron
    """
    many = BY_NAME[measure].es.partition(" ")[0].endswith("s")
    spanish = ("subieron" if many else "subió") if rises else ("bajaron" if many else "bajó")
    return both(spanish, "rose" if rises else "fell")


def size(site: Site, row: Any) -> Both:
    """Return mean effect, interval and level without the policy."""
    if row["paired"] and row["same"] == row["n"]:
        return both("", "")
    how = WORDS[BY_NAME[row["measure"]].how]
    said = both(
        f"en lo típico {{typical}} (entre {{typical_low}} y {{typical_high}}), desde {{base}} ({how['es']}). ",
        f"typically {{typical}} (between {{typical_low}} and {{typical_high}}), from {{base}} ({how['en']}). ",
        base=site.number(row, "base"),
        **{name: site.number(row, name, sign="+") for name in TYPICAL},
    )
    return said + little(row)


def little(row: Any) -> Both:
    """Return that an effect on a scale of a hundred is less than a point, so that nobody takes it for much."""
    if BY_NAME[row["measure"]].how != "last" or not max(abs(row["typical_low"]), abs(row["typical_high"])) < ONE_POINT:
        return both("", "")
    return both("Es menos de un punto de cien. ", "That is less than a point of a hundred. ")


def known(site: Site, arm: Arm, measure: str, lead: bool = False) -> Both:
    """Return whether the effect is known, as the grid of memory and asymmetry says; nothing where it was not run."""
    row = site.verdict(arm, measure)
    if row is None:
        return both("", "")
    number = {name: site.numbers.show("verdicts", row.name, name) for name in ("cells", "up", "down", "open")}
    if row["none"] == row["cells"]:
        text = both("ningún efecto con ninguna ley de la confianza", "no effect whatever the law of trust")
    elif row["known"]:
        text = both(
            "mismo signo y tamaño parecido con toda ley de la confianza",
            "same sign and similar size under every law of trust",
        )
    else:
        text = joined(reasons(row, number), "; ")
    if lead:
        answer = both("se sabe", "known") if row["known"] else both("no se sabe", "not known")
        about = both(" El efecto en la confianza ", " The effect on trust is ")
        return about + strong(answer) + COLON + text + STOP
    answer = both("Se sabe: ", "Known: ") if row["known"] else both("No se sabe: ", "Not known: ")
    return both(" ", " ") + strong(answer) + text + STOP


def reasons(row: Any, number: dict[str, Any]) -> list[Both]:
    """Return why an effect is not known."""
    turns = (
        "el signo cambia (sube en {up} y baja en {down} de {cells} leyes de la confianza)",
        "the sign turns (up in {up}, down in {down} of {cells} laws of trust)",
    )
    doubtful = (
        "el signo queda en duda en {open} de {cells} leyes de la confianza",
        "the sign is open in {open} of {cells} laws of trust",
    )
    varies = (
        "el tamaño varía más del triple según la ley de la confianza",
        "the size varies more than threefold with the law of trust",
    )
    found = [turns] * bool(row["up"] and row["down"]) + [doubtful] * bool(row["open"])
    return [both(*text, **number) for text in found or [varies]]


def capital(text: Both) -> Both:
    """Return a text with a capital letter."""
    return Both(text.es[:1].upper() + text.es[1:], text.en[:1].upper() + text.en[1:])


def strong(text: Both) -> Both:
    """Return a text that stands out."""
    return Both(*(Markup("<strong>{}</strong>").format(one) for one in (text.es, text.en)))


def homicides(site: Site, arm: Arm) -> Both:
    """Return what can be said of homicides, with the wrongful detentions that a policy brings beside them."""
    wrongful = site.effect(arm, "wrongful_detentions")
    if wrongful is None or not wrongful["typical"] > 0.0:
        return deaths(site, arm)
    beside = both(
        " A su lado, las detenciones sin causa: {typical} por año (entre {typical_low} y {typical_high}).",
        " Beside them, the wrongful detentions: {typical} a year (between {typical_low} and {typical_high}).",
        **{name: site.number(wrongful, name, sign="+") for name in TYPICAL},
    )
    return deaths(site, arm) + strong(beside)


def deaths(site: Site, arm: Arm) -> Both:
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


def cautions(site: Site, arm: Arm) -> list[Both]:
    """Return what must be said beside an effect that could be taken for a success."""
    found = []
    fewer = [name for name in ("crimes_told", "complaints_filed") if falls(site.effect(arm, name))]
    women = site.effect(arm, "women_without_remedy")
    if fewer and women is not None and women["arm"] > 0.0:
        found.append(
            both(
                "Se reporta o se denuncia menos. No es un logro: {women} mujeres por año quedan sin"
                " remedio ({effect} frente al mundo A).",
                "The state is told of fewer crimes. This is no success: {women} women a year are left without"
                " remedy ({effect} against world A).",
                women=site.number(women, "arm", 0),
                effect=site.number(women, "typical", sign="+"),
            )
        )
    gamed = [name for name in CRITERIA if arm.gaming and (site.effect(arm, name)["typical"] > GAMED)]
    if gamed:
        found.append(
            both(
                "Esta política solo aparenta, y aun así sube: {names}. Ese criterio se deja engañar y aquí no prueba"
                " nada.",
                "This policy only pretends, and yet it raises: {names}. That criterion can be gamed and proves nothing"
                " here.",
                names=listed([with_effect(site, site.effect(arm, name)) for name in gamed]),
            )
        )
    return found


def falls(row: Any) -> bool:
    """Tell whether a number surely falls."""
    return row is not None and settled(row) and bool(row["typical_high"] < 0.0)


def with_effect(site: Site, row: Any) -> Both:
    """Return a measure with its effect in brackets."""
    one = BY_NAME[row["measure"]]
    return both(f"{one.es} ({{effect}})", f"{one.en} ({{effect}})", effect=site.number(row, "typical", sign="+"))


def gains(site: Site, arm: Arm, names: list[str]) -> Both:
    """Return in one sentence which groups surely trust more, which less, and of which it cannot be told."""
    rows = {name: row for name in names if (row := site.effect(arm, f"trust_{name}", "group")) is not None}
    sides = (
        (
            ("confían más {names}", "{names} trust more"),
            [name for name, row in rows.items() if settled(row) and row["typical_low"] > 0.0],
        ),
        (("confían menos {names}", "{names} trust less"), [name for name, row in rows.items() if falls(row)]),
        (
            ("no se distingue si confían más o menos {names}", "it cannot be told whether {names} trust more or less"),
            [name for name, row in rows.items() if not settled(row)],
        ),
    )
    all_groups = both("todos los grupos", "all groups")
    parts = [
        both(
            *text, names=all_groups if len(own) == len(rows) else listed([both(*in_both(people, name)) for name in own])
        )
        for text, own in sides
        if own
    ]
    return capital(joined(parts, "; ") + STOP)


def residents(site: Site, arm: Arm) -> list[Both]:
    """Return how many residents live otherwise."""
    more, fewer = (
        {row["measure"]: row for _, row in site.effects(side, arm).iterrows()} for side in ("only_arm", "only_base")
    )
    stated = [
        both(*DEEDS[what], more=counted(site, more[what]), fewer=counted(site, fewer[what]))
        for what in DEEDS
        if what in more and (more[what]["effect"] or fewer[what]["effect"])
    ]
    if not stated:
        return []
    lead = both("Habitantes, en promedio de los mundos gemelos: ", "Residents, on average over the twin worlds: ")
    return [strong(lead) + joined(stated, "; ") + STOP]


def counted(site: Site, row: Any) -> Any:
    """Return a mean count of residents with its Monte Carlo error."""
    return Markup("{} ± {}").format(site.number(row, "effect", 0), site.number(row, "error", 0))


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
    return listed(parts) + STOP


def drawn(site: Site, arm: Arm) -> list[Both]:
    """Return in how many draws of parameters the main effects keep their sign; nothing where none were drawn."""
    rows = [site.numbers.rows("drawn", site=site.name, against=arm.name, measure=name) for name in DRAWN]
    return [over_draws(site, own.iloc[0]) for own in rows if len(own) and (own.iloc[0]["up"] or own.iloc[0]["down"])]


def over_draws(site: Site, row: Any) -> Both:
    """Return what the draws of parameters say of one effect."""
    number = {name: site.numbers.show("drawn", row.name, name) for name in ("up", "down", "draws")}
    digits = BY_NAME[row["measure"]].digits
    spread = {name: site.numbers.show("drawn", row.name, name, digits, "+") for name in ("low", "high")}
    parts = {name: site.numbers.show("drawn", row.name, name, digits + 1) for name in ("by_parameters", "by_luck")}
    name = capital(both(BY_NAME[row["measure"]].es, BY_NAME[row["measure"]].en))
    said = both(
        "{name}: sube en {up} y baja en {down} de {draws} juegos de parámetros; nueve de cada diez quedan entre {low}"
        " y {high}. Los parámetros mueven el efecto ±{by_parameters}; el azar que queda en un juego, ±{by_luck}.",
        "{name}: up in {up} and down in {down} of {draws} draws of parameters; nine in ten lie between {low}"
        " and {high}. Parameters move the effect by ±{by_parameters}; the luck left within a draw, by ±{by_luck}.",
        name=strong(name),
        **number,
        **spread,
        **parts,
    )
    if not row["parameter"]:
        return said
    most = Markup("<code>{}</code>").format(row["parameter"])
    return joined([said, both("Lo que más decide: {most}.", "What decides most: {most}.", most=most)])


def decides(site: Site, arm: Arm) -> Both:
    """Return the one local measurement that would decide whether a policy raises trust."""
    row = site.verdict(arm, "trust_mean")
    if row is None:
        return decides_among_draws(site, arm)
    detail = both(
        "El efecto en la confianza se mueve {span_memory} puntos a lo largo de la memoria y {span_asymmetry} a lo largo"
        " del peso de lo malo.",
        "The effect on trust moves by {span_memory} points along memory and by {span_asymmetry} along the weight of"
        " bad news.",
        **{name: site.numbers.show("verdicts", row.name, name, 2) for name in ("span_memory", "span_asymmetry")},
    )
    return joined([decides_on_grid(row), detail])


def decides_on_grid(row: Any) -> Both:
    """Return what to measure of memory or of the weight of bad news: along which of them the effect moves more."""
    if row["known"]:
        return both("ninguna hace falta para el signo.", "none is needed for the sign.")
    if row["span_memory"] >= row["span_asymmetry"]:
        return both(
            "cuánto dura lo vivido: preguntar a las mismas personas por su confianza al mes, a los seis y a los doce"
            " meses de un encuentro con la policía.",
            "how long an experience lasts: ask the same persons for their trust one, six and twelve months after"
            " meeting the police.",
        )
    return both(
        "cuánto pesa lo malo frente a lo bueno: preguntar por la confianza justo antes y después de un buen y de un"
        " mal trato, en el mismo lugar.",
        "how much bad weighs against good: ask for trust just before and after good and bad treatment, in one place.",
    )


def decides_among_draws(site: Site, arm: Arm) -> Both:
    """Return which parameter to measure where parameters were drawn; where not, why nothing can be said."""
    swept = site.numbers.rows("drawn", site=site.name, against=arm.name, measure="trust_mean")
    if len(swept) and swept.iloc[0]["parameter"]:
        return both(
            "medir en el lugar el parámetro del que más depende el efecto en los sorteos, {most}.",
            "to measure in this place the parameter on which the effect depends most among the draws, {most}.",
            most=Markup("<code>{}</code>").format(swept.iloc[0]["parameter"]),
        )
    return both(
        "no se corrieron otras leyes de la confianza (--memory), así que no se dice si el efecto se sabe.",
        "other laws of trust were not run (--memory), so it is not said whether effects are known.",
    )
