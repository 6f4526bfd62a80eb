"""All groups of parameters, found by importing the modules of the model that declare them."""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

import model
from model.engine.errors import InputError, suggest_nearest
from model.engine.parameters import ParameterGroup, ParameterSpec, all_parameters, group_named

MODULES_WITHOUT_GROUPS = (
    "model.simulation.agents",
    "model.simulation.grid",
    "model.simulation.mesa_import",
    "model.simulation.model",
)
"""Modules that declare no parameters and would import Mesa, which takes half a second."""


def declared_groups() -> dict[str, type[ParameterGroup]]:
    """Return every group by name, after importing every module that declares one."""
    import_declaring_modules()
    return ParameterGroup.known


@cache
def import_declaring_modules() -> None:
    """Import every module of the model that may declare a group; cached, since the search is slow."""
    for module in pkgutil.walk_packages(model.__path__, "model."):
        if module.name not in MODULES_WITHOUT_GROUPS:
            importlib.import_module(module.name)


def switchable_mechanisms() -> dict[str, type[ParameterGroup]]:
    """Return the groups of mechanisms that can be switched off, by name."""
    return {name: group for name, group in sorted(declared_groups().items()) if group.mechanism}


def checked_mechanism(name: str) -> str:
    """Return the name of a switchable mechanism; raise `InputError` for others."""
    mechanisms = switchable_mechanisms()
    if name not in mechanisms and name in declared_groups():
        raise InputError(
            f"'{name}' is no mechanism that can be switched off: the others need it. Those that can are listed by"
            " `confianza list parameters mechanisms`"
        )
    if name not in mechanisms:
        raise InputError(f"no mechanism '{name}'{suggest_nearest(name, mechanisms)}")
    return name


def model_levers() -> Iterator[tuple[str, ParameterSpec]]:
    """Yield dotted name and metadata of every lever of the model; levers added by scripts are left out."""
    known = declared_groups()
    for dotted, _, spec in all_parameters():
        if spec.role == "lever" and known[dotted.partition(".")[0]].__module__.startswith("model."):
            yield dotted, spec


def find_parameter(dotted: str) -> tuple[type[ParameterGroup], str]:
    """Return group and key of a dotted name; raise `InputError` with the nearest name if there is none."""
    declared_groups()
    name, _, key = dotted.partition(".")
    group = group_named(name)
    if not key:
        raise InputError(f"'{name}' is a group of parameters, not a parameter")
    return group, group.own(key)
