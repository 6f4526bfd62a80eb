"""Built-in effects of policies: levers that set a hazard themselves, told apart from what is found."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from experiments.words.catalogue import MODEL
from model.engine.scenario import PolicyEntry


@cache
def built_in() -> Mapping[str, Mapping[str, Any]]:
    """Return the levers that set a hazard themselves: which crimes, and by which parameter."""
    return tomllib.loads((MODEL / "built_in.toml").read_text(encoding="utf-8"))


def turned(entries: Iterable[PolicyEntry]) -> list[str]:
    """Return the levers of this kind that entries of policies turn, each once."""
    return list(dict.fromkeys(entry.parameter for entry in entries if entry.parameter in built_in()))


def put_in(arm: Mapping[str, Any]) -> list[str]:
    """Return the levers of this kind that an arm, as a comparison states it, turns by policy or by parameter."""
    by_policy = [name for policy in arm["policies"] for name in policy.get("built_in", ())]
    return list(dict.fromkeys([*by_policy, *(name for name in arm.get("differs", ()) if name in built_in())]))
