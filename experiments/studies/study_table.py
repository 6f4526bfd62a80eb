"""Tables of a study file: read values, or raise an error of one line."""

from collections.abc import Mapping
from typing import Any, Self

from model.engine.errors import InputError, suggest_nearest


class StudyTable:
    """A table of a study file; its errors contain the name of the file."""

    def __init__(self, file: str, values: Mapping[str, Any], name: str = "") -> None:
        self.file, self.values, self.name = file, values, name

    def error(self, message: str) -> InputError:
        """Return an error that names the file and the table."""
        return InputError(f"{self.file}: {self.name}{'.' * bool(self.name)}{message}")

    def check_keys(self, keys: tuple[str, ...]) -> None:
        """Raise InputError for an unknown key."""
        for key in self.values:
            if key not in keys:
                kind = "in a study" if not self.name else f"in [{self.name}]"
                raise InputError(f"{self.file}: no key '{key}' {kind}{suggest_nearest(key, keys)}")

    def table(self, key: str) -> Self:
        """Return a nested table."""
        values = self.values.get(key, {})
        if not isinstance(values, Mapping):
            raise self.error(f"{key} must be a table, got {values!r}")
        return type(self)(self.file, values, key)

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        """Return a whole number within limits."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.error(f"{key} must be a whole number from {low} to {high}, got {value!r}")
        return value

    def word(self, key: str, default: str, known: tuple[str, ...]) -> str:
        """Return one of the known words."""
        value = self.values.get(key, default)
        if value not in known:
            raise self.error(f"{key} knows {', '.join(known)}, got {value!r}{suggest_nearest(str(value), known)}")
        return str(value)

    def words(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """Return a list of names."""
        value = self.values.get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.error(f"{key} must be a list of names, got {value!r}")
        return tuple(value)
