"""Judge if an effect is known under all laws of trust that no Guatemalan datum tells apart."""

from dataclasses import dataclass

import pandas as pd

from experiments.statistics.verdicts import LIMIT, sign_under_laws

THREEFOLD = 3.0


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


def crossed_laws(laws: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in which memory and asymmetry alone differ from the centre: all of an older folder."""
    return laws[laws["also"] == ""] if "also" in laws else laws


def corner_laws(laws: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in which something else differs from the centre."""
    return laws.drop(crossed_laws(laws).index)


def verdict(grid: pd.DataFrame) -> LawVerdict:
    """Return the verdict on one measure of one arm from its rows of the grid."""
    effect, settled = grid["effect"], grid["p"] <= LIMIT
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
