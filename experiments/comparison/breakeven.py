"""Judge if an effect is known under all laws of trust that no Guatemalan datum tells apart."""

from dataclasses import dataclass

import pandas as pd

from experiments.statistics.verdicts import LIMIT, sign_under_laws

THREEFOLD = 3.0
SAID = {
    "en": {
        "nothing": "known: practically nothing, whatever the law of trust",
        "known": "known: same sign, and size within a factor of three, under all laws of trust",
        "not": "open: ",
        "and": " and ",
        "turns": "the sign turns (up in {up}, down in {down} of {cells} laws of trust)",
        "open": "the sign is not settled in {open} of {cells} laws of trust",
        "varies": "the size varies more than threefold",
    },
    "es": {
        "nothing": "se sabe: prácticamente nada, sea cual sea la ley de la confianza",
        "known": "se sabe: mismo signo, y tamaño dentro de un factor de tres, con toda ley de la confianza",
        "not": "en duda: ",
        "and": " y ",
        "turns": "el signo cambia (sube en {up} y baja en {down} de {cells} leyes de la confianza)",
        "open": "el signo queda en duda en {open} de {cells} leyes de la confianza",
        "varies": "el tamaño varía más del triple",
    },
}


@dataclass(frozen=True)
class LawVerdict:
    """Effects on one measure under all laws of trust: how many surely rise, fall, stay within delta, or are open.

    ``low`` and ``high`` are the least and greatest limit of their intervals; ``sign`` is known, turns or open.
    """

    cells: int
    up: int
    down: int
    none: int
    open: int
    low: float
    high: float
    sign: str

    @property
    def varies(self) -> bool:
        """True if the size may vary more than threefold: by the limits of the intervals."""
        least, most = sorted((abs(self.low), abs(self.high)))
        return self.sign != "known" or most > THREEFOLD * least

    @property
    def known(self) -> bool:
        """True if every law leaves the same sign and much the same size, or practically nothing."""
        return self.none == self.cells or (self.sign == "known" and not self.varies)


def crossed(laws: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in which memory and asymmetry alone differ from the centre: all of an older folder."""
    return laws[laws["also"] == ""] if "also" in laws else laws


def corners(laws: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in which something else differs from the centre."""
    return laws.drop(crossed(laws).index)


def verdict(grid: pd.DataFrame) -> LawVerdict:
    """Return the verdict on one measure of one arm from its rows of the grid."""
    effect, settled = grid["effect"], grid["p"] <= LIMIT
    inside = (grid["low"] >= -grid["delta"]) & (grid["high"] <= grid["delta"])
    up, down = (int((settled & (sign * effect > 0.0)).sum()) for sign in (1, -1))
    return LawVerdict(
        cells=len(grid),
        up=up,
        down=down,
        none=int(inside.sum()),
        open=len(grid) - up - down,
        low=float(grid["low"].min()),
        high=float(grid["high"].max()),
        sign=sign_under_laws(list(effect), list(grid["p"])),
    )


def sentence(one: LawVerdict, language: str = "en") -> str:
    """Return in one sentence whether an effect is known, and why not."""
    said = SAID[language]
    if one.known:
        return said["nothing" if one.none == one.cells else "known"]
    turns = one.sign == "turns"
    unsure = one.open or (min(one.up, one.down) if one.sign == "open" else 0)
    true = {"turns": turns, "open": unsure > 0, "varies": one.sign == "known" and one.varies}
    counts = {"up": one.up, "down": one.down, "open": unsure, "cells": one.cells}
    return said["not"] + said["and"].join(said[name].format(**counts) for name, holds in true.items() if holds)
