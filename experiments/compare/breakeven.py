"""Whether an effect is known: how it stands over memory and asymmetry, which no Guatemalan datum identifies."""

from dataclasses import dataclass

import pandas as pd

THREEFOLD = 3.0


@dataclass(frozen=True)
class Verdict:
    """What the grid of memory and asymmetry says about one effect."""

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
        """Whether sign and size can be told whatever memory and asymmetry are."""
        return self.none == self.cells or not (self.turns or self.varies or self.open)


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
    return (english if language == "en" else spanish)(one)


def english(one: Verdict) -> str:
    """Say it in English."""
    if one.none == one.cells:
        return "known: no effect at all, whatever memory and asymmetry are"
    if one.known:
        return "known: same sign, and size within a factor of three, for all memories and asymmetries"
    reasons = []
    if one.turns:
        reasons.append(f"the sign turns (up in {one.up}, down in {one.down} of {one.cells} combinations)")
    if one.open:
        reasons.append(f"the sign is not settled in {one.open} of {one.cells} combinations")
    if one.varies and not one.turns:
        reasons.append("the size varies more than threefold")
    return f"not known: {' and '.join(reasons)}"


def spanish(one: Verdict) -> str:
    """Say it in Spanish."""
    if one.none == one.cells:
        return "se sabe: no hay ningún efecto, sea cual sea la memoria y el peso de lo malo"
    if one.known:
        return "se sabe: mismo signo, y tamaño dentro de un factor de tres, con toda memoria y peso de lo malo"
    reasons = []
    if one.turns:
        reasons.append(f"el signo cambia (sube en {one.up} y baja en {one.down} de {one.cells} combinaciones)")
    if one.open:
        reasons.append(f"el signo queda en duda en {one.open} de {one.cells} combinaciones")
    if one.varies and not one.turns:
        reasons.append("el tamaño varía más del triple")
    return f"no se sabe: {' y '.join(reasons)}"
