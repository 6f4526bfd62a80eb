"""The coordinator of a sweep keeps no run in memory once it is on the disk."""

import subprocess
import sys
from pathlib import Path

import pytest
from stub_runs import STUDY
from systems import needs_linux

SWEEP = """
import re, sys
from pathlib import Path
from experiments.cli import app as cli
if __name__ == "__main__":
    assert cli.run_program(["sweep", sys.argv[1], "--yes", "--workers", "2", "--out", sys.argv[2]]) == 0
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
    print(int(peak[1]) / 1024)
"""


def peak(folder: Path, seeds: int) -> float:
    """Return the megabytes that the coordinator had at most over four worlds for each seed."""
    folder.mkdir()
    study = folder / "study.toml"
    text = STUDY.format(seeds=seeds, vary='"trust.fast_days" = [4.0, 8.0]', more="")
    study.write_text(text.replace("years = 0.1", "years = 0.02"), encoding="utf-8")
    (folder / "sweep.py").write_text(SWEEP, encoding="utf-8")
    words = [sys.executable, str(folder / "sweep.py"), str(study), str(folder / "out")]
    return float(subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()[-1])


@pytest.mark.slow
@needs_linux
def test_memory_of_the_coordinator_is_the_same_for_twenty_and_for_five_hundred_runs(tmp_path, record_property):
    few, many = peak(tmp_path / "few", 5), peak(tmp_path / "many", 125)
    record_property("cases", 520)
    record_property("measured", f"coordinator of a sweep: {few:.0f} MB at most in 20 runs, {many:.0f} MB in 500")
    assert few > 50.0
    assert many - few < 40.0
