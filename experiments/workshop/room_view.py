"""Compose the data of the room's screen and of its phones in one language."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from experiments.comparison.decision_measures import ChosenSteps, decision_measure, measures
from experiments.comparison.decision_outcomes import OUTCOMES
from experiments.comparison.policy_choice import MAX_PAIRS, POLICY_FILE, Choice
from experiments.narrative.number_format import format_number
from experiments.page import sites
from experiments.page.address import AddressRequest
from experiments.statistics.verdicts import VERDICTS
from experiments.storage.manifest import today
from experiments.workshop.room import (
    BINS,
    MIN_SHOWN_VOTES,
    MINUTES,
    N_BINS,
    PriceRange,
    Room,
    relevant_change,
    texts,
    words,
)
from experiments.workshop.room_results import (
    YEARS,
    ChoiceState,
    PairedRuns,
    measure_choices,
    package_column,
    package_names,
    reveal_data,
)


def answer_bins(language: str) -> list[list[str]]:
    """Return the answers to a question: the five verdicts, and the limits of each by the rule of effects."""
    labels, delta = words(language), format_number(relevant_change(), 1)
    return [
        [VERDICTS[verdict].label[language], labels[f"limits_{k}"].format(delta=delta)] for k, verdict in enumerate(BINS)
    ]


def question_choice(question: int) -> ChosenSteps:
    """Return the choice of measures of a question."""
    entry = texts()["question"][question]
    return ((decision_measure(entry["measure"]).name, int(entry["step"])),)


def question_view(index: int, site: str, language: str) -> dict[str, Any]:
    """Return a question in words."""
    question, labels = texts()["question"][index], words(language)
    return {
        "text": question["text"][language],
        "lever": question["lever"][language],
        "about": question["about"][language].format(town=sites.load_scenario(site).title[language]),
        "number": labels["question_of"].format(n=index + 1, all=len(texts()["question"])),
    }


def package_limits(room: Room) -> dict[str, Any]:
    """Return the present cap, and the prices as they were typed."""
    return {"cap": room.cap, "prices": {name: list(price) for name, price in room.prices.items()}}


def phone_view(room: Room, key: str, site: str, language: str) -> dict[str, Any]:
    """Return the data of one phone."""
    phone = room.phone(key)
    data: dict[str, Any] = {
        "phase": room.phase,
        "group": texts()["groups"][phone.group],
        "left": room.seconds_left,
        "asked": room.open_vote,
        "mine": phone.votes.get(room.open_vote),
    }
    if room.phase in ("predict", "reveal", "why"):
        vote = phone.votes.get(f"question {room.question}")
        data |= {"question": question_view(room.question, site, language), "bins": answer_bins(language), "said": vote}
    if room.phase == "packages":
        data |= package_limits(room) | proposal_view(room, key, phone.group, site, language)
    if room.phase == "close":
        data |= {"packages": packages_view(room, site, language, room.votable_groups)}
    return data


def proposal_view(room: Room, key: str, group: int, site: str, language: str) -> dict[str, Any]:
    """Return what all phones of a group see: its proposal in words, who agrees as a count, and what was refused."""
    chosen, agree, everybody = room.package(group)
    proposal = room.proposals.get(group)
    return {
        "measures": measure_choices(site, language),
        "package": dict(chosen) if chosen is not None else None,
        "proposed": proposal_lines(chosen, site, language) if chosen is not None else [],
        "agreed": bool(proposal and key in proposal.agreed),
        "agree": words(language)["sent"].format(n=agree, all=everybody),
        "refusal": refusal_text(room, group, site, language),
    }


def proposal_lines(chosen: ChosenSteps, site: str, language: str) -> list[str]:
    """Return the measures of a package as lines; that nothing changes if it has none."""
    return package_names(chosen, site, language).split("; ") if chosen else [words(language)["as_today"]]


def refusal_text(room: Room, group: int, site: str, language: str) -> str:
    """Return by how much the last package of a group is above the cap; empty if none is."""
    refused = room.refusals.get(group)
    if refused is None:
        return ""
    names, excess = package_names(refused.chosen, site, language), format_number(refused.excess, 0)
    return words(language)["refused_by"].format(n=excess, package=names)


def packages_view(room: Room, site: str, language: str, groups: list[int] | None = None) -> list[dict[str, Any]]:
    """Return the packages of the groups with phones, or of some: measures, cost, agreement, and what was refused."""
    labels, packages = words(language), []
    votable = room.votable_groups
    for group, name in enumerate(texts()["groups"]):
        chosen, agree, everybody = room.package(group)
        if not everybody or (groups is not None and group not in groups):
            continue
        nothing = labels["as_today" if agree else "none_sent"]
        excess = room.excess(chosen) if chosen else 0.0
        late = labels["now_over"].format(n=format_number(excess, 0)) if excess else ""
        packages.append(
            {
                "group": group,
                "name": labels["group"].format(name=name),
                "measures": package_names(chosen, site, language) if chosen else nothing,
                "price": price_text(room, chosen or (), language),
                "agree": labels["sent"].format(n=agree, all=everybody),
                "agreed": agree,
                "phones": everybody,
                "refusal": late or refusal_text(room, group, site, language),
                "in_vote": group in votable,
                "chosen": chosen or (),
            }
        )
    return packages


def price_text(room: Room, chosen: ChosenSteps, language: str) -> str:
    """Return the cost of a package as a range, marked as assumed; what has no price is named."""
    labels = words(language)
    if not chosen:
        return ""
    unpriced = [decision_measure(name).title[language] for name, _ in chosen if name not in room.prices]
    priced = quetzales(room.priced_part(chosen)) + " " + labels["assumed"] if len(unpriced) < len(chosen) else ""
    without = labels["without_price"].format(names=", ".join(unpriced)) if unpriced else ""
    return " · ".join(part for part in (priced, without) if part)


def quetzales(cost: PriceRange) -> str:
    """Return a range of quetzales.

    >>> quetzales((1000.0, 2500.0)), quetzales((0.0, 0.0))
    ('Q 1,000 – 2,500', 'Q 0')
    """
    low, high = (format_number(end, 0) for end in cost)
    return f"Q {low}" if low == high else f"Q {low} – {high}"


def compare_view(room: Room, runs: PairedRuns, language: str) -> dict[str, Any]:
    """Return the packages that enter the vote with their results, and the outcomes, harms first."""
    sides = packages_view(room, runs.site, language)
    for side in sides:
        if side["in_vote"]:
            runs.request_pairs(side["chosen"])
            side["column"] = runs.composed_data(side["chosen"], language, package_column)
        else:
            side["column"] = None
    outcomes = sorted(OUTCOMES, key=lambda side: not side.harm)
    rows = [{"name": side.name, "title": getattr(side.headline, language), "harm": side.harm} for side in outcomes]
    return {"groups": sides, "rows": rows}


def with_links(data: dict[str, Any], decision: str, site: str) -> dict[str, Any]:
    """Add to each package on the presenter's screen the address of the page of the town with this package."""
    for package in (*data.get("packages", ()), *data.get("compare", {}).get("groups", ())):
        request = AddressRequest(Choice(site, package["chosen"], years=YEARS), data["lang"])
        package["link"] = f"{decision}{request.query}" if decision and package["chosen"] else ""
    return data


def question_results(room: Room, runs: PairedRuns, language: str) -> list[dict[str, Any]]:
    """Return every question with its votes and the result of the pairs, for the printed page."""
    questions = []
    for index in range(len(texts()["question"])):
        votes = room.visible_counts(f"question {index}", N_BINS)
        if votes is not None:
            revealed = runs.composed_data(question_choice(index), language, reveal_data)
            questions.append(question_view(index, runs.site, language) | {"votes": votes, "reveal": revealed})
    return questions


def agreement_view(room: Room, runs: PairedRuns, language: str) -> dict[str, Any] | None:
    """Return the package with most votes for the printed page; None while too few have voted or two are level."""
    counts = room.counts("close", len(texts()["groups"]))
    if sum(counts) < MIN_SHOWN_VOTES or counts.count(max(counts)) > 1:
        return None
    winner = counts.index(max(counts))
    package = next((one for one in packages_view(room, runs.site, language, [winner]) if one["in_vote"]), None)
    if package is None:
        return None
    labels, chosen = words(language), package["chosen"]
    choice, state = Choice(runs.site, chosen, years=YEARS), runs.state_of(chosen, language)
    numbers = {"n": max(counts), "all": sum(counts), "other": sum(counts) - max(counts)}
    numbers |= {"against": package["phones"] - package["agreed"], "group": package["phones"]}
    return {
        "package": package,
        "said": [labels["agreement_none"]] if not state.ready else agreement_lines(state),
        "votes": labels["agreement_votes"].format(**numbers),
        "dissent": labels["agreement_dissent"].format(**numbers),
        "link": f"confianza-{Path(runs.site).name}.html#town={quote(runs.site, safe='')}&years=3"
        f"&measures={steps_text(chosen)}&lang={language}",
        "command": choice.command,
        "file": choice.policy_text,
        "file_name": POLICY_FILE,
    }


def agreement_lines(state: ChoiceState) -> list[str]:
    """Return the effect on trust with its range and the pairs that agree, and every harm, as sentences."""
    data = reveal_data(state)
    direction = max(("rose", "fell"), key=lambda name: data[name])
    values = {"verdict": data["verdict"], "n": data["mean"], "low": data["low"], "high": data["high"]}
    pairs = state.word(f"pairs_{direction}", n=data[direction], all=MAX_PAIRS)
    harms = [f"{harm['who']}: {harm['size']}" for harm in data["harms"]]
    return [state.word("agreement_trust", pairs=pairs, **values), *(harms or [state.word("no_harm")])]


def steps_text(chosen: ChosenSteps) -> str:
    """Return a package as the page of a town has it in its address.

    >>> steps_text((("training", 2), ("visits", 1)))
    'training.2,visits.1'
    """
    return ",".join(f"{name}.{step}" for name, step in chosen)


def place_and_time(site: str, language: str) -> dict[str, str]:
    """Return the municipality, the day of the workshop, the begin of the measures and the horizon, for print."""
    scenario, labels = sites.load_scenario(site), words(language)
    values = {"town": scenario.title[language], "day": f"{today():%d/%m/%Y}"}
    when = labels["print_when"].format(begins=f"{scenario.start:%d/%m/%Y}", years=YEARS, **values)
    return {"town": values["town"], "when": when}


def screen_data(room: Room, runs: PairedRuns, language: str, joining: dict[str, Any]) -> dict[str, Any]:
    """Return the complete data of the presenter's screen."""
    labels, vote_key = words(language), f"question {room.question}"
    data: dict[str, Any] = {
        "lang": language,
        "words": labels,
        "phase": room.phase,
        "question_at": room.question,
        "questions": len(texts()["question"]),
        "minutes": MINUTES,
        "left": room.seconds_left,
        "door": joining | {"code": room.code, "shut": room.blocked},
        "present": room.n_present,
        "votes": room.n_answered,
        "place": place_and_time(runs.site, language),
        "fewest": MIN_SHOWN_VOTES,
    }
    if room.phase in ("predict", "reveal", "why"):
        runs.request_pairs(question_choice(room.question))
        data |= {"question": question_view(room.question, runs.site, language), "bins": answer_bins(language)}
    if room.phase in ("reveal", "why"):
        revealed, counts = (
            runs.composed_data(question_choice(room.question), language, reveal_data),
            room.visible_counts(vote_key, N_BINS),
        )
        data |= {"reveal": revealed, "counts": counts, "delta": format_number(relevant_change(), 1)}
    if room.phase == "packages":
        rows = [
            {"name": measure.name, "title": measure.title[language], "harm": measure.harm} for measure in measures()
        ]
        data |= package_limits(room) | {"measures": rows, "packages": packages_view(room, runs.site, language)}
    if room.phase in ("compare", "close"):
        data |= {"compare": compare_view(room, runs, language), "cap": room.cap}
    if room.phase == "close":
        data |= {
            "close_votes": room.counts("close", len(texts()["groups"])),
            "guesses": question_results(room, runs, language),
            "agreement": agreement_view(room, runs, language),
            "bins_words": [word for word, _ in answer_bins(language)],
        }
    return data
