"""Look up results over parameter draws in the folders of earlier comparisons.

`confianza compare A B --draws …` writes the uncertainty of each effect into its folder. The page looks up these rows by
municipality, policy and period; seeds and towns are drawn and therefore not part of the key.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.storage.manifest import COMPARISON, kind_of, read_manifest
from experiments.storage.reading import load_table
from experiments.storage.run_identity import canonical_json, digest_of
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint

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
