"""Run a command of this project on a machine that has nothing but Python: `python3 run.py confianza --help`.

Uses uv where there is one, else puts uv into .uv/, else makes .venv with pip from the locked requirements.
Standard library only, and readable by an old Python, with which uv still finds or fetches a newer one.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OWN_UV = ROOT / ".uv"
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / ".ci" / "requirements.txt"
MARK = VENV / "requirements.txt"
BIN = "Scripts" if os.name == "nt" else "bin"
EXE = ".exe" if os.name == "nt" else ""
OLDEST = (3, 12)
USAGE = "usage: python3 run.py COMMAND [ARGUMENT…], for example: python3 run.py confianza run villa_canales"


def say(message: str) -> None:
    """Tell progress on stderr, so that stdout holds nothing but the results."""
    print(message, file=sys.stderr, flush=True)


def found_uv() -> str | None:
    """Return the uv to use: from PATH, else from .uv/, else None."""
    own = OWN_UV / BIN / ("uv" + EXE)
    on_path = shutil.which("uv")
    return next((uv for uv in (on_path, str(own)) if uv and works(uv)), None)


def works(uv: str) -> bool:
    """Tell whether this uv starts; a shim or an interrupted download may not."""
    try:
        return subprocess.run([uv, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def fetched_uv() -> str | None:
    """Put uv into .uv/ with pip and return it, or None where that fails."""
    if importlib.util.find_spec("pip") is None:
        return None
    say("uv is not installed: putting it into .uv/ (once)")
    target = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", str(OWN_UV), "uv"]
    subprocess.run(target, stdout=sys.stderr, check=False)
    return found_uv()


def with_uv(uv: str, command: list[str]) -> int:
    """Run the command in the environment that uv keeps in step with uv.lock."""
    return subprocess.run([uv, "run", "--project", str(ROOT), "--locked", *command], check=False).returncode


def without_uv(command: list[str]) -> int:
    """Run the command in .venv, which pip fills from the locked requirements."""
    if sys.version_info < OLDEST:
        has = ".".join(str(number) for number in sys.version_info[:2])
        say(f"run.py: Python 3.12 or newer is needed where uv cannot be installed; this is {has}")
        return 2
    if importlib.util.find_spec("ensurepip") is None:
        say("run.py: this Python has neither pip nor ensurepip; install uv, or pip and venv for this Python")
        return 2
    if not filled():
        say("uv cannot be installed: filling .venv with pip (once; some minutes)")
        fill()
    program = shutil.which(command[0], path=str(VENV / BIN)) or command[0]
    path = str(VENV / BIN) + os.pathsep + os.environ.get("PATH", "")
    return subprocess.run([program, *command[1:]], env=dict(os.environ, PATH=path), check=False).returncode


def filled() -> bool:
    """Tell whether .venv was filled from these very requirements."""
    return MARK.exists() and MARK.read_bytes() == REQUIREMENTS.read_bytes()


def fill() -> None:
    """Make .venv and install the locked requirements and the project in it."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    pip = [str(VENV / BIN / ("python" + EXE)), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--require-hashes", "-r", str(REQUIREMENTS)], stdout=sys.stderr, check=True)
    subprocess.run([*pip, "--no-deps", "--editable", str(ROOT)], stdout=sys.stderr, check=True)
    shutil.copy(REQUIREMENTS, MARK)


def main(command: list[str]) -> int:
    """Return the exit code of the command, run in the project's environment."""
    if not command or command[0] in ("-h", "--help"):
        say(USAGE)
        return 0 if command else 2
    uv = found_uv() or (None if filled() else fetched_uv())
    try:
        return with_uv(uv, command) if uv else without_uv(command)
    except KeyboardInterrupt:
        return 130
    except (OSError, subprocess.CalledProcessError) as reason:
        say(f"run.py: {reason}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
