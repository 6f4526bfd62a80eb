"""Assign parts, measures of police practice, problems and decisions to each of Frühling's criteria."""

from collections.abc import Mapping
from dataclasses import dataclass

from experiments.comparison.headline_measures import BY_NAME, Headline, last
from experiments.comparison.practice_effects import COSTS, DOSES, HABITS, MINUTES, PROBLEMS
from experiments.words.catalogue import meaning
from model.measures.criteria import CRITERIA, PART_READERS, criterion_parts

MEASURES_BY_NAME = {one.name: one for one in (*DOSES, *HABITS, *MINUTES, *COSTS, *PROBLEMS)} | BY_NAME


@dataclass(frozen=True)
class RelatedMeasures:
    """Measures of practice and kinds of choices that are shown with a criterion."""

    practice: tuple[str, ...]
    matters: tuple[str, ...] = ()


RELATED_MEASURES: Mapping[str, RelatedMeasures] = {
    "c1": RelatedMeasures(
        ("habit_team", "months_in_sector", "known_share", "minutes_patrol", "minutes_visits", "minutes_calls"),
        ("hours of the month", "planned hours that take place"),
    ),
    "c2": RelatedMeasures(
        ("habit_follow", "followed_up", "meetings", "hours_meetings", "long_visits_year"),
        (
            *("police and a board", "request of a board", "protocol with a board", "unmet requests of a board"),
            *("patrol in a canton", "operation in a canton", "arrest in a canton"),
        ),
    ),
    "c3": RelatedMeasures(
        ("problems_noted", "responses_begun", "responses_fitting", "responses_lapsed", "crimes_refused"),
        ("request taken up",),
    ),
    "c4": RelatedMeasures(("habit_analysis", "causes_right", "causes_wrong", "fitting"), ("mode of the plan",)),
    "accountability": RelatedMeasures(
        (
            *("crimes_occurred", "crimes_told", "complaints_filed", "charged", "sentenced"),
            *("response_minutes_median", "calls_unserved", "refused", "wrongful_detentions", "women_without_remedy"),
        ),
        ("case before a board",),
    ),
}
"""Problems are sums over all sectors; choices are reported by kind of agent only."""


def part_headline(part: str) -> Headline:
    """Return a part of a criterion as a headline measure (0-100).

    >>> part_headline("c1.team").en
    'shifts led by who has been there half a year'
    """
    en, es = (meaning(part, language).partition(": ")[2] for language in ("en", "es"))
    return last(part, en, es, 0, "criteria")


def criteria_columns() -> frozenset[str]:
    """Return the monthly measures that the view of the criteria reads."""
    practice = (MEASURES_BY_NAME[name] for related in RELATED_MEASURES.values() for name in related.practice)
    traces = (f"{part}.trace" for criterion in CRITERIA for part in criterion_parts(criterion))
    return frozenset({*CRITERIA, *PART_READERS, *traces}.union(*(one.read.columns for one in practice)))
