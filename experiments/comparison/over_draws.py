"""Effects and levels over draws of parameters, towns, seeds and rival accounts: their runs and their tables."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.arms import Arm
from experiments.comparison.effects import number_of
from experiments.comparison.headline_measures import available_headlines
from experiments.execution.parameter_draws import Draw
from experiments.execution.twin_runs import CompareLabel, CompareResults, DrawLabel, RunGroup
from experiments.statistics.effect_uncertainty import uncertainty_of
from experiments.statistics.paired_effects import error_of
from experiments.storage.run_spec import TOWN_SEED, RunSpec, values_of
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
