"""The command `compare`: run paired worlds, write their folder, print the effects."""

import contextlib
import functools
import itertools
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from experiments.comparison.arms import Arm, by_site
from experiments.comparison.comparison import ComparedRuns, EffectSize, Request, arms_of, run_planned, stored_arms
from experiments.comparison.decision_effects import decisions_table
from experiments.comparison.effect_verdicts import criteria_table
from experiments.comparison.effects import effects_table, horizons_table, monthly_effects_table, pairs_of
from experiments.comparison.over_draws import draw_summary_table, effects_by_draw_table
from experiments.execution.confined_levers import note_confined_levers
from experiments.execution.interruption import report_interruption
from experiments.narrative.built_in_effects import levers_of_policies
from experiments.narrative.comparison_text import comparison_lines
from experiments.narrative.messages import figure_message
from experiments.statistics.power import MIN_PILOT
from experiments.storage.disk_space import check_disk_space, size_of_runs
from experiments.storage.manifest import COMPARISON, kind_of, provenance, read_manifest, short_name
from experiments.storage.progress import report_slow
from experiments.storage.results_folder import (
    ResultsFolder,
    digests_of,
    locked_results_folder,
    open_results_folder,
    publish_folder,
)
from experiments.storage.run_crate import CRATE as CRATE
from experiments.storage.run_crate import comparison_crate, inputs_of
from experiments.storage.run_folder import join_runs, parquet_files, run_manifest, write_with_manifest
from experiments.storage.run_identity import canonical_json, digest_of
from experiments.storage.writing import make_folder, write_atomically
from experiments.words.bilingual import FigureTexts
from experiments.words.console import console_text
from experiments.words.dictionary import with_meanings
from model.engine.errors import InputError
from scenarios.policy_files import read_policy


def compare(
    request: Request,
    workers: int,
    out: Path | None,
    target: EffectSize | None = None,
    fresh: bool = False,
    language: str = "en",
) -> tuple[Path, bool]:
    """Run a comparison and print it in a language; return its folder and whether it was interrupted."""
    show = functools.partial(print_lines, target=target, language=language)
    begun = time.monotonic()
    if len(request.arms) == 1 and kind_of(Path(request.arms[0])) == COMPARISON:
        show(Path(request.arms[0]))
        return Path(request.arms[0]), False
    with report_slow(console_text("label.reading")):
        planned, found = arms_of(request)
    if planned and target and request.replicates < MIN_PILOT:
        raise InputError(
            f"--plan needs a pilot of at least {MIN_PILOT} twin worlds, got --replicates {request.replicates}"
        )
    note_confined_levers([arm.specs[0].scenario for arm in planned])
    results = results_folder_for(request, planned or found, out, fresh)
    if results.ready:
        show(results.place, "\n" + figure_message("comparison.ready", FigureTexts(language), place=results.place))
        return results.place, False
    check_disk_space({"--out": (results.place, size_of_runs([spec for arm in planned for spec in arm.specs]))})
    with locked_results_folder(results) as work:
        planned, compared = run_planned(request, planned, workers, work) if planned else (planned, None)
        if compared and not any(compared.runs):
            report_interruption(console_text("interrupted.no_pair"))
            raise KeyboardInterrupt
        arms = written_arms(planned, compared, work, time.monotonic() - begun) if compared else found
        with report_slow(console_text("label.found")):
            write_comparison(request, arms, compared, work, time.monotonic() - begun, results)
        publish_folder(results, work, complete=not (compared and compared.interrupted))
    show(results.place, "\n" + figure_message("comparison.written", FigureTexts(language), place=results.place))
    if compared and compared.interrupted:
        kept = len(arms[0].seeds)
        report_interruption(console_text("interrupted.pairs", n=kept, all=request.replicates, folder=results.place))
    return results.place, bool(compared and compared.interrupted)


def print_lines(folder: Path, *last: str, target: EffectSize | None, language: str) -> None:
    """Print the comparison in a folder, then the lines ``last``."""
    print("\n".join([*comparison_lines(folder, target, language), *last]))


def results_folder_for(request: Request, arms: Sequence[Arm], out: Path | None, fresh: bool) -> ResultsFolder:
    """Return the results folder of a comparison; its identity covers everything that decides the results."""
    sites = "+".join(dict.fromkeys(arm.scenario for arm in arms))
    names = "-".join(dict.fromkeys(arm.name for arm in arms))
    named = f"compare-{sites}-{short_name(names).replace('/', '_')}-{request.seed}"
    deciding = [
        [
            *(arm.scenario, arm.name, list(arm.policies), arm.begins, arm.until, list(arm.seeds), arm.fingerprint),
            [one.run for one in arm.specs] or [list(arm.runs), arm.base, list(arm.varied)],
        ]
        for arm in arms
    ]
    parts = [COMPARISON, deciding, list(request.sets), request.independent, request.memory]
    parts += [request.deltas] if request.delta else []
    parts += [request.settle] if request.settle else []
    parts += [[dict(one.values) for one in request.drawn]] if request.draws else []
    identity = digest_of(canonical_json(parts).encode())
    return open_results_folder(Path("results") / named, out, COMPARISON, identity, request.command, fresh)


def written_arms(planned: Sequence[Arm], compared: ComparedRuns, folder: Path, seconds: float) -> list[Arm]:
    """Write a folder for every arm, as `run` would, and return the arms as read from these folders."""
    written = []
    for arm, runs in zip(itertools.chain(*by_site(planned)), compared.runs, strict=True):
        if runs:
            place = folder / "arms" / f"{arm.scenario}-{arm.name.replace('/', '_')}"
            stated = run_manifest(arm.specs, runs, seconds, compared.interrupted)
            write_with_manifest(place, parquet_files(join_runs(runs)), stated | {"arm": arm.name, "title": arm.title})
            written += stored_arms(place)
    return written


def write_comparison(
    request: Request,
    arms: Sequence[Arm],
    compared: ComparedRuns | None,
    folder: Path,
    seconds: float,
    results: ResultsFolder,
) -> None:
    """Write tables and manifest of a comparison."""
    pairs = pairs_of(arms, request.deltas)
    draws = effects_by_draw_table(pairs)
    of_runs = compared.tables if compared else {}
    tables = {
        "effects": effects_table(pairs, of_runs.get("residents")),
        "criteria": criteria_table(arms),
        "all_effects": monthly_effects_table(pairs),
        "draws": draws,
        "drawn": draw_summary_table(draws, pairs),
        "decided": decisions_table(arms),
        "horizons": horizons_table(pairs),
        **of_runs,
    }
    stated = manifest(request, arms, folder, seconds, compared) | {"identity": results.identity}
    # NaN becomes null
    columns = {name: pa.Table.from_pandas(rows, preserve_index=False) for name, rows in tables.items() if len(rows)}
    files = parquet_files({name: with_meanings(table, name) for name, table in columns.items()})
    files |= inputs_of(stated)
    for name, content in files.items():
        make_folder((folder / name).parent)
        write_atomically(folder / name, content)
    of_arms = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob("arms/*/*.parquet")}
    stated |= {"files": digests_of(files | of_arms)}
    write_with_manifest(folder, {CRATE: comparison_crate(folder, stated)}, stated)


def manifest(
    request: Request, arms: Sequence[Arm], folder: Path, seconds: float, compared: ComparedRuns | None
) -> dict[str, Any]:
    """Return the manifest of a comparison: request, arms, code and environment, as needed to repeat it."""
    first = {arm.scenario: arm for arm in reversed(arms)}
    return {
        "format": COMPARISON,
        "command": request.command,
        "request": request.as_dict(),
        "arms": [stated_arm(arm, folder, first[arm.scenario]) for arm in arms],
        "begins": arms[0].begins,
        "until": arms[0].until,
        "seeds": list(arms[0].seeds),
        "interrupted": bool(compared and compared.interrupted),
        **provenance(),
        "seconds": round(seconds, 3),
    }


def stated_policy(word: str) -> dict[str, Any]:
    """Return title and description of a policy in both languages; its name only if its file is missing."""
    name, _, start = word.partition("@")
    stated: dict[str, Any] = {"name": name, "start": start, "title": {}, "about": {}, "built_in": []}
    with contextlib.suppress(InputError):
        ready = read_policy(name)
        stated |= {
            "title": dict(ready.title),
            "about": dict(ready.about),
            "built_in": levers_of_policies(ready.policy.entries),
        }
    return stated


def stated_arm(arm: Arm, folder: Path, first: Arm) -> dict[str, Any]:
    """Return the entry of an arm in the manifest; ``first`` is the base arm of its site."""
    assert arm.folder is not None
    return {
        "folder": os.path.relpath(arm.folder, folder),
        "name": arm.name,
        "scenario": arm.scenario,
        "title": arm.title,
        "policies": [stated_policy(word) for word in arm.policies],
        "seeds": list(arm.seeds),
        "fingerprint": arm.fingerprint,
        "label": arm.label,
        "swept": "+".join(arm.policies) if arm.runs else "",
        "drawn": list(arm.varied),
        "differs": differing_parameters(arm, first),
        "changed": {} if arm.runs else read_manifest(arm.folder).get("varied", {}),
        "scale": arm.base["parameters"]["population"]["scale"],
    }


def differing_parameters(arm: Arm, first: Arm) -> dict[str, Any]:
    """Return the parameters of an arm that differ from those of the first arm of its site, drawn ones excepted."""
    drawn, others = {*arm.varied, *first.varied}, first.base["parameters"]
    return {
        f"{group}.{name}": value
        for group, values in arm.base["parameters"].items()
        for name, value in values.items()
        if f"{group}.{name}" not in drawn and others.get(group, {}).get(name) != value
    }
