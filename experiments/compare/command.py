"""The command `compare`: runs twin worlds, writes their folder, prints what differs."""

import contextlib
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from experiments.compare.arms import Arm, by_site
from experiments.compare.by_draw import drawn_table, draws_table
from experiments.compare.comparison import Lives, arms_of, found_arms, run
from experiments.compare.crate import FILE as CRATE
from experiments.compare.crate import crate_of, inputs_of
from experiments.compare.decided import decided_table
from experiments.compare.effects import effects_table, pairs_of
from experiments.compare.judged import criteria_table, verdicts_table
from experiments.compare.power import FEWEST
from experiments.compare.request import EffectSize, Request
from experiments.compare.text import lines
from experiments.runs.built_in import turned
from experiments.runs.folder import begin, joined, manifest_of, parquets, write, write_whole
from experiments.runs.manifest import COMPARISON, kind_of, occasion, place_for, short
from experiments.runs.progress import patience, say
from model.errors import InputError
from scenarios.policy_files import read_policy


def compare(request: Request, workers: int, out: Path | None, wish: EffectSize | None = None) -> tuple[Path, bool]:
    """Carry out a comparison and print it; return its folder and whether it was interrupted."""
    begun = time.monotonic()
    if len(request.arms) == 1 and kind_of(Path(request.arms[0])) == COMPARISON:
        print("\n".join(lines(Path(request.arms[0]), wish)))
        return Path(request.arms[0]), False
    with patience("reading what is to be compared"):
        planned, found = arms_of(request)
    if planned and wish and request.replicates < FEWEST:
        raise InputError(
            f"--plan needs a pilot of at least {FEWEST} twin worlds, got --replicates {request.replicates}"
        )
    folder = folder_of(request, planned or found, out)
    lives = run(request, planned, workers) if planned else None
    if lives and not any(lives.runs.values()):
        say("confianza: interrupted before the first twins were finished; nothing was written")
        raise KeyboardInterrupt
    arms = written_arms(planned, lives, folder, time.monotonic() - begun) if lives else found
    with patience("comparing what was found"):
        write_comparison(request, arms, lives, folder, time.monotonic() - begun)
    print("\n".join(lines(folder, wish)))
    print(f"\nWritten to {folder}/")
    if lives and lives.interrupted:
        say(f"confianza: interrupted; kept {len(arms[0].seeds)} of {request.replicates} twin worlds in {folder}")
    return folder, bool(lives and lives.interrupted)


def folder_of(request: Request, arms: Sequence[Arm], out: Path | None) -> Path:
    """Return the folder to write into, after checking that nothing foreign would be lost."""
    sites = "+".join(dict.fromkeys(arm.scenario for arm in arms))
    names = "-".join(dict.fromkeys(arm.name for arm in arms))
    named = f"compare-{sites}-{short(names).replace('/', '_')}-{request.seed}"
    return place_for(out or Path("results") / named, COMPARISON)


def written_arms(planned: Sequence[Arm], lives: Lives, folder: Path, seconds: float) -> list[Arm]:
    """Write a folder for every arm, as `run` would, and return the arms as they lie there."""
    begin(folder, COMPARISON)
    written = []
    for number, own in enumerate(by_site(planned)):
        for k, arm in enumerate(own):
            if runs := lives.runs[number, k]:
                place = folder / "arms" / f"{arm.scenario}-{arm.name.replace('/', '_')}"
                stated = manifest_of(arm.specs, runs, seconds, lives.interrupted)
                write(place, parquets(joined(runs)), stated | {"arm": arm.name, "title": arm.title})
                written += found_arms(place)
    return written


def write_comparison(request: Request, arms: Sequence[Arm], lives: Lives | None, folder: Path, seconds: float) -> None:
    """Write tables and manifest of a comparison."""
    pairs = pairs_of(arms)
    draws = draws_table(pairs)
    tables = {"effects": effects_table(pairs, lives.residents if lives else None), "criteria": criteria_table(arms)}
    tables |= {"draws": draws, "drawn": drawn_table(draws, pairs), "decided": decided_table(arms)}
    if lives:
        tables |= {"residents": lives.residents, "memory": lives.memory, "alone": lives.alone}
        tables["verdicts"] = verdicts_table(lives.memory)
    stated = manifest(request, arms, folder, seconds, lives)
    # what is no number is null
    columns = {name: pa.Table.from_pandas(rows, preserve_index=False) for name, rows in tables.items() if len(rows)}
    write(folder, parquets({name: table.replace_schema_metadata(None) for name, table in columns.items()}), stated)
    for name, content in inputs_of(stated).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / name, content)
    write_whole(folder / CRATE, crate_of(folder, stated))


def manifest(
    request: Request, arms: Sequence[Arm], folder: Path, seconds: float, lives: Lives | None
) -> dict[str, Any]:
    """Return everything that is needed to know and to repeat a comparison."""
    first = {arm.scenario: arm for arm in reversed(arms)}
    return {
        "format": COMPARISON,
        "command": request.command,
        "request": request.stated(),
        "arms": [stated_arm(arm, folder, first[arm.scenario]) for arm in arms],
        "begins": arms[0].begins,
        "until": arms[0].until,
        "seeds": list(arms[0].seeds),
        "interrupted": bool(lives and lives.interrupted),
        **occasion(),
        "seconds": round(seconds, 3),
    }


def stated_policy(word: str) -> dict[str, Any]:
    """Return what a policy is called and does, in both languages; its name alone if its file is gone."""
    name, _, start = word.partition("@")
    stated: dict[str, Any] = {"name": name, "start": start, "title": {}, "about": {}, "built_in": []}
    with contextlib.suppress(InputError):
        ready = read_policy(name)
        stated |= {"title": dict(ready.title), "about": dict(ready.about), "built_in": turned(ready.policy.entries)}
    return stated


def stated_arm(arm: Arm, folder: Path, first: Arm) -> dict[str, Any]:
    """Return what the manifest says of an arm; ``first`` is the one of its site that it is compared with."""
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
        "drawn": list(arm.drawn),
        "differs": differing(arm, first),
        "scale": arm.base["parameters"]["population"]["scale"],
    }


def differing(arm: Arm, first: Arm) -> dict[str, Any]:
    """Return the parameters of an arm that are not those of the first arm of its site."""
    drawn, others = {*arm.drawn, *first.drawn}, first.base["parameters"]
    return {
        f"{group}.{name}": value
        for group, values in arm.base["parameters"].items()
        for name, value in values.items()
        if f"{group}.{name}" not in drawn and others.get(group, {}).get(name) != value
    }
