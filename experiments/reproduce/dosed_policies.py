"""Partially implemented policies: a share of every change of some policies, written as a policy file."""

from pathlib import Path

from experiments.reproduce.plan import Doses
from experiments.storage.run_spec import parameter_value
from experiments.storage.writing import write_atomically
from model.engine.errors import InputError
from model.engine.scenario import Scenario
from scenarios.groups import find_parameter
from scenarios.policy_files import read_policy

SIGNIFICANT_DIGITS = 6
type Change = tuple[str, str, float]
"""Kind of a change of a parameter (set, scale or add), its dotted name, and the value."""


def dosed_changes(scenario: Scenario, doses: Doses) -> list[Change]:
    """Return the changes of some policies, each implemented by a share.

    Parameters
    ----------
    scenario
        Municipality; a parameter that a policy sets moves from its value there towards that of the policy.
    doses
        Share (0-1) by name of policy. Factors are raised to the power of the share, increments are multiplied by it.

    Returns
    -------
    list of (how, parameter, value)
        No changes of a policy with share 0, full changes with share 1. If two policies set a parameter, which must be
        to the same value, the larger share counts. Integer parameters are rounded half up.

    Raises
    ------
    InputError
        If two policies set a parameter to different values.
    """
    targets: dict[str, tuple[float, float]] = {}
    scaled_or_added: list[Change] = []
    for policy, share in doses.items():
        for entry in read_policy(policy).policy.entries if share > 0.0 else ():
            if entry.how != "set":
                value = entry.value**share if entry.how == "scale" else entry.value * share
                scaled_or_added.append((entry.how, entry.parameter, value))
                continue
            target, largest = targets.get(entry.parameter, (entry.value, 0.0))
            if target != entry.value:
                raise InputError(f"policies set {entry.parameter} to {target:g} and {entry.value:g}: choose one")
            targets[entry.parameter] = target, max(largest, share)
    set_changes = [("set", name, partial_value(scenario, name, *target)) for name, target in targets.items()]
    return [*set_changes, *scaled_or_added]


def partial_value(scenario: Scenario, parameter: str, target: float, share: float) -> float:
    """Return the value of a parameter at a share (0-1) of the way from the scenario's value to a target."""
    group, key = find_parameter(parameter)
    start = parameter_value(scenario, parameter)
    value = target if share >= 1.0 else start + share * (target - start)
    return float(int(value + 0.5)) if group.kind(key) is int else value


def write_policy(folder: Path, name: str, changes: list[Change]) -> Path:
    """Write changes as a policy file, unless it has this content already; return its path."""
    lines = [f'title = {{ en = "{name}", es = "{name}" }}']
    for how in ("set", "scale", "add"):
        entries = [f'"{parameter}" = {format_value(value)}' for kind, parameter, value in changes if kind == how]
        lines += ["", f"[{how}]", *entries] if entries else []
    path, content = folder / f"{name}.toml", "\n".join([*lines, ""]).encode()
    if not path.is_file() or path.read_bytes() != content:
        write_atomically(path, content)
    return path


def format_value(value: float) -> str:
    """Return a number as text for a policy file, with at most `SIGNIFICANT_DIGITS` digits for readability.

    >>> format_value(2.0), format_value(0.1234567)
    ('2', '0.123457')
    """
    return str(int(value)) if float(value).is_integer() else f"{value:.{SIGNIFICANT_DIGITS}g}"
