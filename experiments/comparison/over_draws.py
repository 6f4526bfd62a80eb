"""Effects and levels over draws of parameters, towns, seeds and rival accounts: their runs and their tables."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.arms import Arm, distinct_draws, draw_of
from experiments.comparison.effects import Pair, by_seed, number_of
from experiments.comparison.headline_measures import available_headlines
from experiments.execution.parameter_draws import Draw
from experiments.execution.runs import CompareLabel, CompareResults, DrawLabel, RunGroup
from experiments.statistics.effect_uncertainty import uncertainty_of
from experiments.statistics.over_assumed import nine_in_ten, spread_beyond_error, strongest_rank_correlation
from experiments.statistics.paired_effects import error_of, paired
from experiments.storage.manifest import COMPARISON, kind_of, read_manifest
from experiments.storage.reading import load_table
from experiments.storage.run_identity import canonical_json, digest_of
from experiments.storage.run_spec import TOWN_SEED, RunSpec, values_of
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint
from scenarios import accounts

DRAWS_UNDER_ACCOUNTS = 8
"""Draws that are repeated under every rival account."""
KEY_COLUMNS = ["site", "against", "measure"]


def rival_accounts() -> list[str]:
    """Return the names of all accounts but the present one."""
    return [name for name in accounts.names() if name != accounts.PRESENT]


def groups_over_draws(
    block: int, firsts: Sequence[RunSpec], draws: Sequence[Draw], sets: Sequence[str]
) -> Iterator[RunGroup[CompareLabel]]:
    """Yield the groups of one site: two runs of each draw, and one of the first draws under every rival account.

    The second run of a draw has another seed and, in every other draw, another town. A town set by the user is kept.

    Parameters
    ----------
    block
        Index of the site in the comparison.
    firsts
        The first run of every arm.
    sets
        Parameter values set by the user, kept in every draw.
    """
    fixed = values_of(sets)
    for n, draw in enumerate(draws, start=1):
        labels = [DrawLabel(n, accounts.PRESENT, run) for run in (0, 1)]
        labels += [DrawLabel(n, name, 0) for name in rival_accounts() if n <= DRAWS_UNDER_ACCOUNTS]
        first = firsts[0].seed + n - 1
        for label in labels:
            seed = first + len(draws) * label.run
            town = seed if label.run and is_second_run_in_other_town(n) else first
            own = {**draw.values, **accounts.read(label.account), TOWN_SEED: town, **fixed}
            specs = (dataclasses.replace(spec, town="", seed=seed).with_values(own) for spec in firsts)
            yield RunGroup(tuple(specs), CompareLabel(block, "draw", draw=label))


def is_second_run_in_other_town(draw: int) -> bool:
    """Return whether the second run of a draw is in another town than the first."""
    return draw % 2 == 0


def key_values(site: str, against: str, label: DrawLabel) -> dict[str, Any]:
    """Return the columns that identify a row of a table over draws."""
    return {"site": site, "against": against, "draw": label.number, "account": label.account, "run": label.run}


def draw_effects_table(results: Sequence[CompareResults], blocks: Sequence[Sequence[Arm]]) -> pd.DataFrame:
    """Return the effect on every headline measure in every run over draws."""
    rows: list[dict[str, Any]] = []
    for one in results:
        if (label := one.label.draw) is None:
            continue
        months = [run.months for run in one.finished]
        for k, arm in enumerate(blocks[one.label.block][1:], start=1):
            place = key_values(arm.scenario, arm.name, label)
            for headline in available_headlines(months[0].columns):
                base, value = (number_of(headline.value(months[side])) for side in (0, k))
                rows.append(place | {"measure": headline.name, "base": base, "effect": value - base})
    return pd.DataFrame(rows)


def draw_levels_table(results: Sequence[CompareResults]) -> pd.DataFrame:
    """Return every headline measure of the first arm in every run over draws, as rows of the effects table."""
    rows: list[dict[str, Any]] = []
    for one in results:
        if (label := one.label.draw) is None:
            continue
        spec, months = one.group.specs[0], one.finished[0].months
        place = key_values(spec.scenario.name, spec.policy, label)
        rows += [
            place | {"measure": headline.name, "effect": number_of(headline.value(months))}
            for headline in available_headlines(months.columns)
        ]
    return pd.DataFrame(rows)


def uncertainty_table(effects: pd.DataFrame) -> pd.DataFrame:
    """Return the sources of an effect's uncertainty, and whether its sign is known, by arm and measure."""
    if effects.empty:
        return pd.DataFrame()
    rows = []
    groups: Any = effects.groupby(KEY_COLUMNS, sort=False)
    for place, rows_of_effect in groups:
        wide = rows_of_effect.pivot_table(index="draw", columns=["account", "run"], values="effect", dropna=False)
        if not {(accounts.PRESENT, run) for run in (0, 1)} <= set(wide.columns):
            continue
        both = wide[[(accounts.PRESENT, 0), (accounts.PRESENT, 1)]].to_numpy()
        same = np.array([not is_second_run_in_other_town(int(draw)) for draw in wide.index])
        rivals = {
            str(name): (wide[name, 0] - wide[accounts.PRESENT, 0]).to_numpy()
            for name in dict.fromkeys(wide.columns.get_level_values("account"))
            if name != accounts.PRESENT
        }
        if uncertainty := uncertainty_of(both, same, rivals):
            row = dataclasses.asdict(uncertainty) | {
                "sd": uncertainty.sd,
                "against_accounts": ", ".join(uncertainty.against),
            }
            del row["against"]
            rows.append(dict(zip(KEY_COLUMNS, place, strict=True)) | row)
    return pd.DataFrame(rows)


def accounts_table(effects: pd.DataFrame) -> pd.DataFrame:
    """Return the effect under every account in the draws that all of them have, with its standard error.

    ``shift`` is the mean difference from the present account in the same draws, towns and seeds, with its own error.
    """
    rows: list[dict[str, Any]] = []
    first = effects[effects["run"] == 0] if len(effects) else effects
    groups: Any = first.groupby(KEY_COLUMNS, sort=False) if len(first) else ()
    for place, own in groups:
        wide = own.pivot_table(index="draw", columns="account", values="effect", dropna=False).dropna()
        for name in wide.columns if len(wide) > 1 else ():
            own, shift = wide[name], wide[name] - wide[accounts.PRESENT]
            row = {"account": name, "draws": len(wide), "effect": own.mean(), "error": error_of(own.to_numpy())}
            row |= {"shift": shift.mean(), "shift_error": error_of(shift.to_numpy())}
            rows.append(dict(zip(KEY_COLUMNS, place, strict=True)) | row)
    return pd.DataFrame(rows)


TABLE = "uncertainty"
DrawResults = Mapping[str, Mapping[str, Any]]
"""Rows of the table of uncertainty, by comparison (`comparison_key`) and measure."""


def read_draw_results(folders: tuple[Path, ...]) -> DrawResults:
    """Return the results over draws in some folders of comparisons.

    Raises
    ------
    InputError
        If a folder is no comparison with today over draws, or was made by another version of the model.
    """
    return {key: rows for folder in folders for key, rows in results_in(folder).items()}


def results_in(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the results over draws in one folder."""
    if kind_of(folder) != COMPARISON:
        raise InputError(f"--draws {folder} must be a folder of `confianza compare … --draws plausible:50`")
    manifest = read_manifest(folder)
    if not (folder / f"{TABLE}.parquet").is_file():
        raise InputError(f"--draws {folder} holds no draws: make it by {manifest['command']} --draws plausible:50")
    table: Any = load_table(folder, TABLE).to_pandas()
    results: dict[str, dict[str, Any]] = {}
    starts_today: dict[str, bool] = {}
    for arm in manifest["arms"]:
        if arm["fingerprint"] != fingerprint():
            raise InputError(f"--draws {folder} was made by another version of the model: make it anew")
        arm_manifest, site = read_manifest(folder / arm["folder"]), arm["scenario"]
        rows = table[(table["site"] == site) & (table["against"] == arm["name"])]
        if site not in starts_today:
            starts_today[site] = arm_manifest.get("settings", {}).get("policies") == []
        elif starts_today[site] and len(rows):
            results[comparison_key(arm_manifest["settings"], arm_manifest["until"])] = {
                row["measure"]: row for _, row in rows.iterrows()
            }
    if not results:
        raise InputError(f"--draws {folder} must compare policies with status_quo, named first")
    return results


def comparison_key(settings: Mapping[str, Any], until: str) -> str:
    """Return the key of a comparison with today, independent of seeds and towns.

    Parameters
    ----------
    settings
        Settings of the second run (`experiments.storage.run_identity.settings_of`).
    until
        Date on which runs end, as YYYY-MM-DD.
    """
    groups = {name: dict(values) for name, values in settings["parameters"].items()}
    groups["population"].pop("seed")
    policies = [{**one, "name": "", "entries": sorted(map(entry_key, one["entries"]))} for one in settings["policies"]]
    fixed = {name: settings[name] for name in ("scenario", "start", "off", "outline", "settlements", "facilities")}
    return digest_of(canonical_json({**fixed, "parameters": groups, "policies": policies, "until": until}).encode())


def entry_key(entry: Mapping[str, Any]) -> str:
    """Return one entry of a policy as canonical text, with its value as a float."""
    return canonical_json({**entry, "value": float(entry["value"])})


def effects_by_draw_table(pairs: Sequence[Pair]) -> pd.DataFrame:
    """Return a row for each pair of arms, headline and draw: the drawn values and the effect over seeds."""
    return pd.DataFrame([row for pair in pairs if len(distinct_draws(pair.seeds)) > 1 for row in rows_of(pair)])


def rows_of(pair: Pair) -> Iterator[dict[str, Any]]:
    """Yield the rows of one pair of arms."""
    base, arm = pair.base.table("measures"), pair.arm.table("measures")
    values = base.drop_duplicates("seed").set_index("seed")[list(pair.base.varied)]
    key = {"site": pair.arm.scenario, "against": pair.arm.name}
    for headline in available_headlines(base.columns.intersection(arm.columns)):
        sides = by_seed(base, headline.value), by_seed(arm, headline.value)
        scale = headline.scale(pair.years, pair.deltas.get(headline.name))
        for number, draw in enumerate(distinct_draws(pair.seeds), start=1):
            worlds = [world for world in pair.seeds if draw_of(world) == draw]
            effect = paired(*([side[world] for world in worlds] for side in sides), scale=scale)
            drawn_values = {str(name): value for name, value in values.loc[worlds[0]].items()}
            yield key | {"measure": headline.name, "draw": number} | dataclasses.asdict(effect) | drawn_values


def draw_summary_table(draws: pd.DataFrame, pairs: Sequence[Pair]) -> pd.DataFrame:
    """Return a summary over draws for each pair of arms and headline (`summary_over_draws`)."""
    drawn = {(pair.arm.scenario, pair.arm.name): pair.base.varied for pair in pairs}
    groups: Any = draws.groupby(["site", "against", "measure"], sort=False) if len(draws) else ()
    return pd.DataFrame(
        [
            {"site": site, "against": against, "measure": measure} | summary_over_draws(rows, drawn[site, against])
            for (site, against, measure), rows in groups
        ]
    )


def summary_over_draws(rows: pd.DataFrame, parameters: Sequence[str]) -> dict[str, Any]:
    """Summarise one effect over draws: counts by sign, 5-95 % range, spread, most influential parameter.

    ``up`` and ``down`` count draws with an interval on one side of 0. ``by_parameters`` is the standard deviation of
    the estimates less their sampling variance, ``by_luck`` their mean standard error.
    """
    effect = rows["effect"]
    low, high = nine_in_ten(effect.dropna().to_numpy(np.float64))
    parameter, rank_correlation = strongest_rank_correlation(rows, effect, parameters)
    return {
        "draws": len(rows),
        "up": int((rows["low"] > 0.0).sum()),
        "down": int((rows["high"] < 0.0).sum()),
        "low": low,
        "high": high,
        "by_parameters": spread_beyond_error(effect, rows["error"]),
        "by_luck": float(rows["error"].mean()),
        "parameter": parameter,
        "rank_correlation": rank_correlation,
    }
