"""All groups of parameters: importing the modules of the model that declare them."""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

import model
from model.engine.errors import InputError, nearest
from model.engine.parameters import Group, Number, every_number, group_named

WITHOUT_GROUPS = ("model.simulation.agents", "model.simulation.model")
"""Modules that declare no parameters and would import Mesa, which takes half a second."""


def declare_all() -> dict[str, type[Group]]:
    """Return every group by name, after importing every module that declares one."""
    import_all()
    return Group.known


@cache
def import_all() -> None:
    """Import every module of the model that may declare a group; to look for them takes longer than to read a file."""
    for module in pkgutil.walk_packages(model.__path__, "model."):
        if module.name not in WITHOUT_GROUPS:
            importlib.import_module(module.name)


def mechanisms() -> dict[str, type[Group]]:
    """Return the groups that can be switched off."""
    return {name: group for name, group in sorted(declare_all().items()) if group.mechanism}


def mechanism_named(name: str) -> str:
    """Return the name of a mechanism that can be switched off, or raise with the nearest name."""
    if name not in mechanisms():
        raise InputError(f"no mechanism '{name}'{nearest(name, mechanisms())}")
    return name


def model_levers() -> Iterator[tuple[str, Number]]:
    """Yield dotted name and description of every lever of the model itself, and of none that a script has added."""
    known = declare_all()
    for dotted, _, about in every_number():
        if about.role == "lever" and known[dotted.partition(".")[0]].__module__.startswith("model."):
            yield dotted, about


def parameter_named(dotted: str) -> tuple[type[Group], str]:
    """Return group and key of a dotted parameter name, or raise with the nearest name."""
    declare_all()
    name, _, key = dotted.partition(".")
    group = group_named(name)
    if not key:
        raise InputError(f"'{name}' is a group of parameters, not a parameter")
    return group, group.own(key)
