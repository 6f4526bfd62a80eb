"""The view "Criteria": the four criteria and accountability in both worlds, each with its components."""

from collections import Counter
from typing import Any

import numpy as np

from experiments.comparison.criteria_effects import grade_shares, scores_over_draws
from experiments.comparison.criteria_rows import MEASURES_BY_NAME, RELATED_MEASURES, part_headline
from experiments.comparison.decision_outcomes import effect_on
from experiments.comparison.headline_measures import BY_NAME, Headline
from experiments.page.address import AddressRequest
from experiments.page.page_state import PageState, Span, number
from experiments.page.page_texts import capitalized
from experiments.page.pair_rows import pair_rows, waiting_sentence
from experiments.statistics.annual_aggregation import MONTHS
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import Scale
from experiments.validation.paper_statements import PAPER_GRADES
from experiments.words import catalogue
from model.engine.calendar import YEAR
from model.engine.choices import CHOICES_DECLARED, ChoiceSpec
from model.measures.criteria import CRITERIA, GRADES, MINIMUM_EVENTS, criterion_parts, grade_index
from scenarios.timeline import BUILT_IN_SITES

N_GRADE_DRAWS = 200
"""Draws of anchors and weights that give the certainty of a grade."""
TEXT_KEYS = ("parts", "practice", "decided", "none", "note", "scale", "sums")


def view_data(state: PageState, request: AddressRequest) -> dict[str, Any]:
    """Return the data of the view."""
    frame = {
        "title": state.text("criteria.question"),
        "words": {name: state.text(f"criteria.{name}") for name in TEXT_KEYS},
    }
    if not state.has_verdicts:
        return frame | {"answer": waiting_sentence(state)}
    rows = criterion_rows(state)
    opened = request.show if request.show in CRITERIA else CRITERIA[0]
    return frame | {
        "answer": criteria_sentence(state, rows),
        "criteria": rows,
        "opened": opened,
        "meaning": state.text(f"criteria.meaning_{opened}"),
        "parts": part_rows(state, opened),
        "practice": headline_rows(state, [MEASURES_BY_NAME[name] for name in RELATED_MEASURES[opened].practice]),
        "matters": [matter for name in RELATED_MEASURES[opened].matters if (matter := matter_data(state, name))],
        "remedy": state.text("criteria.remedy_beside") if opened == "accountability" else "",
    }


def criterion_rows(state: PageState) -> list[dict[str, Any]]:
    """Return a row for each criterion: levels, difference, grades of the paper and of the model, monthly values."""
    rows = headline_rows(state, [BY_NAME[name] for name in CRITERIA])
    return [
        row
        | {
            "name": name,
            "title": state.text(f"criteria.{name}"),
            "word": grades_in_worlds(state, name),
            "paper": grade_in_paper(state, name),
            **criterion_by_month(state, name),
        }
        for name, row in zip(CRITERIA, rows, strict=True)
    ]


def headline_rows(state: PageState, headlines: list[Headline]) -> list[dict[str, Any]]:
    """Return a row for each headline in both worlds; p-values are corrected for all rows together."""
    titles = (
        (capitalized(getattr(line, state.language)), effect_on(line, state.pairs), line.digits) for line in headlines
    )
    return pair_rows(state, titles)


def criteria_sentence(state: PageState, rows: list[dict[str, Any]]) -> list[Span]:
    """Return the criteria with a significant and relevant change, declines first."""
    if not state.has_measures:
        return [(state.text("map.unmoved"), "")]
    changed = [row for row in rows if row["kind"] == "b"]
    if not changed:
        return [(state.text("criteria.nothing"), "bold")]
    changed = sorted(changed, key=lambda row: not row["gap"].startswith("−"))
    spans: list[Span] = []
    for row in changed:
        spans += [(", " if spans else "", ""), (f"{row['title']} {row['gap']}", "h" if row["gap"][0] == "−" else "b")]
    spans.append((". ", ""))
    if n_unchanged := len(rows) - len(changed):
        spans.append((state.text("criteria.rest_one" if n_unchanged == 1 else "criteria.rest", n=n_unchanged), ""))
    return spans


def grades_in_worlds(state: PageState, name: str) -> str:
    """Return the model's grade of a criterion in each world, with the percentage of draws that agree."""
    agreement: dict[str, list[str]] = {}
    for side in state.sides:
        levels = [float(pair[side].months[name].iloc[-1]) for pair in state.pairs]
        if np.isnan(levels).all():
            return state.text("criteria.none")
        grade = GRADES[grade_index(float(np.nanmean(levels)))]
        draws = [
            scores_over_draws(dict(pair[side].months), state.scenario.anchors, N_GRADE_DRAWS)[name]
            for pair in state.pairs
        ]
        agreement.setdefault(grade, []).append(number(100.0 * grade_shares(np.array(draws))[grade]))
    shares = {
        catalogue.verdict(grade, state.language): " → ".join(dict.fromkeys(percentages))
        for grade, percentages in agreement.items()
    }
    return " → ".join(state.text("criteria.certainty", word=word, share=share) for word, share in shares.items())


def grade_in_paper(state: PageState, name: str) -> str:
    """Return the grade of the paper for this municipality in 2017 and 2018; empty if it has none."""
    if state.choice.site not in BUILT_IN_SITES or name not in PAPER_GRADES:
        return ""
    paper_grade = PAPER_GRADES[name][BUILT_IN_SITES.index(state.choice.site)]
    grade = (
        state.text("criteria.weakest") if paper_grade == "weakest" else catalogue.verdict(paper_grade, state.language)
    )
    return state.text("criteria.paper", word=grade)


def criterion_by_month(state: PageState, name: str) -> dict[str, Any]:
    """Return a criterion by month since it was last unknown: levels and band of differences (0-100).

    A month counts the pairs in which both worlds have a value; a criterion has none in a month with too few events.
    """
    a, b = (100.0 * np.array([pair[side].months[name].to_numpy(float) for pair in state.pairs]) for side in (0, 1))
    both = ~np.isnan(a) & ~np.isnan(b)
    unknown = np.flatnonzero(~both.any(axis=0))
    first = int(unknown[-1]) + 1 if len(unknown) else 0
    if first == a.shape[1]:
        return {"first": 0, "lines": [], "band": []}
    a, b = (np.where(both, side, np.nan)[:, first:] for side in (a, b))
    gaps, base = b - a, np.nanmean(a, axis=0)
    band = (np.clip(base + gap, 0.0, 100.0) for gap in (np.nanmin(gaps, axis=0), np.nanmax(gaps, axis=0)))
    rounded = [np.round(series, 2).tolist() for series in (base, np.nanmean(b, axis=0), *band)]
    return {"first": first, "lines": rounded[:2], "band": rounded[2:]}


def part_rows(state: PageState, criterion: str) -> list[dict[str, Any]]:
    """Return the rows of the components of a criterion; a note explains a missing value."""
    rows = headline_rows(state, [part_headline(part) for part in criterion_parts(criterion)])
    note = state.text("criteria.few", n=f"{MINIMUM_EVENTS:g}")
    return [row | {"note": note if row["a"] == "–" else ""} for row in rows]


# Decisions


def matter_data(state: PageState, name: str) -> dict[str, Any] | None:
    """Return the options of a matter: percentage of last year's choices and most frequent decisive reason.

    None if no world has such a choice.
    """
    matter_number, spec = next((key, spec) for key, spec in CHOICES_DECLARED.items() if spec.name == name)
    choices = [[choices_of_last_year(world, matter_number) for world in pair] for pair in state.pairs]
    if not any(len(rows) for pair in choices for rows in pair):
        return None
    effects = []
    for option in range(len(spec.options)):
        sides = [[option_percentage(pair[side], option) for pair in choices] for side in (0, 1)]
        title = capitalized(catalogue.find_words("options", f"{spec.name}.{spec.options[option]}", state.language))
        effects.append((title, paired(*sides, scale=Scale("shares")), 0))
    rows = pair_rows(state, effects)
    all_choices = np.concatenate([pair[0] for pair in choices])
    for option, row in enumerate(rows):
        row["note"] = decisive_reason(state, spec, all_choices[all_choices["option"] == option]["term"])
    agent = capitalized(catalogue.find_words("agents", spec.agent, state.language))
    return {"agent": agent, "title": catalogue.find_words("matters", spec.name, state.language), "rows": rows}


def choices_of_last_year(world: Any, matter_number: int) -> np.ndarray:
    """Return the choices of a matter in the last twelve months of a world, or in all if it has fewer."""
    rows = world.recorded.choices
    rows = rows[rows["matter"] == matter_number]
    months = min(MONTHS, len(world.months))
    return np.asarray(rows[rows["tick"] > rows["tick"].max(initial=0) - YEAR]) if months == MONTHS else rows


def option_percentage(rows: np.ndarray, option: int) -> tuple[float, float]:
    """Return the percentage of choices that took an option, as numerator and denominator."""
    return 100.0 * float((rows["option"] == option).sum()), float(len(rows))


def decisive_reason(state: PageState, spec: ChoiceSpec, terms: np.ndarray) -> str:
    """Return the most frequent decisive reason of choices; empty if none was decisive."""
    counts = Counter(int(term) for term in terms if term > 0)
    if not counts:
        return ""
    term = counts.most_common(1)[0][0]
    words = catalogue.find_words("reasons", f"{spec.name}.{spec.terms[term - 1]}", state.language)
    return state.text("criteria.reason", reason=words)
