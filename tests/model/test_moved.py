"""Former module names still work, and say where the module is now."""

import importlib
import re
import sys

import pytest

from model.moved import MOVED


@pytest.mark.parametrize("old", MOVED)
def test_a_former_name_gives_the_new_module_with_a_warning(old: str) -> None:
    sys.modules.pop(old, None)
    told = f"{old} is now {MOVED[old]}; the old name goes with version 0.4"
    with pytest.warns(DeprecationWarning, match=re.escape(told)):
        found = importlib.import_module(old)
    assert found is sys.modules[MOVED[old]]
    assert found.__spec__ is not None
    assert found.__spec__.name == found.__name__ == MOVED[old]


def test_a_name_that_never_was_is_still_unknown() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"model\.nothing"):
        importlib.import_module("model.nothing")
