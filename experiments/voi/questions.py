"""Knowledge that a choice could wait for: questions on accounts, and groups of numbers that one study would measure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from experiments.statistics.value_of_information import Codes
from experiments.words.bilingual import BilingualText, bilingual
from experiments.words.toml_files import toml_beside
from scenarios import accounts
from scenarios.ranges import dotted_group


@dataclass(frozen=True, kw_only=True)
class FieldStudy:
    """Something that could be known: its name and texts, how it could be measured, with how many people and months."""

    name: str
    text: BilingualText
    measured_by: BilingualText
    people: int
    months: int


@dataclass(frozen=True, kw_only=True, eq=False)
class AccountQuestion(FieldStudy):
    """A question whose answer is a class of accounts; accounts in none of ``classes`` are one more class."""

    classes: Sequence[Sequence[str]]

    def class_of(self, account: str) -> int:
        """Return the number of the class of an account."""
        return next((number for number, names in enumerate(self.classes) if account in names), len(self.classes))

    def codes(self, account_codes: Codes) -> Codes:
        """Return the class of each world from the number of its account."""
        of_account = np.array([self.class_of(name) for name in accounts.names()], np.int64)
        codes: Codes = of_account[account_codes]
        return codes

    def refines(self, other: "AccountQuestion") -> bool:
        """Return whether whoever knows the answer knows that of another question, too."""
        pairs = {(self.class_of(name), other.class_of(name)) for name in accounts.names()}
        return len(pairs) == len({own for own, _ in pairs})


@dataclass(frozen=True, kw_only=True)
class NumberGroup(FieldStudy):
    """Mechanisms whose numbers one study would measure."""

    members: Sequence[str]


def study_fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that all entries of the file have."""
    texts = {
        key: bilingual(one["es"], one["en"]) for key, one in (("text", entry), ("measured_by", entry["measured_by"]))
    }
    return {"name": entry["name"], "people": entry["people"], "months": entry["months"], **texts}


@cache
def questions() -> tuple[AccountQuestion, ...]:
    """Return the declared questions."""
    return tuple(
        AccountQuestion(**study_fields(one), classes=one["classes"]) for one in toml_beside(__file__)["question"]
    )


@cache
def number_groups() -> tuple[NumberGroup, ...]:
    """Return the declared groups of numbers."""
    return tuple(NumberGroup(**study_fields(one), members=one["members"]) for one in toml_beside(__file__)["group"])


def group_of(name: str) -> NumberGroup:
    """Return the group of a number, by its dotted name."""
    return next(one for one in number_groups() if dotted_group(name) in one.members)
