"""Count what one person does on a page: each click, and each field that is filled in or chosen from, is an action."""

import contextlib
from collections.abc import Iterator
from typing import Any

MOST = 4
"""Actions that a task may take."""


class Person:
    """A page in the hands of one person; all but what is counted is the page's own."""

    def __init__(self, page: Any) -> None:
        self.page, self.actions = page, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.page, name)

    def click(self, selector: str) -> None:
        """Click the first element that a selector names."""
        self.actions += 1
        self.page.locator(selector).first.click()

    def fill(self, selector: str, text: str) -> None:
        """Write into a field, and leave it."""
        self.actions += 1
        self.page.fill(selector, text)
        self.page.locator(selector).blur()

    def choose(self, selector: str, label: str) -> None:
        """Choose an entry of a list."""
        self.actions += 1
        self.page.locator(selector).select_option(label=label)

    def key(self, selector: str, name: str) -> None:
        """Press a key on an element."""
        self.actions += 1
        self.page.locator(selector).press(name)

    @contextlib.contextmanager
    def task(self) -> Iterator[None]:
        """Let the person do a task, which may take no more than `MOST` actions and takes one at least."""
        before = self.actions
        yield
        assert 0 < self.actions - before <= MOST
