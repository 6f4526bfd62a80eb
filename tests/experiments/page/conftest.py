"""Server of a small town for all tests that look at the page, and a browser for each file of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from chromium import chromium, small_town


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a small town; return the address of the views of its pairs."""
    with small_town(tmp_path_factory.mktemp("page")) as address:
        yield f"{address}towns"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start a browser."""
    with chromium() as started:
        yield started
