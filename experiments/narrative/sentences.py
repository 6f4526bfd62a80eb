"""Effects as sentences for decision makers: counts of worlds, intervals, and open questions."""

from typing import Any

from markupsafe import Markup

from experiments.comparison.effect_verdicts import sign_over_laws
from experiments.comparison.headline_measures import BY_NAME
from experiments.narrative.findings import (
    DEATHS,
    DOMESTIC_VIOLENCE,
    TRUST,
    WOMEN,
    WRONGFUL,
    Finding,
    capital,
    finding,
    finding_text,
)
from experiments.narrative.messages import EMPTY, message, message_with_list
from experiments.narrative.report_reading import ArmReading, Site, settled
from experiments.statistics.thresholds import are_too_few
from experiments.words.bilingual import BilingualText, join_as_list, join_texts
from experiments.words.catalogue import bilingual_words, people
from model.measures.criteria import CRITERIA

MAIN_MEASURES = (
    *(TRUST, "fear_mean", "crimes_occurred", "crimes_told", "complaints_filed"),
    *(DOMESTIC_VIOLENCE, WOMEN, "men_without_remedy", "response_minutes_median", "calls_unserved"),
    *("refused", "crowds", WRONGFUL),
)
DRAWS_MEASURES = (TRUST, "fear_mean", "crimes_occurred", "crimes_told", "complaints_filed", DOMESTIC_VIOLENCE, WOMEN)
ONE_POINT = 1.0
MAX_UNREMARKED_RISE = 5.0
"""Points (0-100) up to which a rise of a criterion by a policy that only simulates compliance needs no warning."""
DEEDS = ("told", "complained", "harmed", "met", "trust")


def report_question(sites: list[Site]) -> BilingualText:
    """Return the question of the report as one sentence."""
    places = join_as_list([site.title for site in sites])
    names: dict[str, BilingualText] = {arm.name: arm.title for site in sites for arm in site.others}
    if not names:
        return message("annex.question_of_sites", places=places)
    base, *arms = (message("page_one.quoted", name=name) for name in (sites[0].base.title, *names.values()))
    return message("annex.question", places=places, arms=join_as_list(arms), base=base)


def effect_sentences(site: Site, arm: ArmReading) -> list[BilingualText]:
    """Return the effects of one policy as sentences; the effect on trust always has its own."""
    found = [one for name in MAIN_MEASURES if (one := finding(site, arm, name)).row is not None]
    lines = [one for one in found if one.measure == TRUST or (one.settled and not one.little)]
    others = [one for one in found if one not in lines]
    slight = [one for one in others if one.little]
    nothing = [one for one in others if one.verdict == "nothing"]
    open_ones = [one for one in others if one not in slight and one not in nothing]
    return [
        *(measure_sentence(site, arm, one) for one in lines),
        homicide_sentence(site, arm),
        *message_with_list("annex.slight", [finding_text(one, "short.effect") for one in slight]),
        *message_with_list("annex.nothing_much", [one.label for one in nothing]),
        *message_with_list("annex.open", [one.label for one in open_ones]),
        *resident_changes(site, arm),
    ]


def measure_sentence(site: Site, arm: ArmReading, result: Finding) -> BilingualText:
    """Return in how many worlds a measure rose or fell, by how much, and whether that is known."""
    form = "rare" if result.rare else "moved" if result.row["paired"] else "unpaired"
    rest = known_under_laws(site, arm, result.measure)
    return finding_text(result, f"line.{form}", rest=rest if result.rare else below_a_point(result) + rest)


def below_a_point(result: Finding) -> BilingualText:
    """Return a note if an effect on a scale of 0-100 is smaller than a point, else an empty text."""
    small = max(abs(result.row["low"]), abs(result.row["high"])) < ONE_POINT
    return message("line.little") if small and BY_NAME[result.measure].unit == "0-100" else EMPTY


def known_under_laws(site: Site, arm: ArmReading, measure: str) -> BilingualText:
    """Return whether the effect is known over the grid of memory and asymmetry; empty if it was not run."""
    row = site.law_verdicts(arm, measure)
    if row is None or (sign := sign_over_laws(row)) is None:
        return EMPTY
    number = {name: site.numbers.show("verdicts", row.name, name) for name in ("cells", "up", "down", "open")}
    if row["none"] == row["cells"]:
        why = ["none"]
    elif row["known"]:
        why = ["alike"]
    else:
        turns, doubtful = ["turns"] * (sign == "turns"), ["doubtful"] * bool(row["open"])
        why = turns + doubtful or ["varies"]
    reasons = join_texts([message(f"known.{one}", **number) for one in why], "; ")
    return message(f"known.{bool(row['known'])}", why=reasons)


def homicide_sentence(site: Site, arm: ArmReading) -> BilingualText:
    """Return the sentence on homicides, with the wrongful detentions that a policy adds."""
    deaths, wrongful = (finding(site, arm, name) for name in (DEATHS, WRONGFUL))
    few = are_too_few(DEATHS, deaths.row["base"])
    text = finding_text(deaths, "line.few_homicides") if few else measure_sentence(site, arm, deaths)
    more = wrongful.row is not None and wrongful.row["effect"] > 0.0
    return text + finding_text(wrongful, "line.beside_homicides") if more else text


def cautions(site: Site, arm: ArmReading) -> list[BilingualText]:
    """Return warnings on effects that could be mistaken for a success."""
    found = []
    acts, women = (finding(site, arm, name) for name in (DOMESTIC_VIOLENCE, WOMEN))
    fewer = any(finding(site, arm, name).falls for name in ("crimes_told", "complaints_filed"))
    if fewer and acts.row is not None and women.row is not None and acts.row["arm"] > 0.0:
        counts = {name: site.number(one.row, "arm", 0) for name, one in (("acts", acts), ("women", women))}
        found.append(finding_text(acts, "annex.no_remedy", **counts))
    raised = [finding(site, arm, name) for name in CRITERIA] if arm.gaming else []
    gamed = [finding_text(one, "short.effect") for one in raised if one.row["effect"] > MAX_UNREMARKED_RISE]
    return [*found, *message_with_list("annex.gamed", gamed)]


def trust_by_group(site: Site, arm: ArmReading, names: list[str]) -> BilingualText:
    """Return which groups trust more, which less, and which are undecided, as one sentence."""
    sides: dict[str, list[str]] = {"more": [], "less": [], "unsure": []}
    for name in names:
        row = site.effect(arm, f"trust_{name}", "group")
        if row is not None:
            sides["unsure" if not settled(row) else "more" if row["low"] > 0.0 else "less"].append(name)
    count = sum(map(len, sides.values()))
    parts = []
    for side, members in sides.items():
        groups = [bilingual_words(people, name) for name in members]
        if groups and len(members) == count:
            groups = [message("annex.all_groups")]
        parts += message_with_list(f"annex.{side}", groups)
    return capital(message("annex.sentence", said=join_texts(parts, "; ")))


def resident_changes(site: Site, arm: ArmReading) -> list[BilingualText]:
    """Return how many residents act differently, as one sentence in a list."""
    more, fewer = (site.section_effects(arm, side) for side in ("only_arm", "only_base"))
    changes = [
        message(f"deeds.{deed}", more=count_with_error(site, more[deed]), fewer=count_with_error(site, fewer[deed]))
        for deed in DEEDS
        if deed in more and (more[deed]["effect"] or fewer[deed]["effect"])
    ]
    return [message("annex.residents", said=join_texts(changes, "; "))] if changes else []


def count_with_error(site: Site, row: Any) -> Markup:
    """Return a mean count of residents with its Monte Carlo error."""
    return Markup("{} ± {}").format(site.number(row, "effect", 0), site.number(row, "error", 0))


def smallest_seen_effects(site: Site, arm: ArmReading) -> BilingualText:
    """Return the smallest detectable effects of these runs."""
    found = [finding(site, arm, name) for name in (TRUST, "crimes_told", "complaints_filed", DEATHS)]
    seen = [one for one in found if one.row is not None and one.row["smallest"] == one.row["smallest"]]
    if not seen:
        return message("annex.no_difference")
    return message("annex.sentence", said=join_as_list([finding_text(one, "short.smallest") for one in seen]))


def signs_over_draws(site: Site, arm: ArmReading) -> list[BilingualText]:
    """Return in how many draws the main effects keep their sign; empty without draws."""
    rows = (site.numbers.row("drawn", site=site.name, against=arm.name, measure=name) for name in DRAWS_MEASURES)
    return [draws_sentence(site, row) for row in rows if row is not None]


def draws_sentence(site: Site, row: Any) -> BilingualText:
    """Return how one effect varies over draws of parameters, as one sentence."""
    digits = BY_NAME[row["measure"]].digits
    forms = dict.fromkeys(("up", "down", "draws"), (0, "")) | dict.fromkeys(("low", "high"), (digits, "+"))
    forms |= dict.fromkeys(("by_parameters", "by_luck"), (digits + 1, ""))
    numbers = {name: site.numbers.show("drawn", row.name, name, *form) for name, form in forms.items()}
    text = message("draws.effect", name=capital(Finding(row["measure"], "").label), **numbers)
    return join_texts([text, message("draws.most", parameter=row["parameter"])]) if row["parameter"] else text


def deciding_measurement(site: Site, arm: ArmReading) -> BilingualText:
    """Return the local measurement that would decide whether a policy raises trust; if unknown, why."""
    row = site.law_verdicts(arm, TRUST)
    if row is None:
        drawn = site.numbers.row("drawn", site=site.name, against=arm.name, measure=TRUST)
        if drawn is not None and drawn["parameter"]:
            return message("decides.parameter", parameter=drawn["parameter"])
        return message("decides.not_run")
    spans = {name: site.numbers.show("verdicts", row.name, name, 2) for name in ("span_memory", "span_asymmetry")}
    wider = "memory" if row["span_memory"] >= row["span_asymmetry"] else "asymmetry"
    lead = message(f"decides.{'nothing' if row['known'] else wider}")
    return join_texts([lead, message("decides.moves", **spans)])
