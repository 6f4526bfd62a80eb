"""Summary sentences of a report: the answer on page one, and two sentences for each policy."""

from collections.abc import Iterator

from experiments.narrative.effect_sentences import ceiling_bounds
from experiments.narrative.findings import DEATHS, DOMESTIC_VIOLENCE, TRUST, WOMEN, WRONGFUL, finding, finding_text
from experiments.narrative.messages import EMPTY, message
from experiments.narrative.report_reading import ArmReading, Site, too_few_homicides
from experiments.statistics.verdicts import RISES
from experiments.words.bilingual import BilingualText, join_as_list, join_texts

MAX_NAMED = 2
"""Gains and harms of a policy named in its sentence; the table shows all."""
GAINS = {
    "violent_crimes": "falls",
    DOMESTIC_VIOLENCE: "falls",
    WOMEN: "falls",
    "extortions": "falls",
    "refused": "falls",
}
"""Measures that can be gains, with the verdict that is a gain."""
HARMS = (WRONGFUL, DOMESTIC_VIOLENCE, WOMEN, "refused", "violent_crimes", "extortions")
"""Measures whose rise is a harm."""
COMPLAINTS = "complaints_filed"


def two_sentences(site: Site, arm: ArmReading) -> BilingualText:
    """Return the effect of a policy on trust, and its other effects, in two sentences."""
    trust = finding(site, arm, TRUST)
    headline = finding_text(trust, "headline")
    return headline if trust.verdict == "few" else join_texts([headline, other_effects(site, arm)])


def other_effects(site: Site, arm: ArmReading) -> BilingualText:
    """Return the other effects of a policy in a year: a sentence for its harms, then one for its benefits."""
    gains = effect_phrases(site, arm, GAINS | {COMPLAINTS: "rises"})[:MAX_NAMED]
    harms = harms_of(site, arm)[:MAX_NAMED]
    if site.verdict(arm, WRONGFUL) in RISES and not too_few_homicides(site):
        deaths = finding(site, arm, DEATHS)
        (harms if site.verdict(arm, DEATHS) in RISES else gains).append(finding_text(deaths, "phrase"))
    else:
        harms += effect_phrases(site, arm, {COMPLAINTS: "falls"})
    if not gains and not harms:
        return message("page_one.no_others")
    first, *second = [join_as_list(some) for some in (harms, gains) if some]
    return join_texts([message("page_one.others", said=first), *(message("page_one.also", said=one) for one in second)])


def effect_phrases(site: Site, arm: ArmReading, verdicts: dict[str, str]) -> list[BilingualText]:
    """Return the effects that have these verdicts, as phrases."""
    return [
        finding_text(finding(site, arm, measure), "phrase")
        for measure, verdict in verdicts.items()
        if site.verdict(arm, measure)
        in (verdict, f"{verdict}_little" if measure in HARMS and verdict == "rises" else "")
    ]


def harms_of(site: Site, arm: ArmReading) -> list[BilingualText]:
    """Return all harms of a policy as phrases, including rises smaller than the smallest effect that matters."""
    return effect_phrases(site, arm, dict.fromkeys(HARMS, "rises"))


def page_one_answer(site: Site) -> BilingualText:
    """Return the answer to the question on page one: the policy that raises trust most, and all harms."""
    first = finding(site, site.others[0], TRUST)
    if first.verdict == "few":
        return message("page_one.few_of_one" if first.n == 1 else "page_one.few", n=first.n)
    return join_texts([best_policy(site), *accompanying_harms(site)])


def best_policy(site: Site) -> BilingualText:
    """Return the policy that raises trust most, its effect compared with the possible rise, and its harms."""
    rising = [arm for arm in site.others if site.verdict(arm, TRUST) == "rises"]
    little = [arm for arm in site.others if site.verdict(arm, TRUST) == "rises_little"]
    of_one = "_of_one" if len(site.others) == 1 else ""
    if not rising and not little:
        return message(f"page_one.none{of_one}")
    form = "little" if not rising else "only" if len(rising) == 1 else "best"
    best = max(rising or little, key=lambda arm: float(site.effect(arm, TRUST)["effect"]))
    harms = harms_of(site, best)[:MAX_NAMED]
    return finding_text(
        finding(site, best, TRUST),
        f"page_one.{form}{of_one}",
        arm=quoted_title(best),
        possible=possible_rise(site),
        harms=message("page_one.with_it", harms=join_as_list(harms)) if harms else EMPTY,
    )


def possible_rise(site: Site) -> BilingualText:
    """Return the largest possible rise of trust; empty if the extreme scenarios were not run."""
    ends = ceiling_bounds(site, TRUST)
    if ends is None or ends.high is None:
        return EMPTY
    return message("page_one.possible", top=site.numbers.show("ceiling", ends.high, ends.column, 1))


def accompanying_harms(site: Site) -> Iterator[BilingualText]:
    """Yield sentences on violence at home without remedy and on persons detained without cause."""
    remedied = [arm for arm in site.others if site.verdict(arm, DOMESTIC_VIOLENCE) == "falls"]
    if remedied:
        arm = min(remedied, key=lambda one: float(site.effect(one, DOMESTIC_VIOLENCE)["effect"]))
        yield finding_text(finding(site, arm, DOMESTIC_VIOLENCE), "page_one.remedied", arm=quoted_title(arm))
    for arm in site.others:
        if harm := effect_phrases(site, arm, {WRONGFUL: "rises"}):
            form = "detained_and_lowered" if site.verdict(arm, TRUST) == "falls" else "detained"
            yield message(f"page_one.{form}", arm=quoted_title(arm), phrase=harm[0])


def quoted_title(arm: ArmReading) -> BilingualText:
    """Return the title of a policy in quotation marks."""
    return message("page_one.quoted", name=arm.title)


def warnings(site: Site) -> list[BilingualText]:
    """Return warnings against misreading page one, with the numbers of this comparison."""
    detaining = [arm for arm in site.others if site.verdict(arm, WRONGFUL) in RISES]
    found = [message("warning.predicts_nothing"), draws_warning(site), *smallest_detectable(site)]
    found += [finding_text(finding(site, arm, WRONGFUL), "warning.no_gain", arm=quoted_title(arm)) for arm in detaining]
    found += [message("warning.fewer_complaints"), message("warning.consent")]
    if too_few_homicides(site):
        base = site.number(site.effect(site.others[0], DEATHS), "base", 1)
        found.append(message("warning.few_homicides", base=base))
    return found


def draws_warning(site: Site) -> BilingualText:
    """Return the effect on trust over draws of the assumed values, or a note if there are none or too few."""
    arm = site.others[0]
    row = site.draws_row(arm, TRUST)
    if row is None or row["sign"] == "few":
        return message("warning.defaults_only" if row is None else "warning.few_draws")
    low, high = (site.numbers.show("uncertainty", row.name, name, 1, "+") for name in ("low", "high"))
    draws = site.numbers.show("uncertainty", row.name, "draws")
    return message("warning.over_draws", draws=draws, arm=quoted_title(arm), low=low, high=high)


def smallest_detectable(site: Site) -> Iterator[BilingualText]:
    """Yield the smallest detectable effects on trust: the range over policies."""
    rows = [row for arm in site.others if (row := site.effect(arm, TRUST)) is not None]
    rows = sorted((row for row in rows if row["smallest"] == row["smallest"]), key=lambda row: float(row["smallest"]))
    if rows:
        least, most = (site.numbers.show("effects", row.name, "smallest", 2) for row in (rows[0], rows[-1]))
        key = "warning.unseen_of_one" if len(rows) == 1 else "warning.unseen"
        yield message(key, n=site.number(rows[0], "n", 0), least=least, most=most)


def page_one_question(site: Site) -> BilingualText:
    """Return the question of page one at a site."""
    if len(site.others) == 1:
        return message("page_one.question_of_one", arm=quoted_title(site.others[0]), site=site.title)
    return message("page_one.question", site=site.title)
