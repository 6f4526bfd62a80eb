"""Read the TOML files beside modules: texts, rules and tables."""

import tomllib
from pathlib import Path
from typing import Any


def toml_beside(module: str, name: str = "") -> dict[str, Any]:
    """Return the content of a TOML file beside a module, by default the one with the name of the module.

    Parameters
    ----------
    module
        ``__file__`` of the module.
    """
    file = Path(module).with_name(name) if name else Path(module).with_suffix(".toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
