"""Ranges of parameters by name, group and role, for studies and other tools."""

from model.engine.errors import InputError
from model.engine.parameters import ParameterSpec, Role, all_parameters
from scenarios.groups import declared_groups, find_parameter

ALL_PARAMETERS = "*"
TOWN_GROUPS = ("calendar", "population", "territory")
"""Groups that shape the town; their parameters vary only if named one by one."""


def bounds(*names: str, role: Role | None = None) -> dict[str, tuple[float, float]]:
    """Return the ranges of parameters, groups or all ("*"), by dotted name; ``role`` selects one role.

    Parameters
    ----------
    *names
        Dotted names of parameters, names of groups (mechanisms), or ``"*"`` for all. Site facts and parameters of the
        town are included only by their own names.
    role
        ``"site"``, ``"behaviour"`` or ``"lever"``; all roles if not given.

    Returns
    -------
    dict
        Lowest and highest value of each parameter, in its own unit.

    Raises
    ------
    InputError
        If a name is unknown or has no range to vary.

    Examples
    --------
    >>> bounds("trust.memory_years", "reporting.trip")
    {'trust.memory_years': (0.05, 20.0), 'reporting.trip': (0.0, 4.0)}
    """
    found = {dotted: about for name in names for dotted, about in matching_parameters(name)}
    return {dotted: (about.low, about.high) for dotted, about in found.items() if role in (None, about.role)}


def matching_parameters(name: str) -> list[tuple[str, ParameterSpec]]:
    """Return the parameters of a name, a group or `*`; site facts only by their own name."""
    declared_groups()
    every = [(dotted, about) for dotted, _, about in all_parameters() if about.low < about.high]
    own = [one for one in every if one[0] == name]
    shared = [one for one in every if one[1].role != "site" and name in (dotted_group(one[0]), ALL_PARAMETERS)]
    shared = [one for one in shared if dotted_group(one[0]) not in TOWN_GROUPS]
    if not own and not shared:
        find_parameter(name if "." in name else f"{name}.")
        raise InputError(f"{name} has no range to vary")
    return own or shared


def dotted_group(dotted: str) -> str:
    """Return the group of a parameter."""
    return dotted.partition(".")[0]
