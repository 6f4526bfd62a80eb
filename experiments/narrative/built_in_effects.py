"""Effects that a policy sets as inputs, so that they are not findings, and the sentences that say so."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from experiments.narrative.messages import message
from experiments.words import catalogue
from experiments.words.bilingual import BilingualText, bilingual
from experiments.words.catalogue import MODEL_FOLDER
from model.engine.scenario import PolicyEntry


@cache
def built_in_levers() -> Mapping[str, Mapping[str, Any]]:
    """Return the levers that set a hazard directly, each with its crimes and the parameter of its effect."""
    return tomllib.loads((MODEL_FOLDER / "built_in.toml").read_text(encoding="utf-8"))


def levers_of_policies(entries: Iterable[PolicyEntry]) -> list[str]:
    """Return the distinct built-in levers that entries of policies set."""
    return list(dict.fromkeys(entry.parameter for entry in entries if entry.parameter in built_in_levers()))


def levers_of_manifest(arm: Mapping[str, Any]) -> list[str]:
    """Return the distinct built-in levers that an arm of a manifest sets, by policy or by parameter."""
    by_policy = [name for policy in arm["policies"] for name in policy.get("built_in", ())]
    return list(dict.fromkeys([*by_policy, *(name for name in arm.get("differs", ()) if name in built_in_levers())]))


def built_in_sentence(lever: str) -> BilingualText:
    """Return the sentence on what a lever sets as input.

    >>> built_in_sentence("crime.cctv").text("en")
    'Built in, not found: thefts of and from vehicles, by “Cameras”.'
    """
    return message(
        "built_in",
        what=bilingual(**built_in_levers()[lever]["what"]),
        lever=catalogue.bilingual_words(catalogue.lever, lever),
    )
