"""Whether an effect is known: how it stands over the laws of trust that no Guatemalan datum tells apart."""

from dataclasses import dataclass

import pandas as pd

THREEFOLD = 3.0
SAID = {
    "en": {
        "nothing": "known: no effect at all, whatever the law of trust",
        "known": "known: same sign, and size within a factor of three, under all laws of trust",
        "not": "not known: ",
        "and": " and ",
        "turns": "the sign turns (up in {up}, down in {down} of {cells} laws of trust)",
        "open": "the sign is not settled in {open} of {cells} laws of trust",
        "varies": "the size varies more than threefold",
    },
    "es": {
        "nothing": "se sabe: no hay ningún efecto, sea cual sea la ley de la confianza",
        "known": "se sabe: mismo signo, y tamaño dentro de un factor de tres, con toda ley de la confianza",
        "not": "no se sabe: ",
        "and": " y ",
        "turns": "el signo cambia (sube en {up} y baja en {down} de {cells} leyes de la confianza)",
        "open": "el signo queda en duda en {open} de {cells} leyes de la confianza",
        "varies": "el tamaño varía más del triple",
    },
}


@dataclass(frozen=True)
class Verdict:
    """What the laws of trust say about one effect."""

    cells: int
    up: int
    down: int
    none: int
    open: int
    low: float
    high: float

    @property
    def turns(self) -> bool:
        """Whether the sign turns somewhere."""
        return self.up > 0 and self.down > 0

    @property
    def varies(self) -> bool:
        """Whether the size varies more than threefold."""
        least, most = sorted((abs(self.low), abs(self.high)))
        return self.turns or most > THREEFOLD * least

    @property
    def known(self) -> bool:
        """Whether sign and size can be told whatever the law of trust is."""
        return self.none == self.cells or not (self.turns or self.varies or self.open)


def crossed(laws: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in which memory and asymmetry alone differ from the centre: all of an older folder."""
    return laws[laws["also"] == ""] if "also" in laws else laws


def corners(laws: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in which something else differs from the centre."""
    return laws.drop(crossed(laws).index)


def verdict(grid: pd.DataFrame) -> Verdict:
    """Return the verdict on one measure of one arm from its rows of the grid."""
    effect, low, high = grid["effect"], grid["low"], grid["high"]
    nothing = (effect == 0.0) & (low == 0.0) & (high == 0.0)
    return Verdict(
        cells=len(grid),
        up=int((low > 0.0).sum()),
        down=int((high < 0.0).sum()),
        none=int(nothing.sum()),
        open=int((~nothing & ~(low > 0.0) & ~(high < 0.0)).sum()),
        low=float(effect.min()),
        high=float(effect.max()),
    )


def sentence(one: Verdict, language: str = "en") -> str:
    """Return in one sentence whether an effect is known, and why not."""
    said = SAID[language]
    if one.known:
        return said["nothing" if one.none == one.cells else "known"]
    true = {"turns": one.turns, "open": one.open > 0, "varies": one.varies and not one.turns}
    counts = {"up": one.up, "down": one.down, "open": one.open, "cells": one.cells}
    return said["not"] + said["and"].join(said[name].format(**counts) for name, holds in true.items() if holds)
