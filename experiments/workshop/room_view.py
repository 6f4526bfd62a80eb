"""Compose the data of the room's screen and of its phones in one language."""

from itertools import pairwise
from typing import Any

from experiments.comparison.decision_measures import ChosenSteps, decision_measure, measures
from experiments.comparison.decision_outcomes import OUTCOMES
from experiments.comparison.policy_choice import Choice
from experiments.page import sites
from experiments.page.address import AddressRequest
from experiments.page.page_state import number, signed
from experiments.page.page_texts import page_text
from experiments.workshop.room import MIN_SHOWN_VOTES, MINUTES, N_BINS, Phone, Room, relevant_change, texts, words
from experiments.workshop.room_results import (
    YEARS,
    PairedRuns,
    measure_choices,
    package_column,
    package_names,
    reveal_data,
)


def answer_bins(language: str) -> list[list[str]]:
    """Return the answers to a question: text and range of points of each."""
    labels, edges = words(language), [signed(k * relevant_change(), 1) for k in (-2, -1, 1, 2)]
    between = [labels["between"].format(a=a, b=b) for a, b in pairwise(edges)]
    spans = [labels["beyond"].format(n=edges[0]), *between, labels["beyond"].format(n=edges[-1])]
    return [[labels[f"bin_{k}"], span] for k, span in enumerate(spans)]


def question_choice(question: int) -> ChosenSteps:
    """Return the choice of measures of a question."""
    entry = texts()["question"][question]
    return ((decision_measure(entry["measure"]).name, int(entry["step"])),)


def question_view(index: int, site: str, language: str) -> dict[str, Any]:
    """Return a question in words."""
    question, labels = texts()["question"][index], words(language)
    return {
        "text": question["text"][language],
        "about": question["about"][language].format(town=sites.load_scenario(site).title[language]),
        "number": labels["question_of"].format(n=index + 1, all=len(texts()["question"])),
    }


def package_limits(room: Room) -> dict[str, Any]:
    """Return the present cap and prices."""
    return {"cap": room.cap, "prices": dict(room.prices)}


def phone_view(room: Room, phone: Phone, site: str, language: str) -> dict[str, Any]:
    """Return the data of one phone."""
    data: dict[str, Any] = {
        "phase": room.phase,
        "group": texts()["groups"][phone.group],
        "left": room.seconds_left,
        "asked": room.open_vote,
        "mine": phone.votes.get(room.open_vote),
    }
    if room.phase in ("predict", "reveal"):
        vote = phone.votes.get(f"question {room.question}")
        data |= {"question": question_view(room.question, site, language), "bins": answer_bins(language), "said": vote}
    if room.phase == "packages":
        _, agree, everybody = room.package(phone.group)
        data |= package_limits(room) | {
            "measures": measure_choices(site, language),
            "package": dict(phone.package) if phone.package is not None else None,
            "agree": words(language)["sent"].format(n=agree, all=everybody),
        }
    if room.phase == "close":
        data |= {"packages": packages_view(room, site, language)}
    return data


def packages_view(room: Room, site: str, language: str) -> list[dict[str, Any]]:
    """Return the packages of the groups: measures in words, cost, and number of phones that agree."""
    labels, packages = words(language), []
    for group, name in enumerate(texts()["groups"]):
        chosen, agree, everybody = room.package(group)
        if not everybody:
            continue
        cost = room.cost(chosen) if chosen else None
        nothing = labels["as_today" if agree else "none_sent"]
        packages.append(
            {
                "group": group,
                "name": labels["group"].format(name=name),
                "measures": package_names(chosen, site, language) if chosen else nothing,
                "cost": cost,
                "price": labels["no_price"] if cost is None else f"Q {number(cost)}",
                "agree": labels["sent"].format(n=agree, all=everybody),
                "chosen": chosen or (),
            }
        )
    return packages


def compare_view(room: Room, runs: PairedRuns, language: str) -> dict[str, Any]:
    """Return the packages of all groups with their results, and the outcomes, harms first."""
    sides = packages_view(room, runs.site, language)
    for side in sides:
        runs.request_pairs(side["chosen"])
        side["column"] = runs.composed_data(side["chosen"], language, package_column) if side["chosen"] else None
    outcomes = sorted(OUTCOMES, key=lambda side: not side.harm)
    rows = [
        {"name": side.name, "title": page_text(language, f"outcome.{side.name}"), "harm": side.harm}
        for side in outcomes
    ]
    return {"groups": sides, "rows": rows}


def with_links(data: dict[str, Any], decision: str, site: str) -> dict[str, Any]:
    """Add to each package on the presenter's screen the address of the decision view with this package."""
    for package in (*data.get("packages", ()), *data.get("compare", {}).get("groups", ())):
        request = AddressRequest(Choice(site, package["chosen"], years=YEARS), data["lang"])
        package["link"] = f"{decision}&{request.query}" if decision and package["chosen"] else ""
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
        "votes": sum(room.counts(room.open_vote, room.n_answers)) if room.open_vote else 0,
        "fewest": MIN_SHOWN_VOTES,
    }
    if room.phase in ("predict", "reveal"):
        runs.request_pairs(question_choice(room.question))
        data |= {"question": question_view(room.question, runs.site, language), "bins": answer_bins(language)}
    if room.phase == "reveal":
        revealed, counts = (
            runs.composed_data(question_choice(room.question), language, reveal_data),
            room.visible_counts(vote_key, N_BINS),
        )
        data |= {"reveal": revealed, "counts": counts, "delta": number(relevant_change(), 1)}
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
        }
    return data
