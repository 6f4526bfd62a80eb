"""Read a comparison for a report: sites, their arms, and the rows of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup, escape
from shapely import affinity

from experiments.comparison.arms import arms_of_sweep
from experiments.comparison.effect_verdicts import sign_over_laws, verdict_of
from experiments.comparison.headline_measures import BY_NAME, Headline
from experiments.narrative.built_in_effects import built_in_sentence, levers_of_manifest
from experiments.narrative.number_format import Numbers
from experiments.statistics.thresholds import are_too_few
from experiments.statistics.verdicts import direction, judge
from experiments.storage.reading import load_table
from experiments.storage.run_spec import values_of
from experiments.words.bilingual import LANGUAGES, BilingualText, bilingual, day, join_as_list, join_texts
from model.engine.errors import InputError
from model.town.territory import scaled_scenario
from scenarios import load

INTERVAL_COLUMNS = ("effect", "low", "high")
ROUNDED_COLUMNS = (*INTERVAL_COLUMNS, "error")
MAX_EXTRA_DIGITS = 3
MAX_CHANGES = 3
ENTRY_DEFAULTS: dict[str, Any] = {"label": "", "swept": "", "differs": {}, "scale": 1.0}
"""Defaults of manifest entries that are missing in comparisons made before sweeps could be compared."""


@dataclass(frozen=True)
class ArmReading:
    """One arm of one site."""

    site: str
    name: str
    folder: Path
    entry: dict[str, Any]
    begins: str
    tables: dict[str, pd.DataFrame] = field(default_factory=dict, compare=False)

    @property
    def title(self) -> BilingualText:
        """Titles of its policies, with the start of later ones, and all other differences."""
        parts = [self.policy_title(policy) for policy in self.entry["policies"]]
        code = Markup("<code>{} = {}</code>")
        differs = [BilingualText(*[code.format(*one)] * 2) for one in self.entry["differs"].items()]
        label = Markup("<code>{}</code>").format(self.entry["label"]) if self.entry["label"] else ""
        whole = join_texts(parts, " + ") if parts else bilingual("Statu quo", "Status quo")
        if not differs:
            return bilingual("{whole} ({label})", "{whole} ({label})", whole=whole, label=label) if label else whole
        rest = bilingual(" y otros", " and others") if len(differs) > MAX_CHANGES else bilingual("", "")
        shown = join_texts([join_as_list(differs[:MAX_CHANGES]), rest], "")
        return bilingual("{whole}, con {changes}", "{whole}, with {changes}", whole=whole, changes=shown)

    def policy_title(self, policy: dict[str, Any]) -> BilingualText:
        """Return the title of a policy, with its start if it is later than that of the comparison."""
        start = policy["start"]
        name = escaped_text(policy["title"], policy["name"])
        if not start or start <= self.begins:
            return name
        return bilingual("{name} desde el {start}", "{name} from {start}", name=name, start=day(start))

    @property
    def gaming(self) -> bool:
        """True if one of its policies only simulates compliance."""
        return any(policy["name"].startswith("gaming_") for policy in self.entry["policies"])

    @property
    def about(self) -> BilingualText:
        """Descriptions of its policies, joined."""
        return join_texts(escaped_text(policy["about"]) for policy in self.entry["policies"])

    @property
    def built_in(self) -> list[BilingualText]:
        """Sentences on effects that its policies set as inputs, so that they are not findings."""
        return [built_in_sentence(lever) for lever in levers_of_manifest(self.entry)]

    def table(self, name: str) -> pd.DataFrame:
        """Return one table of the arm's results, cached."""
        if name not in self.tables:
            arm_key = self.site, self.entry["swept"]
            if self.entry["swept"]:
                rows = next(arm for arm in arms_of_sweep(self.folder) if (arm.scenario, arm.name) == arm_key).table(
                    name
                )
            else:
                rows = load_table(self.folder, name).to_pandas()
            self.tables[name] = rows
        return self.tables[name]

    def has_table(self, name: str) -> bool:
        """Return whether the arm's results have a table."""
        return bool(self.entry["swept"] and name == "measures") or (self.folder / f"{name}.parquet").is_file()


def escaped_text(texts: Mapping[str, str], default: str = "") -> BilingualText:
    """Return a text by language as escaped markup, with a default for missing languages."""
    return BilingualText(*(escape(texts.get(language, default)) for language in LANGUAGES))


def settled(row: Any) -> bool:
    """Return whether random variation alone does not explain an effect."""
    return direction(judge(row)) != 0


def emphasised(row: Any, number: Markup) -> Markup:
    """Return the number of an effect, in bold if the effect is settled."""
    return Markup("<strong>{}</strong>").format(number) if settled(row) else number


def digits_needed(row: Any, digits: int) -> int:
    """Return the decimals, up to three more, with which a nonzero effect is not shown as zero."""
    ends = [abs(row[name]) for name in INTERVAL_COLUMNS if row[name] == row[name]]
    reach = abs(row["effect"]) if settled(row) else max(ends, default=0.0)
    more = next((k for k in range(MAX_EXTRA_DIGITS + 1) if round(reach, digits + k)), 0)
    return digits + more


@dataclass(frozen=True)
class Site:
    """One municipality with its arms; the others are compared with the first."""

    name: str
    title: BilingualText
    arms: tuple[ArmReading, ...]
    numbers: Numbers

    @property
    def base(self) -> ArmReading:
        """The arm with which the others are compared."""
        return self.arms[0]

    @property
    def others(self) -> tuple[ArmReading, ...]:
        """The arms that are compared with the first."""
        return self.arms[1:]

    @cached_property
    def outline(self) -> Any:
        """Outline of the municipality in cells from the middle of the first; None if its scenario cannot be loaded."""
        sets = self.numbers.manifest["request"].get("sets", ())
        try:
            scenario = scaled_scenario(load(self.name, set=values_of(sets)))
        except InputError:
            return None
        left, bottom, _, _ = scenario.outline.bounds
        cell_m = scenario["territory"].cell_m
        return affinity.affine_transform(
            scenario.outline, [1 / cell_m, 0, 0, 1 / cell_m, -left / cell_m - 0.5, -bottom / cell_m - 0.5]
        )

    @cached_property
    def residents(self) -> float:
        """Number of residents, averaged over months and worlds of the first arm."""
        return float(self.base.table("measures")["residents"].mean())

    def effects(self, section: str) -> pd.DataFrame:
        """Return the effects of one section within this site."""
        return self.numbers.rows("effects", section=section, site=self.name, base_site=self.name)

    def effect(self, arm: ArmReading, measure: str, section: str = "headline") -> Any:
        """Return the row of one effect, or None if there is none."""
        return self.effect_rows.get((section, arm.name, measure))

    def section_effects(self, arm: ArmReading, section: str) -> dict[str, Any]:
        """Return the effects of one arm in a section by measure."""
        return {key[2]: row for key, row in self.effect_rows.items() if key[:2] == (section, arm.name)}

    def row_and_column(self, arm: ArmReading, measure: str, section: str = "headline") -> tuple[Any, str]:
        """Return the row that has a measure of an arm, or None, and the name of its column."""
        if arm == self.base:
            return self.effect(self.others[0], measure, section), "base"
        return self.effect(arm, measure, section), "arm"

    @cached_property
    def effect_rows(self) -> dict[tuple[str, str, str], Any]:
        """Every effect within this site by section, arm and measure."""
        rows = self.numbers.rows("effects", site=self.name, base_site=self.name)
        return {(row["section"], row["against"], row["measure"]): row for _, row in rows.iterrows()}

    def law_verdicts(self, arm: ArmReading, measure: str) -> Any:
        """Return the row of verdicts over other laws of trust, or None if these were not run."""
        return self.numbers.row("verdicts", site=self.name, against=arm.name, measure=measure)

    def verdict(self, arm: ArmReading, measure: str, section: str = "headline") -> str:
        """Return the verdict on an effect, qualified by draws of the assumed parameters and by laws of trust."""
        effect, laws = self.effect(arm, measure, section), sign_over_laws(self.law_verdicts(arm, measure))
        return verdict_of(effect, laws, self.draws_row(arm, measure))

    def draws_row(self, arm: ArmReading, measure: str) -> Any:
        """Return the row of an effect over draws of the assumed parameters, or None if these were not run."""
        return self.numbers.row("uncertainty", site=self.name, against=arm.name, measure=measure)

    def number(self, row: Any, column: str, digits: int | None = None, sign: str = "") -> Markup:
        """Return one number of an effect, formatted for the report."""
        headline: Headline | None = BY_NAME.get(row["measure"]) if row["section"] == "headline" else None
        exact = digits if digits is not None else headline.digits if headline else 2
        if digits is None and column in ROUNDED_COLUMNS:
            exact = digits_needed(row, exact)
        return self.numbers.show("effects", row.name, column, exact, sign)


def read_sites(folder: Path) -> list[Site]:
    """Return the sites of a comparison, in the order of its arms."""
    numbers = Numbers(folder)
    sites: dict[str, list[ArmReading]] = {}
    titles: dict[str, dict[str, str]] = {}
    for entry in numbers.manifest["arms"]:
        arm = ArmReading(
            entry["scenario"],
            entry["name"],
            folder / entry["folder"],
            ENTRY_DEFAULTS | entry,
            numbers.manifest["begins"],
        )
        sites.setdefault(arm.site, []).append(arm)
        titles[arm.site] = entry["title"]
    return [Site(name, escaped_text(titles[name], name), tuple(arms), numbers) for name, arms in sites.items()]


def too_few_homicides(site: Site) -> bool:
    """Return whether homicides are too few for any statement on them."""
    row = site.effect(site.others[0], "homicides")
    return row is not None and are_too_few("homicides", row["base"])
