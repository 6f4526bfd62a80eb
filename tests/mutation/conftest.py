"""Order of the tests that run against mutants."""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the short runs of a town come last: most mutants are killed before."""
    items.sort(key=lambda item: item.path.stem == "small_town")
