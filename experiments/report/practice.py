"""What the practice was under every policy: doses, minutes, costs and problems, side by side."""

import math
from typing import Any

from markupsafe import Markup

from experiments.comparison.headline_measures import Headline
from experiments.comparison.practice_effects import PRACTICE
from experiments.narrative.report_reading import Arm, Site, settled
from experiments.words.bilingual import Both, both

IN_CELL = {"before": Markup('<span class="cell">'), "after": Markup("</span>")}


def told(site: Site, section: str) -> list[Headline]:
    """Return what is known of a section of the practice at a site."""
    return [one for one in PRACTICE[section] if any((section, arm.name, one.name) in site.known for arm in site.others)]


def cell(site: Site, arm: Arm, section: str, one: Headline) -> Both:
    """Return how much there was in an arm and, but for the first, how much more or less than there."""
    row, side = site.side(arm, one.name, section)
    if row is None or math.isnan(row[side]):
        return both("–", "–")
    level = Markup("{} <small>±{}</small>").format(
        site.number(row, side, one.digits), site.number(row, f"{side}_error", one.digits)
    )
    return Both(level, level) if side == "base" else Both(level, level) + change(site, row, one.digits)


def change(site: Site, row: Any, digits: int) -> Both:
    """Return how much more or less than in the first arm, in bold where the interval leaves one sign."""
    if row["same"] == row["n"]:
        words = both("igual", "the same")
    else:
        more = site.number(row, "typical", digits, "+")
        words = Both(*[Markup("<strong>{}</strong>").format(more) if settled(row) else more] * 2)
        if not math.isnan(row["typical_low"]):
            ends = {side: site.number(row, f"typical_{side}", digits, "+") for side in ("low", "high")}
            words += both(" ({low} … {high})", " ({low} … {high})", **ends)
    return both("{before}{words}{after}", "{before}{words}{after}", words=words, **IN_CELL)
