"""Ctrl-C, SIGTERM and a lost connection: one line and 128 plus the signal, at every moment of every command."""

import ctypes
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from systems import listening, needs_signals

from experiments.cli import app as cli
from experiments.execution import interruption

pytestmark = [pytest.mark.thorough, needs_signals]
ROOT = Path(__file__).parents[3]
MAIN = "from experiments.cli import main\nif __name__ == '__main__': main()"
PLANNING = "import sys, time; from experiments.execution import run_requests\n"
PLANNING += (
    "run_requests.plan_runs = lambda *_, **__: (print('planning', file=sys.stderr, flush=True), time.sleep(60))\n"
)
SMALL = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0")
LONG = ("run", "baseline", *SMALL, "--years", "20", "--replicates", "4")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_S = 2.0
"""Seconds until a program has ended: half a second where nothing else runs."""


def interrupted(words, sent, mark, program=MAIN):
    """Start a command, send it a signal once it says a word; return its exit code, last line and seconds."""
    process = listening([sys.executable, "-c", program, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    assert any(mark in line for line in process.stderr)
    process.send_signal(sent)
    begun = time.monotonic()
    _, told = process.communicate(timeout=60)
    assert "Traceback" not in told
    return process.returncode, told.splitlines()[-1], time.monotonic() - begun


@pytest.fixture(autouse=True)
def _place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(name="interrupt")
def _interrupt(record_property):
    """Return `interrupted`, which puts the seconds on record."""

    def recorded(*given, **named):
        found = interrupted(*given, **named)
        record_property("ended", found[-1])
        return found

    return recorded


@pytest.mark.parametrize("sent", SIGNALS)
def test_before_computing(sent, interrupt):
    code, line, seconds = interrupt(LONG, sent, "planning", PLANNING + MAIN)
    assert (code, line) == (128 + sent, "confianza: interrupted")
    assert seconds < PATIENCE_S


@pytest.mark.parametrize("sent", [signal.SIGTERM, *(pytest.param(one, marks=pytest.mark.slow) for one in SIGNALS[::2])])
@pytest.mark.parametrize("workers", [pytest.param("1", marks=pytest.mark.slow), "2"])  # one: `test_runs`
def test_while_computing(sent, workers, interrupt):
    code, line, seconds = interrupt((*LONG, "--workers", workers), sent, "%")
    assert (code, line) == (128 + sent, "confianza: interrupted; no run was finished, so nothing was written")
    assert seconds < PATIENCE_S


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        (("check", "baseline"), signal.SIGINT),
        pytest.param(
            ("check", "baseline", "--replicates", "3", "--workers", "2"), signal.SIGTERM, marks=pytest.mark.slow
        ),
        (("verify", "made"), signal.SIGINT),
        pytest.param(("verify", "made"), signal.SIGTERM, marks=pytest.mark.slow),
    ],
)
def test_check_and_verify_say_that_they_were_interrupted(words, sent, interrupt):
    if words[0] == "verify":
        assert cli.run_program(["run", "baseline", *SMALL, "--years", "8", "--out", "made"]) == 0
    code, line, seconds = interrupt(words, sent, "%")
    assert (code, line) == (128 + sent, "confianza: interrupted")
    assert seconds < PATIENCE_S


@pytest.mark.slow
@pytest.mark.parametrize("sent", SIGNALS[:2])
def test_the_page_says_that_it_was_interrupted(sent, interrupt):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    code, line, seconds = interrupt(("view", "baseline", "--port", port), sent, "the page is at")
    assert (code, line) == (128 + sent, "confianza: interrupted")
    assert seconds < PATIENCE_S


def test_an_interruption_of_verify_is_none_of_a_comparison_that_goes_on(monkeypatch, capsys):
    twins = ["compare", "status_quo", "resources_only", "--scenario", "baseline", *SMALL, "--years", "0.1"]
    assert cli.run_program([*twins, "--replicates", "2", "--out", "made"]) == 0
    monkeypatch.setattr("experiments.report.verify.compare", lambda request, workers, out: (out, True))
    capsys.readouterr()
    assert cli.run_program(["verify", "made"]) == 130
    assert capsys.readouterr().err == "confianza: interrupted\n"


def test_handlers_are_put_back_and_what_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    others = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGHUP)}
    try:
        with interruption.handle_signals():
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGHUP) is interruption.interrupt
        assert {one: signal.getsignal(one) for one in others} == others
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("sent", SIGNALS)
def test_a_signal_that_comes_while_a_library_calls_back_ends_in_one_line(sent, monkeypatch, capsys):
    def compile_kernel(*_, **__):
        ctypes.CFUNCTYPE(None)(lambda: signal.raise_signal(sent))()  # the interruption cannot leave the callback
        raise RuntimeError("no compiled object yet")

    monkeypatch.setattr(cli, "app", compile_kernel)
    hook = sys.unraisablehook
    assert cli.run_program(["run"]) == 128 + sent
    assert capsys.readouterr().err == "confianza: interrupted\n"
    assert sys.unraisablehook is hook


def test_a_program_that_a_test_starts_hears_every_signal():
    look = f"import signal; print([signal.getsignal(one) == signal.SIG_IGN for one in {[*map(int, SIGNALS)]}])"
    assert subprocess.check_output([sys.executable, "-c", look], text=True) == "[False, False, False]\n"


def test_a_run_of_the_tests_in_the_background_ends_as_in_the_foreground():
    chosen = "hears_every or put_back or calls_back"
    deaf = ["sh", "-c", 'trap "" INT HUP; exec "$@"', "sh"]
    words = [sys.executable, "-m", "pytest", "-q", "-k", chosen, __file__]
    told = subprocess.run([*deaf, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    assert "5 passed" in told.stdout


def test_a_fault_without_a_signal_is_still_told(monkeypatch, capsys):
    def fail(*_, **__):
        raise RuntimeError("no compiled object yet")

    monkeypatch.setattr(cli, "app", fail)
    assert cli.run_program(["run"]) == cli.OUR_FAULT
    assert "no compiled object yet" in capsys.readouterr().err
