"""Sentences on the parts of an effect by origin, and on the bounds from the extreme scenarios of the ceiling."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from experiments.comparison.origins import GROUPS, KINDS, NUMBER, QUALITY, origin_key
from experiments.comparison.outcome_bounds import outcome_range, values_at_site
from experiments.narrative.messages import message
from experiments.narrative.number_format import Numbers
from experiments.narrative.report_reading import Site
from experiments.words.bilingual import BilingualText, join_texts

MIN_SHOWN = 0.005
"""Parts of trust (0-100) smaller than this are left out of sentences."""


def part_keys(belief: str = "trust") -> list[tuple[str, str, str]]:
    """Return belief, group and part of all parts of an effect, in the order of tables."""
    found = [(belief, group, part) for group in GROUPS for part in ((NUMBER, QUALITY) if group in KINDS else ("",))]
    return found if belief == "trust" else [key for key in found if key[1] != "nation"]


def part_name(group: str, part: str) -> BilingualText:
    """Return the name of a part, independent of its sign.

    >>> part_name("treatment", "number").en, part_name("nation", "").es
    (Markup('more or fewer stops and uses of force'), Markup('ánimo del país'))
    """
    return message(f"origin.{part or 'whole'}.{group}")


def part_with_direction(group: str, part: str, effect: float, events: float) -> BilingualText:
    """Return the name of a part with its direction: of events for number, of the effect for quality.

    >>> [part_with_direction("treatment", part, 0.4, -3.0).en for part in ("number", "quality")]
    [Markup('fewer stops and uses of force'), Markup('better treatment at stops and detentions')]
    """
    if part == NUMBER:
        return message(f"origin.{'more' if events > 0.0 else 'fewer'}.{group}")
    if part == QUALITY:
        return message(f"origin.{'better' if effect > 0.0 else 'worse'}.{group}")
    return part_name(group, part)


def origin_sentence(effects: Mapping[str, Any], show: Callable[[Any], Markup]) -> BilingualText | None:
    """Return the origins of an effect on trust as one sentence, the largest part first; None if unknown.

    ``effects`` are the rows of the section of origins by measure; ``show`` formats the effect of a row.
    """
    found: list[tuple[float, BilingualText]] = []
    for key in part_keys():
        row = effects.get(origin_key(*key))
        if row is not None and abs(row["effect"]) >= MIN_SHOWN:
            _, group, part = key
            name = part_with_direction(group, part, row["effect"], event_change(effects, group))
            found.append((-abs(row["effect"]), message("origin.part", name=name, size=show(row))))
    parts: Sequence[BilingualText] = [text for _, text in sorted(found, key=lambda one: one[0])]
    return message("origin.sentence", parts=join_texts(parts, ", ")) if parts else None


def event_change(effects: Mapping[str, Any], group: str) -> float:
    """Return the change in the number of events of a group per resident."""
    rows = [effects.get(f"events.{kind}") for kind in KINDS.get(group, ())]
    return float(sum(row["effect"] for row in rows if row is not None))


RENAMED_COLUMNS = {"trust_mean": "trust"}
"""Ceiling columns whose name differs from their headline measure."""
RESIDENTS_PER_COUNT = 1e5
"""Counts of the ceiling are for so many residents."""


@dataclass(frozen=True)
class CeilingBounds:
    """Greatest fall and rise of one measure at one site, with their rows in the ceiling; None and 0 are today."""

    column: str
    low: int | None
    high: int | None
    scale: float
    span: tuple[float, float]


CEILING_MEASURES = {
    "trust": {"es": "confianza", "en": "trust", "digits": 2},
    "crimes": {"es": "delitos", "en": "crimes", "digits": 1},
    "homicides": {"es": "homicidios", "en": "homicides", "digits": 1},
}
"""Columns of the ceiling in the annex, with names and decimals."""


def ceiling_rows(numbers: Numbers, site: str) -> list[Any]:
    """Return the ceiling rows of one site."""
    return list(numbers.rows("ceiling", site=site).itertuples())


def ceiling_bounds(site: Site, measure: str) -> CeilingBounds | None:
    """Return the bounds of a measure among today and the extreme scenarios; None if these were not run."""
    column = RENAMED_COLUMNS.get(measure, measure)
    worlds = values_at_site(site.numbers.tables["ceiling"], site.name, column)
    found = outcome_range(zip(worlds, worlds.index, strict=True), None)
    if found is None or found[0] == found[1]:
        return None
    (least, low), (most, high) = found
    scale = 1.0
    if measure not in RENAMED_COLUMNS:
        scale = float(f"{site.residents / RESIDENTS_PER_COUNT:.4g}")  # rounded as it is shown
    return CeilingBounds(column, low, high, scale, (scale * least, scale * most))


def displayed_bound(site: Site, measure: str, which: str, digits: int) -> Markup:
    """Return the lower or upper bound of a measure as shown in the table of page one; today is 0."""
    bounds = ceiling_bounds(site, measure)
    if bounds is None:
        return Markup("–")
    row = getattr(bounds, which)
    return Markup("0") if row is None else site.numbers.show("ceiling", row, bounds.column, digits, "+", bounds.scale)
