"""Read the TOML files that lie beside modules: texts, rules and tables that are stated, not computed."""

import tomllib
from pathlib import Path
from typing import Any


def toml_beside(module: str, name: str = "") -> dict[str, Any]:
    """Return the TOML file that lies beside a module, of its name unless another is given.

    Parameters
    ----------
    module
        ``__file__`` of the module.
    """
    file = Path(module).with_name(name) if name else Path(module).with_suffix(".toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
