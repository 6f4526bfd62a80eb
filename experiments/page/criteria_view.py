"""The view "Criteria": the four criteria and accountability in both worlds, each with its components."""

from collections import Counter
from typing import Any

import numpy as np

from experiments.comparison.criteria_effects import grade_shares, scores_over_draws
from experiments.comparison.criteria_rows import BY_PRACTICE, RELATED_MEASURES, part_headline
from experiments.comparison.decision_outcomes import effect_on
from experiments.comparison.headline_measures import BY_NAME, Headline
from experiments.page.address import AddressRequest
from experiments.page.page_state import PageState, Span, number
from experiments.page.page_texts import capital
from experiments.page.pair_rows import Pairs, pair_rows, pairs_of, waiting
from experiments.statistics.annual_aggregation import MONTHS
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import Scale
from experiments.statistics.verdicts import MIN_RUNS
from experiments.validation.criteria import STATED_WORLDS
from experiments.words import catalogue
from model.engine.calendar import YEAR
from model.engine.choices import CHOICES_DECLARED, ChoiceSpec
from model.measures.criteria import CRITERIA, GRADES, MINIMUM_EVENTS, criterion_parts, grade_index
from scenarios.timeline import BUILT_IN_SITES

DRAWS = 200
"""Draws of anchors and weights that give the certainty of a grade."""
WORDS = ("parts", "practice", "decided", "none", "note", "scale", "sums")


def view_data(state: PageState, request: AddressRequest) -> dict[str, Any]:
    """Return the data of the view."""
    frame = {
        "title": state.text("criteria.question"),
        "words": {name: state.text(f"criteria.{name}") for name in WORDS},
    }
    pairs = pairs_of(state)
    if state.running or len(pairs) < MIN_RUNS:
        return frame | {"answer": waiting(state)}
    rows = criterion_rows(state, pairs)
    opened = request.show if request.show in CRITERIA else CRITERIA[0]
    return frame | {
        "answer": criteria_sentence(state, rows),
        "criteria": rows,
        "opened": opened,
        "meaning": state.text(f"criteria.meaning_{opened}"),
        "parts": part_rows(state, pairs, opened),
        "practice": rows_of_worlds(state, pairs, [BY_PRACTICE[name] for name in RELATED_MEASURES[opened].practice]),
        "matters": [found for name in RELATED_MEASURES[opened].matters if (found := matter_rows(state, pairs, name))],
        "remedy": state.text("criteria.remedy_beside") if opened == "accountability" else "",
    }


def criterion_rows(state: PageState, pairs: Pairs) -> list[dict[str, Any]]:
    """Return a row for each criterion: levels, difference, grades of the paper and of the model, monthly values."""
    found = rows_of_worlds(state, pairs, [BY_NAME[name] for name in CRITERIA])
    return [
        row
        | {
            "name": name,
            "title": state.text(f"criteria.{name}"),
            "word": criterion_word(state, pairs, name),
            "paper": paper_word(state, name),
            **criterion_by_month(pairs, name),
        }
        for name, row in zip(CRITERIA, found, strict=True)
    ]


def rows_of_worlds(state: PageState, pairs: Pairs, headlines: list[Headline]) -> list[dict[str, Any]]:
    """Return a row for each headline in both worlds; p-values are corrected for all rows together."""
    titles = ((capital(getattr(line, state.language)), effect_on(line, pairs), line.digits) for line in headlines)
    return pair_rows(state, titles)


def criteria_sentence(state: PageState, rows: list[dict[str, Any]]) -> list[Span]:
    """Return the criteria with a significant and relevant change, declines first."""
    if not state.moved:
        return [(state.text("map.unmoved"), "")]
    sure = [row for row in rows if row["kind"] == "b"]
    if not sure:
        return [(state.text("criteria.nothing"), "bold")]
    sure = sorted(sure, key=lambda row: not row["gap"].startswith("−"))
    spans: list[Span] = []
    for row in sure:
        spans += [(", " if spans else "", ""), (f"{row['title']} {row['gap']}", "h" if row["gap"][0] == "−" else "b")]
    spans.append((". ", ""))
    if rest := len(rows) - len(sure):
        spans.append((state.text("criteria.rest_one" if rest == 1 else "criteria.rest", n=rest), ""))
    return spans


def criterion_word(state: PageState, pairs: Pairs, name: str) -> str:
    """Return the model's grade of a criterion in each world, with the percentage of draws that agree."""
    agreement: dict[str, list[str]] = {}
    for side in (0, 1) if state.moved else (0,):
        levels = [float(pair[side].months[name].iloc[-1]) for pair in pairs]
        if np.isnan(levels).all():
            return state.text("criteria.none")
        grade = GRADES[grade_index(float(np.nanmean(levels)))]
        draws = [scores_over_draws(dict(pair[side].months), state.scenario.anchors, DRAWS)[name] for pair in pairs]
        agreement.setdefault(grade, []).append(number(100.0 * grade_shares(np.array(draws))[grade]))
    shares = {
        catalogue.verdict(grade, state.language): " → ".join(dict.fromkeys(each)) for grade, each in agreement.items()
    }
    return " → ".join(state.text("criteria.certainty", word=word, share=share) for word, share in shares.items())


def paper_word(state: PageState, name: str) -> str:
    """Return the grade of the paper for this municipality in 2017 and 2018; empty if it has none."""
    if state.choice.site not in BUILT_IN_SITES or name not in STATED_WORLDS["paper"]:
        return ""
    stated = STATED_WORLDS["paper"][name][BUILT_IN_SITES.index(state.choice.site)]
    grade = state.text("criteria.weakest") if stated == "weakest" else catalogue.verdict(stated, state.language)
    return state.text("criteria.paper", word=grade)


def criterion_by_month(pairs: Pairs, name: str) -> dict[str, Any]:
    """Return a criterion by month from its first known value: levels and band of differences (0-100)."""
    a, b = (100.0 * np.array([pair[side].months[name].to_numpy(float) for pair in pairs]) for side in (0, 1))
    known = np.flatnonzero(~np.isnan(a).any(axis=0) & ~np.isnan(b).any(axis=0))
    if not len(known):
        return {"first": 0, "lines": [], "band": []}
    first = int(known[0])
    a, b = a[:, first:], b[:, first:]
    gaps, base = b - a, a.mean(axis=0)
    band = (np.clip(base + gap, 0.0, 100.0) for gap in (gaps.min(axis=0), gaps.max(axis=0)))
    rounded = [np.round(one, 2).tolist() for one in (base, b.mean(axis=0), *band)]
    return {"first": first, "lines": rounded[:2], "band": rounded[2:]}


def part_rows(state: PageState, pairs: Pairs, criterion: str) -> list[dict[str, Any]]:
    """Return the rows of the components of a criterion; a note explains a missing value."""
    rows = rows_of_worlds(state, pairs, [part_headline(part) for part in criterion_parts(criterion)])
    unknown = state.text("criteria.few", n=f"{MINIMUM_EVENTS:g}")
    return [row | {"note": unknown if row["a"] == "–" else ""} for row in rows]


# Decisions


def matter_rows(state: PageState, pairs: Pairs, name: str) -> dict[str, Any] | None:
    """Return the options of a matter: percentage of last year's choices and most frequent decisive reason.

    None if no world has such a choice.
    """
    number_of, spec = next((key, spec) for key, spec in CHOICES_DECLARED.items() if spec.name == name)
    chosen = [[last_year(world, number_of) for world in pair] for pair in pairs]
    if not any(len(rows) for pair in chosen for rows in pair):
        return None
    found = []
    for option in range(len(spec.options)):
        sides = [[share_of(pair[side], option) for pair in chosen] for side in (0, 1)]
        title = capital(catalogue.find("options", f"{spec.name}.{spec.options[option]}", state.language))
        found.append((title, paired(*sides, scale=Scale("shares")), 0))
    rows = pair_rows(state, found)
    every = np.concatenate([rows_ for pair in chosen for rows_ in pair[:1]])
    for option, row in enumerate(rows):
        row["note"] = decisive_reason(state, spec, every[every["option"] == option]["term"])
    agent = capital(catalogue.find("agents", spec.agent, state.language))
    return {"agent": agent, "title": catalogue.find("matters", spec.name, state.language), "rows": rows}


def last_year(world: Any, matter_number: int) -> np.ndarray:
    """Return the choices of a matter in the last twelve months of a world, or in all if it has fewer."""
    rows = world.recorded.choices
    rows = rows[rows["matter"] == matter_number]
    months = min(MONTHS, len(world.months))
    return np.asarray(rows[rows["tick"] > rows["tick"].max(initial=0) - YEAR]) if months == MONTHS else rows


def share_of(rows: np.ndarray, option: int) -> tuple[float, float]:
    """Return the percentage of choices that took an option, as numerator and denominator."""
    return 100.0 * float((rows["option"] == option).sum()), float(len(rows))


def decisive_reason(state: PageState, spec: ChoiceSpec, terms: np.ndarray) -> str:
    """Return the most frequent decisive reason of choices; empty if none was decisive."""
    counts = Counter(int(term) for term in terms if term > 0)
    if not counts:
        return ""
    term = counts.most_common(1)[0][0]
    words = catalogue.find("reasons", f"{spec.name}.{spec.terms[term - 1]}", state.language)
    return state.text("criteria.reason", reason=words)
