"""The simulation: no files, no screen, no processes.

Importing this package chooses the folder in which compiled kernels are kept (`model.engine.fingerprint`).
"""

from typing import Any

from model.engine.fingerprint import fingerprint, select_cache_folder

__all__ = ["TrustModel", "fingerprint"]

select_cache_folder()


def __getattr__(name: str) -> Any:
    """Give `TrustModel` when it is asked for, since Mesa takes half a second to import."""
    if name == "TrustModel":
        from model.simulation.model import TrustModel

        return TrustModel
    raise AttributeError(f"module 'model' has no attribute {name!r}")
