"""The table of cell sizes states levels of every size, and effects with intervals that hold them."""

import re

import pytest

from experiments.dev.examinations.cell_sizes import MEANS, SIZES, SUMS, lines

SMALL = ["population.scale=0.05", "calendar.warm_up=0"]
EFFECT = re.compile(r"([+-][\d.]+) % \[([+-][\d.]+), ([+-][\d.]+)\]")


@pytest.mark.thorough
def test_every_size_has_its_own_town_and_all_measures() -> None:
    told = list(lines("villa_canales", SMALL, 0.1, 2))
    populated = [int(line.split()[4].replace(",", "")) for line in told if line.startswith("cells of")]
    assert len(populated) == len(SIZES)
    assert populated == sorted(populated, reverse=True)
    assert populated[0] > populated[-1]
    rows = [line for line in told if line.startswith("  ")]
    assert len(rows) == len(SIZES) * len(SUMS | MEANS)
    effects = {row: [float(n) for n in found.groups()] for row in rows if (found := EFFECT.search(row))}
    assert len(effects) > len(SIZES)
    assert all(low <= effect <= high for effect, low, high in effects.values())
    seen = [effect for row, (effect, _, _) in effects.items() if "patrol seen" in row]
    assert len(seen) == len(SIZES)
    assert all(effect > 0.0 for effect in seen), "half as many couples more are seen more"
