"""What all figures of a site share: their register, panels for each policy, and the finding that is their title."""

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.figure import Figure

from experiments.comparison.effect_verdicts import VERDICTS
from experiments.comparison.headline_measures import BY_NAME
from experiments.figures.small_multiples import Sheet, Sizes
from experiments.narrative.report_reading import Arm, Site
from experiments.words.bilingual import Both, Tongue, both, joined, listed
from experiments.words.dates import month

Draw = Callable[[Site, Tongue], Figure]
FIGURES: dict[str, tuple[Draw, Both]] = {}
"""Every figure of a site, with what it shows."""


def shows(es: str, en: str) -> Callable[[Draw], Draw]:
    """Put a drawing among the figures of a site, with what it shows."""

    def put(draw: Draw) -> Draw:
        FIGURES[draw.__name__] = draw, both(es, en)
        return draw

    return put


def spoken(text: Both, tongue: Tongue) -> str:
    """Return a text in the language of a figure."""
    return tongue(text.es.striptags(), text.en.striptags())


def named(measure: str, tongue: Tongue) -> str:
    """Return a headline measure in the language of a figure."""
    return tongue(BY_NAME[measure].es, BY_NAME[measure].en)


def title_of(arm: Arm, tongue: Tongue) -> str:
    """Return an arm in the language of a figure."""
    return spoken(arm.title, tongue)


def panels(site: Site, tongue: Tongue, told: tuple[Both, Both], sizes: Sizes) -> Sheet:
    """Return a figure with a panel in every row for each policy; ``told`` is the finding and how it was measured."""
    finding, under = (spoken(text, tongue) for text in told)
    heads = [title_of(arm, tongue) for arm in site.others or site.arms]
    return Sheet(tongue, (finding, under), heads, sizes)


def verdict_words(site: Site, arm: Arm, measure: str, tongue: Tongue, section: str = "headline") -> str:
    """Return sign and words of a verdict, with the count of twins where it is told."""
    verdict, row = site.judged(arm, measure, section), site.effect(arm, measure, section)
    said = VERDICTS[verdict]
    if verdict == "open":
        return tongue(f"{said.sign} no se distingue", f"{said.sign} cannot be told")
    if verdict not in ("rises", "falls"):
        return tongue(f"{said.sign} {said.es}", f"{said.sign} {said.en}")
    k, n = row["rose" if verdict == "rises" else "fell"], row["n"]
    return tongue(f"{said.sign} {said.es}, en {k} de {n}", f"{said.sign} {said.en}, in {k} of {n}")


def movers(site: Site, measure: str, es: tuple[str, str, str], en: tuple[str, str, str]) -> Both:
    """Return under which policies a measure rises and falls; ``es`` and ``en`` hold its name and both its verbs."""
    sides = [[arm for arm in site.others if site.judged(arm, measure) == way] for way in ("rises", "falls")]
    if not any(sides):
        name = both(es[0], en[0])
        return both(
            "{name}: ninguna política se distingue del azar", "{name}: no policy can be told from luck", name=name
        )
    parts = [
        both(
            f"{es[k]} con {{arms}}",
            f"{en[k]} under {{arms}}",
            arms=listed([arm.title for arm in own]),
        )
        for k, own in enumerate(sides, start=1)
        if own
    ]
    return joined([both(es[0], en[0]), joined(parts, "; ")])


def measured(site: Site, es: str, en: str, **parts: object) -> Both:
    """Return what stands under a finding: the place, the time, and how it was measured."""
    manifest = site.numbers.manifest
    return both(
        f"{{place}}, {{begins}} a {{until}}. {es}",
        f"{{place}}, {{begins}} to {{until}}. {en}",
        place=site.title,
        begins=month(manifest["begins"]),
        until=month(manifest["until"]),
        **parts,
    )


def of_base(row: Any) -> float:
    """Return by what an effect is multiplied to be told in per cent of what there was; 0 where there was nothing."""
    return 100.0 / row["base"] if row["base"] else 0.0


def worlds(site: Site) -> int:
    """Return how many worlds of the first policy have a twin."""
    rows = [site.effect(arm, "trust_mean") for arm in site.others]
    return int(max((row["n"] for row in rows if row is not None), default=len(site.base.stated["seeds"])))


def rows_there(site: Site, names: Sequence[str], section: str = "headline", prefix: str = "") -> list[str]:
    """Return those of some measures that are known of any policy."""
    return [name for name in names if any(site.effect(arm, prefix + name, section) is not None for arm in site.others)]
