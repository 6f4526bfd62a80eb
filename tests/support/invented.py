"""Made-up decisions, with which page and report are tried whatever the mechanisms decide."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from experiments.words.catalogue import every_word
from model.engine.choices import CHOICES_DECLARED, ChoiceSpec
from model.engine.parameters import ParameterGroup
from model.simulation.model import TrustModel
from model.world.discrete_choice import CHOICES, ChoiceRecord

RENT = ChoiceSpec("made up rent", "clique", ("less", "same", "more"), ("arrests", "income"), ordered=True)
ASKED = ChoiceSpec("made up asking", "authority", ("wait", "call"), ("answered",), ordered=False)
TOLD = ChoiceSpec("made up telling", "resident", ("nobody", "police"), ("kept",), ordered=False)
INVENTED = {9_000_001: RENT, 9_000_002: ASKED, 9_000_003: TOLD}
WORDS = {
    "matters": {
        "made up rent": ("the rent that it asks for", "la renta que pide"),
        "made up asking": ("what to do with a case <of a neighbour>", "qué hacer con un caso <de un vecino>"),
        "made up telling": ("whom to tell", "a quién avisarle"),
    },
    "options": {
        "made up rent.less": ("asks for less", "pide menos"),
        "made up rent.same": ("asks for the same", "pide lo mismo"),
        "made up rent.more": ("asks for more", "pide más"),
        "made up asking.wait": ("waits", "espera"),
        "made up asking.call": ("calls the police", "llama a la policía"),
        "made up telling.nobody": ("tells nobody", "no le avisa a nadie"),
        "made up telling.police": ("tells the police", "le avisa a la policía"),
    },
    "reasons": {
        "made up rent.arrests": ("arrests of its members", "capturas de sus integrantes"),
        "made up rent.income": ("what its targets can pay", "lo que pueden pagar los negocios"),
        "made up asking.answered": ("calls that were answered", "llamadas que sí atendieron"),
        "made up telling.kept": ("what came of it before", "lo que resultó antes"),
    },
}
DECIDERS = 4
"""How many of each kind decide a month."""


def declare(patch: pytest.MonkeyPatch) -> None:
    """Let there be made-up matters, and no others: what mechanisms decide is not booked."""
    for number in list(CHOICES_DECLARED):
        patch.delitem(CHOICES_DECLARED, number)
    for name in ("open_ledger", "record_shift"):
        patch.setattr(TrustModel, name, unbooked(getattr(TrustModel, name)))
    for number, matter in INVENTED.items():
        patch.setitem(CHOICES_DECLARED, number, matter)
    for part, words in WORDS.items():
        for name, (en, es) in words.items():
            patch.setitem(every_word()[part], name, {"en": en, "es": es})  # type: ignore[arg-type]


def unbooked(method: Callable[[TrustModel], None]) -> Callable[[TrustModel], None]:
    """Return a method of a world after which its book of decisions is empty."""

    def then_emptied(world: TrustModel) -> None:
        method(world)
        world.state[CHOICES].count[0] = 0

    return then_emptied


def decide_monthly(patch: pytest.MonkeyPatch) -> None:
    """Let made-up matters be decided at the end of every month of every world, and no others be booked."""
    close_month = TrustModel.close_month

    def closed(world: TrustModel) -> None:
        world.state[CHOICES].count[0] = 0
        write(world, made_up(world.tick, world.seed))
        close_month(world)

    patch.setattr(TrustModel, "close_month", closed)


def write(world: Any, rows: np.ndarray) -> None:
    """Book choices in a world."""
    book = world.state[CHOICES]
    book.reserve(len(rows))
    n = int(book.count[0])
    book.rows[n : n + len(rows)] = rows
    book.count[0] += len(rows)


def made_up(tick: int, seed: int = 0) -> np.ndarray:
    """Return choices of one shift: half of each kind take the last option for the first reason, others the first."""
    rows = np.zeros(len(INVENTED) * DECIDERS, ChoiceRecord.dtype)
    for k, (number, matter) in enumerate(INVENTED.items()):
        for who in range(DECIDERS):
            row = rows[k * DECIDERS + who]
            last = (who + seed) % DECIDERS < DECIDERS // 2
            row["tick"], row["matter"], row["who"] = tick, number, who
            row["option"], row["term"] = (len(matter.options) - 1, 1) if last else (0, -1)
            row["chance"] = 0.62
    return rows


def only_here(*groups: type[ParameterGroup]) -> tuple[type[ParameterGroup], ...]:
    """Return groups that a file of tests makes up, which are known while its own tests run and to no other file.

    All files are read before any test is run; `conftest` makes what stands under ``MADE_UP`` known again.
    """
    for group in groups:
        del ParameterGroup.known[group.name]
    return groups
