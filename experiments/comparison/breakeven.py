"""Judge whether an effect is robust to the law of trust, among the laws that Guatemalan data cannot tell apart."""

from dataclasses import dataclass

import pandas as pd

from experiments.statistics.verdicts import ALPHA, sign_under_laws

MAX_SIZE_RATIO = 3.0


@dataclass(frozen=True)
class LawVerdict:
    """Verdict on one measure over all laws of trust, with counts of laws by their result.

    ``cells`` is the number of laws. ``up`` and ``down`` count significant effects, ``open`` all others, and ``none``
    intervals within delta. ``low`` and ``high`` are the extreme limits of the intervals; ``sign`` is known, turns or
    open (`sign_under_laws`).
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
        """True if the sign is not known, or the limits of the intervals differ more than threefold in size."""
        least, most = sorted((abs(self.low), abs(self.high)))
        return self.sign != "known" or most > MAX_SIZE_RATIO * least

    @property
    def known(self) -> bool:
        """True if all laws agree on the sign and roughly on the size, or all effects are negligible."""
        return self.none == self.cells or (self.sign == "known" and not self.varies)


def crossed_laws(laws: pd.DataFrame) -> pd.DataFrame:
    """Return the grid of memory and asymmetry: rows in which nothing else changes, all in older tables."""
    return laws[laws["also"] == ""] if "also" in laws else laws


def corner_laws(laws: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in which something besides memory and asymmetry differs from the central law."""
    return laws.drop(crossed_laws(laws).index)


def verdict(grid: pd.DataFrame) -> LawVerdict:
    """Return the verdict on one measure of one arm from its rows under all laws."""
    effect, settled = grid["effect"], grid["p"] <= ALPHA
    inside = (grid["low"] >= -grid["delta"]) & (grid["high"] <= grid["delta"])
    up, down = (int((settled & beyond).sum()) for beyond in (effect > 0.0, effect < 0.0))
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
