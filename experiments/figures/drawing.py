"""Register the figures of a site, and build their panels by policy, titles and notes."""

from collections.abc import Callable, Sequence

from matplotlib.figure import Figure

from experiments.figures.small_multiples import PanelFigure, PanelSizes
from experiments.narrative.report_reading import ArmReading, Site
from experiments.words.bilingual import Both, Tongue, both, joined, listed
from experiments.words.dates import month

Draw = Callable[[Site, Tongue], Figure]
FIGURES: dict[str, tuple[Draw, Both]] = {}
"""Drawing function and caption of every figure of a site, by name."""


def register_figure(name: str, es: str, en: str) -> Callable[[Draw], Draw]:
    """Return a decorator that registers a drawing function under a name with its caption."""

    def register(draw: Draw) -> Draw:
        FIGURES[name] = draw, both(es, en)
        return draw

    return register


def policy_panels(
    site: Site, tongue: Tongue, texts: tuple[Both, Both], sizes: PanelSizes, heads: Sequence[str] | None = None
) -> PanelFigure:
    """Return a figure with a panel for each policy; ``texts`` are its finding and the note below it."""
    finding, note = (tongue.of(text) for text in texts)
    titles = [tongue.of(arm.title) for arm in site.others or site.arms] if heads is None else heads
    return PanelFigure(tongue, (finding, note), titles, sizes)


def movers_finding(site: Site, measure: str, es: tuple[str, str, str], en: tuple[str, str, str]) -> Both:
    """Return the finding on policies that raise or lower a measure; ``es`` and ``en`` are its name and two verbs."""
    sides = [[arm for arm in site.others if site.judged(arm, measure) == way] for way in ("rises", "falls")]
    name = both(es[0], en[0])
    if not any(sides):
        return both(
            "{name}: ninguna política se distingue del azar", "{name}: no policy can be told from chance", name=name
        )
    parts = [
        both(f"{es[k]} con {{arms}}", f"{en[k]} under {{arms}}", arms=titles_of(own))
        for k, own in enumerate(sides, start=1)
        if own
    ]
    return joined([name, joined(parts, "; ")])


def titles_of(arms: Sequence[ArmReading]) -> Both:
    """Return the titles of some arms as a list in a sentence."""
    return listed([arm.title for arm in arms])


def finding_of(arms: Sequence[ArmReading], es: str, en: str, otherwise: Both) -> Both:
    """Return a finding on some ``{arms}``, or ``otherwise`` if there are none."""
    return both(es, en, arms=titles_of(arms)) if arms else otherwise


def note_of(site: Site, es: str, en: str, **parts: object) -> Both:
    """Return the note below a finding: place, period and method."""
    manifest = site.numbers.manifest
    return both(
        f"{{place}}, {{begins}} a {{until}}. {es}",
        f"{{place}}, {{begins}} to {{until}}. {en}",
        place=site.title,
        begins=month(manifest["begins"]),
        until=month(manifest["until"]),
        **parts,
    )


def count_worlds(site: Site) -> int:
    """Return the largest number of paired worlds of any policy, or the number of seeds if there is none."""
    rows = [site.effect(arm, "trust_mean") for arm in site.others]
    return int(max((row["n"] for row in rows if row is not None), default=len(site.base.stated["seeds"])))
