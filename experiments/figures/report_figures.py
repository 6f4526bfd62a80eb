"""The figures of a comparison: which there are at a site, and how one is drawn."""

import matplotlib
from matplotlib.figure import Figure

from experiments.figures import by_policy, grids, over_time, place_figures
from experiments.figures.drawing import FIGURES
from experiments.figures.svg import LOOK
from experiments.narrative.report_reading import Site
from experiments.words.bilingual import Tongue

DRAWN_IN = (over_time, by_policy, place_figures, grids)
"""Where the figures stand, by kind."""
ONE_ARM = ("trust", "criteria")
"""Figures that say something of a site at which there is nothing to compare with."""


def available(site: Site) -> list[str]:
    """Return the figures for which this comparison has the results."""
    there = {name: len(site.numbers.rows(name, site=site.name)) > 0 for name in ("memory", "criteria", "draws")}
    there |= {"groups": len(site.effects("group")) > 0, "causes": len(site.effects("cause")) > 0}
    there["minutes"] = len(site.effects("minutes")) > 0
    there["maps"] = all(arm.has("cells") for arm in site.arms)
    drawable = FIGURES if site.others else ONE_ARM
    return [name for name in drawable if there.get(name, True)]


def drawn(name: str, site: Site, tongue: Tongue) -> Figure:
    """Return one figure."""
    with matplotlib.rc_context(LOOK):
        return FIGURES[name][0](site, tongue)
