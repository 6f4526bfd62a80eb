"""Make this machine like one with Windows, for our own files: run by `test_portable` before anything else is."""

import builtins
import multiprocessing
import os
import signal
import warnings
from pathlib import Path
from typing import Any

OURS = tuple(str(Path(__file__).parents[3] / name) + os.sep for name in ("model", "scenarios", "experiments"))
MODULES = ("fcntl", "resource", "termios", "tty", "pty", "pwd", "grp", "syslog")
CALLS = {
    os: ("fork", "forkpty", "killpg", "setsid", "getuid", "sched_getaffinity"),
    signal: ("pthread_sigmask", "pthread_kill", "alarm", "setitimer", "SIGHUP", "SIGKILL", "SIGUSR1"),
}
LEFT = {(os, "getuid"), (signal, "SIGKILL")}
"""What the standard library itself takes for granted here."""
original = builtins.__import__


def only_what_is_everywhere(name: str, *rest: Any, **named: Any) -> Any:
    """Import a module, unless one of our files asks for one that only Unix has."""
    asking = (rest[0] or {}).get("__file__", "") if rest else ""
    if name.partition(".")[0] in MODULES and str(asking).startswith(OURS):
        raise ModuleNotFoundError(f"No module named '{name}' (asked for by {asking})")
    return original(name, *rest, **named)


builtins.__import__ = only_what_is_everywhere
for module, names in CALLS.items():
    for name in names:
        if hasattr(module, name) and (module, name) not in LEFT:
            delattr(module, name)
multiprocessing.set_start_method("spawn")
# in which letters a file is read must be said: Windows has others by itself
warnings.filterwarnings("error", category=EncodingWarning, module=r"(model|scenarios|experiments)\b")
