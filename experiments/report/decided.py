"""Rows of the table of decisions: share of each option, its change under each policy, and the main reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from experiments.narrative.findings import capital
from experiments.narrative.messages import message
from experiments.narrative.report_reading import ArmReading, Site, emphasised
from experiments.words.bilingual import BilingualText, bilingual, join_texts
from experiments.words.catalogue import find_words

FEW = 9.5
"""Percentage below which a decimal is shown."""


@dataclass(frozen=True)
class DecisionKind:
    """Kind of decision made at a site, with its options."""

    agent: str
    name: str
    options: tuple[str, ...]

    @property
    def title(self) -> BilingualText:
        """Agents who decide, and the name of the decision."""
        return capital(model_words("agents", self.agent)) + bilingual(": ", ": ") + model_words("matters", self.name)

    def named(self, option: str) -> BilingualText:
        """Return the label of an option."""
        return model_words("options", f"{self.name}.{option}")


def model_words(part: str, name: str) -> BilingualText:
    """Return an entry of the model's catalogue in both languages."""
    return bilingual(*(find_words(part, name, language) for language in ("es", "en")))


def matters(site: Site) -> list[DecisionKind]:
    """Return the kinds of decisions made at a site, in the order of its table."""
    rows = site.numbers.rows("decided", site=site.name)
    if rows.empty:
        return []
    found: Any = rows.groupby(["agent", "matter"], sort=False)["option"].unique()
    return [DecisionKind(agent, matter, tuple(options)) for (agent, matter), options in found.items()]


def row_of(site: Site, arm: ArmReading, matter: DecisionKind, option: str) -> Any:
    """Return the row of an option in an arm, or None if the decision was not made there."""
    return site.numbers.row("decided", site=site.name, arm=arm.name, matter=matter.name, option=option)


def cell(site: Site, arm: ArmReading, matter: DecisionKind, option: str) -> BilingualText:
    """Return the cell of an arm and option: share, change, and the main reason if it differs from the first arm."""
    row, first = (row_of(site, one, matter, option) for one in (arm, site.base))
    if row is None:
        return bilingual("–", "–")
    parts = [share(site, row), *change(site, arm, matter, option)]
    if first is None or row["reason"] != first["reason"]:
        parts.append(message("decided.below", words=reason(site, row)))
    return join_texts(parts)


def share(site: Site, row: Any) -> BilingualText:
    """Return the share of choices of an option (0-100), with a decimal if it is small."""
    shown = site.numbers.show("decided", row.name, "share", int(0.0 < row["share"] < FEW))
    return BilingualText(shown, shown)


def change(site: Site, arm: ArmReading, matter: DecisionKind, option: str) -> Iterator[BilingualText]:
    """Yield the change of the share from the first arm, if known; bold if the interval excludes zero."""
    effect = site.effect(arm, f"{matter.name}.{option}", "decision")
    if effect is not None:
        more = emphasised(effect, site.number(effect, "effect", 1, "+"))
        yield message("decided.change", more=more, error=site.number(effect, "error", 1))


def reason(site: Site, row: Any) -> BilingualText:
    """Return the most frequent decisive reason and its share; a dash if there is no single one."""
    if row is None or not row["reason"]:
        return bilingual("–", "–")
    often = site.numbers.show("decided", row.name, "reason_share")
    return message("decided.reason", why=model_words("reasons", f"{row['matter']}.{row['reason']}"), often=often)
