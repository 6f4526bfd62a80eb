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
from experiments.workshop.room import FEWEST_SHOWN, MINUTES, N_BINS, Phone, Room, delta, texts, words
from experiments.workshop.room_results import (
    YEARS,
    PairedRuns,
    measure_choices,
    package_column,
    package_names,
    reveal,
)


def bins(language: str) -> list[list[str]]:
    """Return the answers to a question: text and range of points of each."""
    own, edges = words(language), [signed(k * delta(), 1) for k in (-2, -1, 1, 2)]
    between = [own["between"].format(a=a, b=b) for a, b in pairwise(edges)]
    spans = [own["beyond"].format(n=edges[0]), *between, own["beyond"].format(n=edges[-1])]
    return [[own[f"bin_{k}"], span] for k, span in enumerate(spans)]


def question_choice(question: int) -> ChosenSteps:
    """Return the choice of measures of a question."""
    stated = texts()["question"][question]
    return ((decision_measure(stated["measure"]).name, int(stated["step"])),)


def question_view(number_of: int, site: str, language: str) -> dict[str, Any]:
    """Return a question in words."""
    stated, own = texts()["question"][number_of], words(language)
    return {
        "text": stated["text"][language],
        "about": stated["about"][language].format(town=sites.load_scenario(site).title[language]),
        "number": own["question_of"].format(n=number_of + 1, all=len(texts()["question"])),
    }


def package_limits(room: Room) -> dict[str, Any]:
    """Return the present cap and prices."""
    return {"cap": room.cap, "prices": dict(room.prices)}


def phone_view(room: Room, own: Phone, site: str, language: str) -> dict[str, Any]:
    """Return the data of one phone."""
    data: dict[str, Any] = {
        "phase": room.phase,
        "group": texts()["groups"][own.group],
        "left": room.seconds_left,
        "asked": room.open_vote,
        "mine": own.votes.get(room.open_vote),
    }
    if room.phase in ("predict", "reveal"):
        vote = own.votes.get(f"question {room.question}")
        data |= {"question": question_view(room.question, site, language), "bins": bins(language), "said": vote}
    if room.phase == "packages":
        _, agree, everybody = room.package(own.group)
        data |= package_limits(room) | {
            "measures": measure_choices(site, language),
            "package": dict(own.package) if own.package is not None else None,
            "agree": words(language)["sent"].format(n=agree, all=everybody),
        }
    if room.phase == "close":
        data |= {"packages": packages_view(room, site, language)}
    return data


def packages_view(room: Room, site: str, language: str) -> list[dict[str, Any]]:
    """Return the packages of the groups: measures in words, cost, and number of phones that agree."""
    own, packages = words(language), []
    for k, name in enumerate(texts()["groups"]):
        chosen, agree, everybody = room.package(k)
        if not everybody:
            continue
        cost = room.cost(chosen) if chosen else None
        nothing = own["as_today" if agree else "none_sent"]
        packages.append(
            {
                "group": k,
                "name": own["group"].format(name=name),
                "measures": package_names(chosen, site, language) if chosen else nothing,
                "cost": cost,
                "price": own["no_price"] if cost is None else f"Q {number(cost)}",
                "agree": own["sent"].format(n=agree, all=everybody),
                "chosen": chosen or (),
            }
        )
    return packages


def compare_view(room: Room, runs: PairedRuns, language: str) -> dict[str, Any]:
    """Return the packages of all groups with their results, and the outcomes, harms first."""
    sides = packages_view(room, runs.site, language)
    for one in sides:
        runs.ask(one["chosen"])
        one["column"] = runs.composed_data(one["chosen"], language, package_column) if one["chosen"] else None
    outcomes = sorted(OUTCOMES, key=lambda one: not one.harm)
    rows = [
        {"name": one.name, "title": page_text(language, f"outcome.{one.name}"), "harm": one.harm} for one in outcomes
    ]
    return {"groups": sides, "rows": rows}


def with_links(data: dict[str, Any], decision: str, site: str) -> dict[str, Any]:
    """Add to each package on the presenter's screen the address of the decision view with this package."""
    for package in (*data.get("packages", ()), *data.get("compare", {}).get("groups", ())):
        request = AddressRequest(Choice(site, package["chosen"], years=YEARS), data["lang"])
        package["link"] = f"{decision}&{request.query}" if decision and package["chosen"] else ""
    return data


def guesses(room: Room, runs: PairedRuns, language: str) -> list[dict[str, Any]]:
    """Return every question with its votes and the result of the pairs, for the printed page."""
    questions = []
    for k in range(len(texts()["question"])):
        votes = room.visible_counts(f"question {k}", N_BINS)
        if votes is not None:
            revealed = runs.composed_data(question_choice(k), language, reveal)
            questions.append(question_view(k, runs.site, language) | {"votes": votes, "reveal": revealed})
    return questions


def screen(room: Room, runs: PairedRuns, language: str, joining: dict[str, Any]) -> dict[str, Any]:
    """Return the complete data of the presenter's screen."""
    own, vote_key = words(language), f"question {room.question}"
    data: dict[str, Any] = {
        "lang": language,
        "words": own,
        "phase": room.phase,
        "question_at": room.question,
        "questions": len(texts()["question"]),
        "minutes": MINUTES,
        "left": room.seconds_left,
        "door": joining | {"code": room.code, "shut": room.blocked},
        "present": room.present,
        "votes": sum(room.counts(room.open_vote, room.n_answers)) if room.open_vote else 0,
        "fewest": FEWEST_SHOWN,
    }
    if room.phase in ("predict", "reveal"):
        runs.ask(question_choice(room.question))
        data |= {"question": question_view(room.question, runs.site, language), "bins": bins(language)}
    if room.phase == "reveal":
        revealed, counts = (
            runs.composed_data(question_choice(room.question), language, reveal),
            room.visible_counts(vote_key, N_BINS),
        )
        data |= {"reveal": revealed, "counts": counts, "delta": number(delta(), 1)}
    if room.phase == "packages":
        rows = [{"name": one.name, "title": one.title[language], "harm": one.harm} for one in measures()]
        data |= package_limits(room) | {"measures": rows, "packages": packages_view(room, runs.site, language)}
    if room.phase in ("compare", "close"):
        data |= {"compare": compare_view(room, runs, language), "cap": room.cap}
    if room.phase == "close":
        data |= {
            "close_votes": room.counts("close", len(texts()["groups"])),
            "guesses": guesses(room, runs, language),
        }
    return data
