"""The answer of page one in a sentence, and two sentences for each policy: what it brings, and what in exchange."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from experiments.narrative.ceiling_sentences import ends_of
from experiments.narrative.report_reading import Arm, Site, enough, few_deaths
from experiments.words.bilingual import Both, both, joined, listed

MOST_TOLD = 2
"""Gains and harms of a policy that are told in its sentence; the table holds all."""
TRUST, WRONGFUL, WOMEN, DEATHS = "trust_mean", "wrongful_detentions", "women_without_remedy", "homicides"
GAINS = {
    "violent_crimes": ("{n} delitos violentos menos", "{n} fewer violent crimes"),
    WOMEN: ("{n} mujeres menos quedan sin remedio", "{n} fewer women left without remedy"),
    "extortions": ("{n} extorsiones menos", "{n} fewer extortions"),
    "refused": ("{n} denuncias rechazadas menos", "{n} fewer complaints refused"),
}
"""What is a gain where it falls."""
RECORDED = ("{n} denuncias más en el MP", "{n} more complaints filed")
HARMS = {
    WRONGFUL: ("{n} personas detenidas sin causa", "{n} persons detained without cause"),
    WOMEN: ("{n} mujeres más quedan sin remedio", "{n} more women left without remedy"),
    "refused": ("{n} denuncias más rechazadas", "{n} more complaints refused"),
    "violent_crimes": ("{n} delitos violentos más", "{n} more violent crimes"),
    "extortions": ("{n} extorsiones más", "{n} more extortions"),
}
"""What is a harm where it rises."""
UNRECORDED = ("{n} denuncias menos en el MP", "{n} fewer complaints filed")


def two_sentences(site: Site, arm: Arm) -> Both:
    """Return what a policy does to trust, and what else it brings, in two sentences."""
    verdict = site.judged(arm, TRUST)
    if verdict == "few":
        return both("Con tan pocos mundos gemelos no se dice nada.", "Of so few twin worlds nothing is said.")
    return joined([of_trust(site, arm, verdict), of_others(site, arm)])


def of_trust(site: Site, arm: Arm, verdict: str) -> Both:
    """Return in how many worlds trust rose or fell, and whether that is told from luck."""
    row = site.effect(arm, TRUST)
    if verdict == "missing":
        return both("De la confianza no hay datos.", "There are no data on trust.")
    if verdict == "alike":
        return both("La confianza es igual en todos los mundos gemelos.", "Trust is the same in all twin worlds.")
    if verdict == "unknown":
        return both(
            "En la confianza no se sabe: depende de cuánto dura y pesa lo vivido.",
            "On trust it is not known: it depends on how long and how much experience weighs.",
        )
    way, _ = most(row)
    verb = {"rose": ("subió", "rose"), "fell": ("bajó", "fell")}[way]
    parts = {"k": site.number(row, way, 0), "n": site.number(row, "n", 0)}
    if verdict == "open":
        return both(
            f"La confianza {verb[0]} en {{k}} de {{n}} mundos gemelos: no se distingue del azar.",
            f"Trust {verb[1]} in {{k}} of {{n}} twin worlds: it cannot be told from luck.",
            **parts,
        )
    return both(
        f"La confianza {verb[0]} en {{k}} de {{n}} mundos gemelos, {{size}} puntos de 100.",
        f"Trust {verb[1]} in {{k}} of {{n}} twin worlds, by {{size}} points of 100.",
        size=plain(site, row),
        **parts,
    )


def of_others(site: Site, arm: Arm) -> Both:
    """Return what else a policy brings in a year, and what in exchange."""
    gains, harms = list(gained(site, arm))[:MOST_TOLD], list(harmed(site, arm))
    if not gains and not harms:
        return both("Lo demás no se distingue del azar.", "Nothing else can be told from luck.")
    parts = [listed(some) for some in (gains, harms) if some]
    said = joined(parts, "; a cambio, ", "; in exchange, ")
    return both("Al año, {said}.", "A year: {said}.", said=said)


def gained(site: Site, arm: Arm) -> Iterator[Both]:
    """Yield what is told to be better under a policy."""
    for measure, words in GAINS.items():
        if site.judged(arm, measure) == "falls":
            yield told(site, arm, measure, words)
    if site.judged(arm, "complaints_filed") == "rises":
        yield told(site, arm, "complaints_filed", RECORDED)


def harmed(site: Site, arm: Arm) -> Iterator[Both]:
    """Yield what is told to be worse; wrongful detentions stand beside homicides, whatever these do."""
    found = [measure for measure in HARMS if site.judged(arm, measure) == "rises"]
    for measure in found[:MOST_TOLD]:
        yield told(site, arm, measure, HARMS[measure])
    if WRONGFUL in found and not few_deaths(site):
        yield of_deaths(site, arm)
    elif site.judged(arm, "complaints_filed") == "falls":
        yield told(site, arm, "complaints_filed", UNRECORDED)


def of_deaths(site: Site, arm: Arm) -> Both:
    """Return what can be said of homicides beside wrongful detentions."""
    if site.judged(arm, DEATHS) not in ("rises", "falls"):
        return both("los homicidios no se distinguen del azar", "homicides cannot be told from luck")
    more = site.judged(arm, DEATHS) == "rises"
    words = ("{n} homicidios más", "{n} more homicides") if more else ("{n} homicidios menos", "{n} fewer homicides")
    return told(site, arm, DEATHS, words)


def told(site: Site, arm: Arm, measure: str, words: tuple[str, str]) -> Both:
    """Return one effect in words, with its size."""
    return both(*words, n=plain(site, site.effect(arm, measure)))


def plain(site: Site, row: Any) -> Markup:
    """Return the size of an effect without its sign."""
    digits = 1 if row["measure"] == TRUST or abs(row["typical"]) < 10.0 else 0
    scale = -1.0 if row["typical"] < 0.0 else 1.0
    return site.numbers.show("effects", row.name, "typical", enough(row, "typical", digits), "", scale)


def answer(site: Site) -> Both:
    """Return the answer to the question of page one: what raises trust most, and what harm comes with what."""
    first = site.judged(site.others[0], TRUST)
    if first == "few":
        n = site.number(site.effect(site.others[0], TRUST), "n", 0)
        return both(
            "Con {n} mundos gemelos no se puede decir nada: hacen falta al menos seis.",
            "Of {n} twin worlds nothing can be said: at least six are needed.",
            n=n,
        )
    return joined([best_of(site), *hurting(site)])


def best_of(site: Site) -> Both:
    """Return which policy raises trust most, by how much of what is possible, and what it costs others."""
    rising = [arm for arm in site.others if site.judged(arm, TRUST) == "rises"]
    if not rising:
        return both(
            "{none}, de un modo que se distinga del azar.",
            "{none} in a way that can be told from luck.",
            none=marked(
                both("Ninguna de estas políticas sube la confianza", "None of these policies raises trust"), ""
            ),
        )
    best = max(rising, key=lambda arm: float(site.effect(arm, TRUST)["typical"]))
    only = ("es la única que sube la confianza", "alone raises trust")
    among = ("es la que más sube la confianza", "raises trust most")
    size = both("{n} puntos de 100", "{n} points of 100", n=plain(site, site.effect(best, TRUST)))
    words = only if len(rising) == 1 else among
    lead = both(
        f"{{name}} {words[0]}: {{size}}", f"{{name}} {words[1]}: {{size}}", name=quoted(best), size=marked(size, "b")
    )
    harms = [told(site, best, name, words) for name, words in HARMS.items() if site.judged(best, name) == "rises"]
    rest = both("; a cambio, {harms} al año.", "; in exchange, {harms} a year.", harms=listed(harms[:MOST_TOLD]))
    return joined([lead, possible(site), rest if harms else both(".", ".")], "")


def possible(site: Site) -> Both:
    """Return how far trust could rise at most, nothing where the ends were not run."""
    ends = ends_of(site, TRUST)
    if ends is None or ends.high is None:
        return both("", "")
    top = site.numbers.show("ceiling", ends.high, ends.column, 1)
    return both(", de {top} posibles", ", of {top} possible", top=top)


def hurting(site: Site) -> Iterator[Both]:
    """Yield what must be said in the same breath: fewer women without remedy, persons detained without cause."""
    remedied = [arm for arm in site.others if site.judged(arm, WOMEN) == "falls"]
    if remedied:
        arm = min(remedied, key=lambda one: float(site.effect(one, WOMEN)["typical"]))
        yield both(
            "{name} deja a {n} mujeres menos sin remedio al año.",
            "{name} leaves {n} fewer women without remedy a year.",
            name=quoted(arm),
            n=plain(site, site.effect(arm, WOMEN)),
        )
    for arm in site.others:
        if site.judged(arm, WRONGFUL) == "rises":
            number = marked(told(site, arm, WRONGFUL, HARMS[WRONGFUL]), "h")
            falls = site.judged(arm, TRUST) == "falls"
            lead = (
                "{name} baja la confianza y deja {number} al año.",
                "{name} lowers trust and leaves {number} a year.",
            )
            bare = ("{name} deja {number} al año.", "{name} leaves {number} a year.")
            yield both(*(lead if falls else bare), name=quoted(arm), number=number)


def quoted(arm: Arm) -> Both:
    """Return the title of a policy in quotation marks."""
    return both("«{name}»", "“{name}”", name=arm.title)


def marked(text: Both, kind: str) -> Both:
    """Return a text that stands out, in the colour of its kind."""
    return Both(*(Markup('<strong class="{}">{}</strong>').format(kind, one) for one in (text.es, text.en)))


PREDICTS_NOTHING = (
    both("No predice personas ni lugares", "It predicts neither persons nor places"),
    both("y no justifica operativos contra nadie.", "and is no ground for operations against anyone."),
)
FEWER_COMPLAINTS = (
    both("Menos denuncias no es menos delito:", "Fewer complaints are not less crime:"),
    both("compare los cuatro registros, más adelante.", "compare the four records, further on."),
)
CONSENT = (
    both("Ningún acuerdo sustituye el consentimiento", "No agreement replaces the consent"),
    both(
        "de las autoridades comunales; los 48 Cantones no han revisado este modelo y están invitados.",
        "of communal authorities; the 48 Cantones have not reviewed this model and are invited to.",
    ),
)


def warnings(site: Site) -> list[Both]:
    """Return what must not be concluded from page one, with this comparison's own numbers."""
    found = [lead(*PREDICTS_NOTHING), *unseen(site)]
    found += [no_gain(site, arm) for arm in site.others if site.judged(arm, WRONGFUL) == "rises"]
    found += [lead(*FEWER_COMPLAINTS), lead(*CONSENT)]
    return found + ([no_statement(site)] if few_deaths(site) else [])


def no_gain(site: Site, arm: Arm) -> Both:
    """Say that less crime under a policy that detains without cause is no gain."""
    return lead(
        both("Menos delito con {name} no es ganancia", "Less crime with {name} is no gain", name=quoted(arm)),
        both(
            "sin mirar a las {n} detenidas sin causa al año.",
            "without a look at {n} detained without cause a year.",
            n=told(site, arm, WRONGFUL, ("{n} personas", "{n} persons")),
        ),
    )


def no_statement(site: Site) -> Both:
    """Say that homicides are too few for a statement."""
    return lead(
        both("Los homicidios", "Homicides"),
        both(
            "son aquí tan pocos ({n} al año) que no dicen nada de una política.",
            "are so few here ({n} a year) that they say nothing of a policy.",
            n=site.number(site.effect(site.others[0], DEATHS), "base", 1),
        ),
    )


def unseen(site: Site) -> Iterator[Both]:
    """Yield how small a change of trust may be and yet be missed, by policy."""
    rows = [row for arm in site.others if (row := site.effect(arm, TRUST)) is not None]
    rows = sorted((row for row in rows if row["smallest"] == row["smallest"]), key=lambda row: float(row["smallest"]))
    if rows:
        least, most_of_all = (site.numbers.show("effects", row.name, "smallest", 2) for row in (rows[0], rows[-1]))
        rest = both(
            "con {n} mundos se escapan cambios de la confianza de hasta {least} o {most} puntos, según la política.",
            "with {n} worlds changes of trust of up to {least} or {most} points are missed, by policy.",
            n=site.number(rows[0], "n", 0),
            least=least,
            most=most_of_all,
        )
        yield lead(both("Gris no es cero:", "Grey is not nought:"), rest)


def lead(first: Both, rest: Both) -> Both:
    """Return a sentence whose first words stand out."""
    return joined([marked(first, ""), rest])


def question(site: Site) -> Both:
    """Return the question of page one at a site."""
    if len(site.others) == 1:
        return both(
            "¿Cambia {name} la confianza en la policía en {place}?",
            "Does {name} change trust in the police in {place}?",
            name=quoted(site.others[0]),
            place=site.title,
        )
    return both(
        "¿Qué política cambia la confianza en la policía en {place}?",
        "Which policy changes trust in the police in {place}?",
        place=site.title,
    )


def most(row: Any) -> tuple[str, int]:
    """Return which way most twins went, and how many."""
    name = "rose" if row["rose"] > row["fell"] or (row["rose"] == row["fell"] and row["typical"] >= 0.0) else "fell"
    return name, int(row[name])
