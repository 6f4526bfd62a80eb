"""Design of `reproduce`: random steps of the levers, blocks that share what they should."""

import re
from collections import Counter
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from experiments.cli.options import QuickAnswer
from experiments.comparison.decision_measures import measures
from experiments.reproduce.design import ReproduceDesign, design_of
from experiments.reproduce.lever_steps import SINGLES, random_steps, shares_of, write_setting
from experiments.reproduce.plan import STATUS_QUO, ReproduceSize, plan
from model.engine.errors import InputError
from model.engine.policies import parameter_rows
from scenarios import accounts, load

ROOT = Path(__file__).parents[3]
SMALL = ReproduceSize(
    draws=2,
    points=1,
    loop=1,
    cuts=1,
    long=1,
    years=1,
    long_years=3,
    levels=False,
    set={"population.scale": 0.05},
)


def test_steps_fill_all_levers_and_every_fifth_setting_moves_one() -> None:
    settings = random_steps(np.random.default_rng(2).random((400, len(measures()))))
    for lever in measures():
        counted = Counter(one[lever.name] for one in settings if len(one) > 1)
        assert sorted(counted) == list(range(len(lever.steps)))
        singles = {one[lever.name] for one in settings[::SINGLES] if lever.name in one}
        assert singles == set(range(len(lever.steps))) - {lever.today}
    assert all(len(one) == 1 for one in settings[::SINGLES])


def test_a_setting_is_the_policy_of_its_steps(tmp_path: Path) -> None:
    steps = {"visits": 3, "means": 2}
    scenario = load("villa_canales", policies=[str(write_setting(tmp_path, "some", steps))])
    assert parameter_rows(scenario, "practices", scenario.start)["order_team"][0] == 1.0
    usual = load("villa_canales")["roster"].gallons
    assert parameter_rows(scenario, "roster", scenario.start)["gallons"][0] == pytest.approx(1.5 * usual)
    assert shares_of(steps) == shares_of({}) | {"visits": 1.0, "means": 2.0 / 3.0}


def test_blocks_share_draw_seed_and_account_and_differ_in_policies(tmp_path: Path) -> None:
    design = ReproduceDesign(plan(), SMALL)
    specs = design.specs(design.blocks[0], tmp_path)
    assert len({spec.run for spec in specs.values()}) == len(specs) == 8
    assert len({(spec.seed, spec.overrides, spec.town) for spec in specs.values()}) == 1
    assert specs[STATUS_QUO].policies == ()
    assert specs["everything"].policies == ("mopsic_full", "reporting_support", "resources_only")


def test_the_first_half_of_the_blocks_has_about_half_of_every_kind_at_both_sites() -> None:
    design = ReproduceDesign(plan(), plan().size("whole"))
    blocks = design.blocks
    of_all, of_half = (Counter((one.site, one.kind) for one in some) for some in (blocks, blocks[: len(blocks) // 2]))
    assert len(of_all) == 12
    assert all(abs(of_half[key] - number / 2) <= 2 for key, number in of_all.items())


def test_loop_blocks_are_alike_but_for_the_account(tmp_path: Path) -> None:
    design = ReproduceDesign(plan(), SMALL)
    uncut, cut = (block for block in design.blocks if block.kind == "loop" and block.site == "villa_canales")
    assert (uncut.draw, uncut.seed, uncut.packages) == (cut.draw, cut.seed, cut.packages)
    settings = accounts.read(cut.account)
    changed = dict(design.specs(cut, tmp_path)[STATUS_QUO].overrides)
    assert settings
    assert all(float(changed[name]) == value for name, value in settings.items())


def test_every_draw_has_numbers_of_its_own_within_their_ranges() -> None:
    design = ReproduceDesign(plan(), SMALL)
    first, second = design.parameter_values("villa_canales", 0), design.parameter_values("villa_canales", 1)
    assert len(first) > 700
    assert sum(first[name] != second[name] for name in first) > 0.9 * len(first)
    assert all(span.low <= first[name] <= span.high for name, span in design.ranges["villa_canales"].items())


def test_the_help_states_times_that_hold_on_two_cores() -> None:
    measured = (ROOT / "results/reference/reproduce/README.md").read_text(encoding="utf-8")
    found = re.search(r"([\d,]+) of the runs took (\d+)\s+minutes of two cores", measured)
    assert found is not None
    runs_a_minute = int(found[1].replace(",", "")) / int(found[2])
    stated = re.search(r"about (\d+) minutes on two cores instead of (\d+) hours", get_args(QuickAnswer)[1].help)
    assert stated is not None
    for size, minutes in (("quick", int(stated[1])), ("whole", 60 * int(stated[2]))):
        needed = sum(len(block.arms) for block in design_of(size).blocks) / runs_a_minute
        assert 0.4 * minutes < needed < minutes, size


def test_a_pair_is_found_by_its_name_and_an_unknown_one_is_refused() -> None:
    design = ReproduceDesign(plan(), SMALL)
    block, arm = design.find_pair(f"{design.blocks[0].name}:everything")
    assert (block, arm) == (design.blocks[0], "everything")
    with pytest.raises(InputError, match="no block 'villa_canales-draws-9-present_law'"):
        design.find_pair("villa_canales-draws-9-present_law:everything")
    with pytest.raises(InputError, match="has no run 'everythin'"):
        design.find_pair(f"{design.blocks[0].name}:everythin")
    with pytest.raises(InputError, match=r"SITE-KIND-DRAW-ACCOUNT:ARM, got 'x:y'"):
        design.find_pair("x:y")
