"""Keep finished worlds of the decision view in files; memory holds only those in use."""

import pickle
import threading
from collections import OrderedDict
from pathlib import Path
from weakref import WeakValueDictionary

from experiments.comparison.twin_results import WorldResult

MAX_KEPT = 96
"""Number of worlds kept, of about 1 MB each."""


class KeptWorlds:
    """Finished worlds by run; the oldest are deleted first. No other server uses the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: OrderedDict[str, Path] = OrderedDict()
        self.shown: WeakValueDictionary[str, WorldResult] = WeakValueDictionary()
        self.lock = threading.Lock()

    def add(self, result: WorldResult) -> None:
        """Write a world to a file, and delete the oldest beyond `MAX_KEPT`."""
        self.folder.mkdir(exist_ok=True)
        path = self.folder / result.run
        path.write_bytes(pickle.dumps(result))
        with self.lock:
            self.shown[result.run] = result
            self.files[result.run] = path
            while len(self.files) > MAX_KEPT:
                self.files.popitem(last=False)[1].unlink()

    def get(self, run: str) -> WorldResult | None:
        """Return a world, the same object for all users; None if it is not kept."""
        with self.lock:
            result = self.shown.get(run)
            if result is None and run in self.files:
                result = self.shown[run] = pickle.loads(self.files[run].read_bytes())
            return result
