"""Cells of the table of police practice by policy: doses, minutes, costs and problems."""

import math
from typing import Any

from markupsafe import Markup

from experiments.comparison.headline_measures import Headline
from experiments.comparison.practice_effects import PRACTICE
from experiments.narrative.messages import message
from experiments.narrative.report_reading import INTERVAL_COLUMNS, ArmReading, Site, emphasised
from experiments.words.bilingual import BilingualText, bilingual


def measures_of(site: Site, section: str) -> list[Headline]:
    """Return the measures of a section of the table for which a site has results."""
    return [
        one
        for one in PRACTICE[section]
        if any((section, arm.name, one.name) in site.effect_rows for arm in site.others)
    ]


def cell(site: Site, arm: ArmReading, section: str, headline: Headline) -> BilingualText:
    """Return the level in an arm and, except for the first arm, its difference from the first arm."""
    row, side = site.row_and_column(arm, headline.name, section)
    if row is None or math.isnan(row[side]):
        return bilingual("–", "–")
    level, error = (site.number(row, name, headline.digits) for name in (side, f"{side}_error"))
    cell_text = Markup("{} <small>±{}</small>").format(level, error)
    words = BilingualText(cell_text, cell_text)
    return words if side == "base" else words + change(site, row, headline.digits)


def change(site: Site, row: Any, digits: int) -> BilingualText:
    """Return the difference from the first arm, in bold if the interval excludes zero."""
    if row["same"] == row["n"]:
        return message("practice.same")
    more, *ends = (site.number(row, name, digits, "+") for name in INTERVAL_COLUMNS)
    form = "practice.change" if math.isnan(row["low"]) else "practice.change_within"
    return message(form, more=emphasised(row, more), ends=ends)
