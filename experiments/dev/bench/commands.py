"""Measure whole commands: a first run with an empty cache, and the study `question` with two workers."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from experiments.dev.bench.fresh import SITE, timed
from experiments.storage.result_tables import STATUS_QUO
from experiments.studies.study import find_study, read_study
from experiments.studies.study_jobs import count_of

WORKERS = 2


def command_seconds(*words: str, **env: str) -> float:
    """Return the seconds of a command of the program, start-up included; raise RuntimeError if it fails."""
    program = [sys.executable, "-c", "import sys; from experiments.cli import main; sys.exit(main())", *words]

    def work() -> None:
        finished = subprocess.run(program, env=os.environ | env, capture_output=True, encoding="utf-8", check=False)
        if finished.returncode:
            raise RuntimeError(f"measuring {' '.join(words)} failed:\n{finished.stderr}")

    return timed(work)


def first_run_seconds() -> float:
    """Return the seconds of a run of one year of the site with an empty cache of compiled code."""
    with tempfile.TemporaryDirectory() as place:
        words = ("run", SITE, "--policy", STATUS_QUO, "--years", "1", "--out", f"{place}/run")
        return command_seconds(*words, CONFIANZA_CACHE=f"{place}/cache")


def question_seconds(seeds: int) -> tuple[float, int, float]:
    """Return seconds, number of runs and total reported years of the study `question` with a number of seeds."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "question.toml"
        text = find_study("question").read_text(encoding="utf-8")
        file.write_text(re.sub(r"(?m)^seeds = \d+", f"seeds = {seeds}", text), encoding="utf-8")
        study = read_study(file)
        words = ("sweep", str(file), "--workers", str(WORKERS), "--yes", "--out", f"{place}/out")
        return command_seconds(*words), count_of(study), count_of(study) * study.years
