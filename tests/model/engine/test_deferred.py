"""Mesa is imported without the packages that no world uses, and brings them to whoever uses its other parts."""

import subprocess
import sys
from types import ModuleType

import pytest

from model.engine.deferred import DeferredModule, deferred_imports

UNUSED = ("pandas", "networkx", "scipy.optimize", "scipy.sparse", "scipy.spatial")
SCRIPT = f"""
import sys
from model.simulation.model import TrustModel
loaded = [name for name in {UNUSED} if name in sys.modules]
assert not loaded, loaded
import mesa
assert TrustModel.__mro__[1] is mesa.Model
grid = mesa.discrete_space.OrthogonalMooreGrid((2, 2))
assert len(list(grid.all_cells)) == 4
class Walker(mesa.Agent): pass
frame = Walker.create_agents(mesa.Model(), 3).to_list() and mesa.agent.pd.DataFrame({{"a": [1]}})
import pandas
assert isinstance(frame, pandas.DataFrame) and sys.modules["pandas"] is pandas
"""


@pytest.mark.thorough
def test_the_model_is_imported_without_what_no_world_uses() -> None:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_deferred_module_is_loaded_at_first_use_and_imports_after_the_block_are_ordinary() -> None:
    name = "wave"
    sys.modules.pop(name, None)
    with deferred_imports(name):
        import wave as early

        assert type(early) is DeferredModule
        assert not hasattr(early, "__file__")
    assert name not in sys.modules
    assert early.Error.__module__ == name
    import wave as late

    assert type(late) is ModuleType
    assert early.Error is late.Error


def test_modules_that_are_loaded_already_stay() -> None:
    import wave

    with deferred_imports("wave"):
        assert sys.modules["wave"] is wave
