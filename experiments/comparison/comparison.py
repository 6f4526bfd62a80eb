"""Run a comparison: parse its arms, run missing worlds, read finished ones from folders, and build its tables."""

import dataclasses
import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.comparison.arms import (
    Arm,
    arms_of_sweep,
    by_site,
    check_horizons,
    parse_arm_argument,
    planned_arms,
    without_policies,
)
from experiments.comparison.effect_verdicts import verdicts_table
from experiments.comparison.headline_measures import BY_NAME, available_headlines, nearest_names
from experiments.comparison.over_draws import accounts_table, draw_effects_table, groups_over_draws, uncertainty_table
from experiments.execution.parameter_draws import Draw, read_draws
from experiments.execution.runs import CompareLabel, CompareResults, RunGroup, run_missing_groups, under_law
from experiments.execution.trust_accounts import LAWS
from experiments.statistics.paired_effects import Effect, paired, unpaired, variance_ratio
from experiments.statistics.verdicts import SAMPLE_SIZES, is_settled
from experiments.storage.comparison_options import ComparisonOptions
from experiments.storage.manifest import COMPARISON, SWEEP, read_manifest, require_keys
from experiments.storage.reading import run_folders
from experiments.storage.run_folder import StoredRun
from experiments.storage.run_spec import OWN_TOWN, TOWN_SEED, RunSpec, values_of
from experiments.words.console import console_text
from model.engine.errors import InputError

MOST_WORLDS = 10_000


@dataclass(frozen=True, kw_only=True)
class Request(ComparisonOptions):
    """Options of a comparison, checked against the measures and files that they name."""

    def __post_init__(self) -> None:
        _ = self.deltas, self.drawn  # validates both before anything is run
        if self.settle and self.settle not in BY_NAME:
            raise InputError(f"--settle knows no measure '{self.settle}'{nearest_names(self.settle, BY_NAME)}")
        if not 0 <= self.memory <= MOST_WORLDS:
            raise InputError(f"--memory must lie between 0 and {MOST_WORLDS}, got {self.memory}")

    @cached_property
    def deltas(self) -> dict[str, float]:
        """Smallest effects that matter, by headline measure, where the user set them."""
        found = {}
        for text in self.delta:
            name, _, number = text.partition("=")
            if name not in BY_NAME:
                raise InputError(f"--delta knows no measure '{name}'{nearest_names(name, BY_NAME)}")
            try:
                found[name] = float(number)
            except ValueError:
                found[name] = math.nan
            if not 0.0 < found[name] < math.inf:
                raise InputError(f"--delta wants MEASURE=VALUE with a value above 0, got '{text}'")
        return found

    @cached_property
    def drawn(self) -> list[Draw]:
        """Parameter draws over which effects are estimated in addition."""
        return read_draws(Path(self.draws)) if self.draws else []

    @property
    def plan_options(self) -> dict[str, Any]:
        """Options that apply to every arm."""
        names = ("sets", "start", "years", "until", "seed", "replicates")
        return {name: getattr(self, name) for name in names} | {
            "town": "" if TOWN_SEED in values_of(self.sets) else OWN_TOWN
        }


@dataclass(frozen=True, kw_only=True)
class EffectSize:
    """Effect size and power for which the number of paired runs is planned."""

    size: float
    measure: str = "trust_mean"
    power: float = 0.8

    def __post_init__(self) -> None:
        if self.measure not in BY_NAME:
            raise InputError(f"--measure knows no measure '{self.measure}'{nearest_names(self.measure, BY_NAME)}")
        if not self.size > 0.0:
            raise InputError(f"--plan wants an effect larger than 0, got {self.size:g}")
        if not 0.5 <= self.power < 1.0:
            raise InputError(f"--power must lie in [0.5, 1), got {self.power:g}")


Blocks = list[list[Arm]]


@dataclass(frozen=True)
class ComparedRuns:
    """Results of a comparison: finished runs by arm in the order of the blocks, and tables over several worlds."""

    runs: list[list[StoredRun]]
    tables: dict[str, pd.DataFrame]
    interrupted: bool


def arms_of(request: Request) -> tuple[list[Arm], list[Arm]]:
    """Return the arms to run and those read from folders; raise `InputError` if they cannot be compared."""
    arguments = [parse_arm_argument(text) for text in request.arms]
    stored = labelled_arms([arm for argument in arguments if argument.folder for arm in stored_arms(argument.folder)])
    planned = planned_arms(arguments, request.scenarios, **request.plan_options)
    if planned and stored:
        raise InputError(
            "arms are either all to be run or all folders: run the policies first, then name their folders"
        )
    if stored and (request.memory or request.independent or request.settle or request.draws):
        raise InputError(
            "--memory, --independent, --settle and --draws run worlds: they have no meaning for folders of results"
        )
    arms = planned or stored
    if len(arms) < 2:
        raise InputError(f"a comparison needs at least two arms, got {len(arms)}")
    check_horizons(arms)
    return planned, stored


def labelled_arms(arms: Sequence[Arm]) -> list[Arm]:
    """Label arms of folders that share site and name; raise `InputError` if labelled arms are still the same."""
    names = Counter((arm.scenario, arm.name) for arm in arms)
    labelled = [labelled_by_folder(arm) if names[arm.scenario, arm.name] > 1 else arm for arm in arms]
    counts = Counter((arm.scenario, arm.name) for arm in labelled)
    for arm in labelled:
        if counts[arm.scenario, arm.name] > 1:
            raise InputError(f"'{arm.name}' of {arm.scenario} is named twice: name folders of different runs")
    return labelled


def labelled_by_folder(arm: Arm) -> Arm:
    """Return an arm with the name of its folder as label."""
    assert arm.folder is not None
    label = arm.folder.resolve().name
    return dataclasses.replace(arm, name=f"{arm.name} ({label})", label=label)


def stored_arms(folder: Path) -> list[Arm]:
    """Return the arms stored in a folder: one of a run, or all of a comparison or sweep."""
    manifest = read_manifest(folder)
    if manifest.get("format") == COMPARISON:
        return [arm for place in run_folders(folder) for arm in stored_arms(place)]
    if manifest.get("format") == SWEEP:
        return arms_of_sweep(folder)
    manifest = require_keys(folder, "settings", "scenario", "policies", "begins", "until", "seeds", "fingerprint")
    return [
        Arm(
            name=manifest.get("arm") or manifest["policy"],
            scenario=manifest["scenario"],
            title=manifest.get("title") or {"en": manifest["scenario"], "es": manifest["scenario"]},
            policies=tuple(manifest["policies"]),
            begins=manifest["begins"],
            until=manifest["until"],
            base=without_policies(manifest["settings"]) | {"town": manifest.get("town", "")},
            seeds=tuple(manifest["seeds"]),
            fingerprint=manifest["fingerprint"],
            folder=folder,
        )
    ]


def groups_of(request: Request, blocks: Blocks) -> list[RunGroup[CompareLabel]]:
    """Return all groups of runs, site by site: pairs, independent runs, pairs under other laws of trust, and draws."""
    groups = []
    for block, arms in enumerate(blocks):
        seeds = list(zip(*(arm.specs for arm in arms), strict=True))
        groups += [RunGroup(specs, CompareLabel(block), all_tables=True) for specs in seeds]
        if len(arms) < 2:
            continue
        if request.independent:
            groups += [
                RunGroup((spec,), CompareLabel(block, "independent", arm=arm))
                for specs in seeds
                for arm, spec in enumerate(with_later_seeds(specs, len(seeds))[1:], start=1)
            ]
        for law, k in itertools.product(LAWS, range(request.memory)):
            specs = tuple(under_law(law, spec) for spec in with_later_seeds(seeds[0], k))
            groups.append(RunGroup(specs, CompareLabel(block, "law", law=law)))
        groups += groups_over_draws(block, [arm.specs[0] for arm in arms], request.drawn, request.sets)
    return groups


def with_later_seeds(specs: Sequence[RunSpec], by: int) -> tuple[RunSpec, ...]:
    """Return runs with their seeds increased by ``by``."""
    return tuple(spec.with_seed(spec.seed + by) for spec in specs)


def run_arms(request: Request, arms: Sequence[Arm], workers: int, folder: Path) -> ComparedRuns:
    """Run the groups of a comparison that are missing in a folder, and build its tables."""
    blocks = by_site(arms)
    outcome = run_missing_groups(groups_of(request, blocks), workers, console_text("label.comparing"), folder)
    results = outcome.results
    pairs = with_purpose(results, "pairs")
    runs = [
        [result.finished[k] for result in pairs if result.label.block == block]
        for block, site_arms in enumerate(blocks)
        for k in range(len(site_arms))
    ]
    memory = effects_by_law_table(with_purpose(results, "law"), blocks, request.deltas)
    draw_effects = draw_effects_table(results, blocks)
    tables = {
        "residents": residents_table(pairs, blocks),
        "memory": memory,
        "alone": independent_effects_table(results, blocks, request.deltas),
        "verdicts": verdicts_table(memory),
        "draw_effects": draw_effects,
        "uncertainty": uncertainty_table(draw_effects),
        "accounts": accounts_table(draw_effects),
    }
    return ComparedRuns(runs, tables, outcome.interrupted)


def with_purpose(results: Sequence[CompareResults], purpose: str) -> list[CompareResults]:
    """Return the results of groups with a purpose."""
    return [result for result in results if result.label.purpose == purpose]


def run_planned(request: Request, arms: list[Arm], workers: int, folder: Path) -> tuple[list[Arm], ComparedRuns]:
    """Run all arms; return the arms that were run, and their results.

    With ``--settle`` the number of seeds is doubled until its measure is settled in every arm (`is_settled`).
    """
    if not request.settle:
        return arms, run_arms(request, arms, workers, folder)
    for n in (*(size for size in SAMPLE_SIZES if size < request.replicates), request.replicates):
        smaller_request = dataclasses.replace(request, replicates=n)
        arms, _ = arms_of(smaller_request)
        compared = run_arms(smaller_request, arms, workers, folder)
        if compared.interrupted or all(map(is_settled, settling_effects(smaller_request, arms, compared))):
            break
    return arms, compared


def settling_effects(request: Request, arms: Sequence[Arm], compared: ComparedRuns) -> Iterator[Effect]:
    """Yield the effect of every arm on the measure of `--settle`."""
    headline, runs = BY_NAME[request.settle], iter(compared.runs)
    for site_arms in by_site(arms):
        sides = [[headline.value(run.months) for run in next(runs)] for _ in site_arms]
        scale = headline.scale(site_arms[0].years, request.deltas.get(headline.name))
        yield from (paired(sides[0], side, scale=scale) for side in sides[1:])


def residents_table(pairs: Sequence[CompareResults], blocks: Blocks) -> pd.DataFrame:
    """Return how many residents act differently in each arm, by site, arm, seed and kind of act."""
    found = ((blocks[one.label.block], row) for one in pairs for row in one.residents)
    rows = [row | {"site": arms[0].scenario, "against": arms[row["arm"]].name} for arms, row in found]
    return pd.DataFrame(rows, columns=["site", "against", "seed", "what", "only_arm", "only_base"])


def effects_by_law_table(
    results: Sequence[CompareResults], blocks: Blocks, deltas: Mapping[str, float]
) -> pd.DataFrame:
    """Return the effect of every arm on every headline measure under every law of trust."""
    rows: list[dict[str, Any]] = []
    by_law: dict[tuple[int, Any], list[CompareResults]] = {}
    for result in results:
        by_law.setdefault((result.label.block, result.label.law), []).append(result)
    for (block, law), of_law in by_law.items():
        months = [months_of(of_law, k) for k in range(len(blocks[block]))]
        for k, arm in enumerate(blocks[block][1:], start=1):
            for headline in available_headlines(of_law[0].finished[0].tables["measures"].column_names):
                values = [[headline.value(run) for run in months[side]] for side in (0, k)]
                scale = headline.scale(of_law[0].years, deltas.get(headline.name))
                effect = dataclasses.asdict(paired(*values, scale=scale))
                place = {"site": arm.scenario, "against": arm.name, **law._asdict()}
                rows.append(place | {"measure": headline.name} | effect)
    return pd.DataFrame(rows)


def independent_effects_table(
    results: Sequence[CompareResults], blocks: Blocks, deltas: Mapping[str, float]
) -> pd.DataFrame:
    """Return the effect of each arm over independent seeds, and the variance reduction by pairing."""
    rows: list[dict[str, Any]] = []
    for block, arms in enumerate(blocks):
        pairs, independent = (
            [result for result in with_purpose(results, purpose) if result.label.block == block]
            for purpose in ("pairs", "independent")
        )
        for k, arm in enumerate(arms[1:], start=1):
            alone = [result for result in independent if result.label.arm == k]
            if not (alone and pairs):  # an interruption may have come before
                continue
            months = [months_of(side, at) for side, at in ((pairs, 0), (pairs, k), (alone, 0))]
            for headline in available_headlines(pairs[0].finished[0].tables["measures"].column_names):
                base, twin, other = ([headline.value(run) for run in side] for side in months)
                scale = headline.scale(pairs[0].years, deltas.get(headline.name))
                unpaired_effect, paired_effect = unpaired(base, other, scale=scale), paired(base, twin, scale=scale)
                ratio = variance_ratio(unpaired_effect.error**2, paired_effect.error**2)
                place = {"site": arm.scenario, "against": arm.name, "measure": headline.name}
                rows.append(place | dataclasses.asdict(unpaired_effect) | {"variance_ratio": ratio})
    return pd.DataFrame(rows)


def months_of(results: Sequence[CompareResults], k: int) -> list[pd.DataFrame]:
    """Return the months of the run with index ``k`` in each group; groups without a full month are left out."""
    return [months for result in results if len(months := result.finished[k].months)]
