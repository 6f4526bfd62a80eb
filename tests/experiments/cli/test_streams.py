"""What the program prints reaches whoever reads it, or goes quiet where nobody does."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from systems import listening, needs_linux, needs_signals

from experiments.cli.streams import SafeStream, safe_stream
from experiments.storage.progress import Progress, report_slow

pytestmark = pytest.mark.thorough

PROGRAM = [sys.executable, "-c", "from experiments.cli import main; main()"]
SMALL = ["baseline", "--set", "population.scale=0.05", "--set", "calendar.warm_up=0"]


@needs_signals
def test_a_reader_who_leaves_early_costs_no_word_and_no_result(tmp_path):
    words = ["run", *SMALL, "--years", "0.1", "--out", str(tmp_path / "out"), "--save", str(tmp_path / "saved")]
    ours, theirs = os.pipe()
    os.close(ours)
    told = subprocess.run([*PROGRAM, *words], stdout=theirs, stderr=subprocess.PIPE, text=True, check=False)
    os.close(theirs)
    assert told.returncode == 0, told.stderr
    assert "BrokenPipe" not in told.stderr
    assert (tmp_path / "saved" / "saved.json").is_file()


@needs_linux
@pytest.mark.parametrize("words", [["list", "scenarios"], ["--help"]])
def test_a_full_disk_behind_standard_output_is_told_and_behind_messages_is_not(words):
    with Path("/dev/full").open("w") as full:
        told = subprocess.run([*PROGRAM, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert (told.returncode, told.stderr) == (
            2,
            "confianza: standard output: cannot be written: the disk is full (No space left on device)\n",
        )
        deaf = subprocess.run([*PROGRAM, "run", "nowhere"], stdout=subprocess.PIPE, stderr=full, check=False)
        assert (deaf.returncode, deaf.stdout) == (2, b"")


@needs_linux
def test_results_as_bytes_name_standard_output_where_its_disk_is_full():
    program = "from experiments.cli.streams import prepare_streams, write_bytes; prepare_streams();"
    program += "\ntry: write_bytes(bytes(10**5))\nexcept Exception as reason: sys.exit(type(reason).__name__)"
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-c", f"import sys; {program}"]
        told = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (told.returncode, told.stderr) == (1, "Unwritable\n")


@needs_signals
def test_closed_streams_are_as_quiet_as_those_that_nobody_reads():
    command = ["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *PROGRAM, "list", "scenarios"]
    assert subprocess.run(command, check=False).returncode == 0


@needs_signals
@pytest.mark.parametrize(("locale", "plain"), [("C", True), ("C.UTF-8", False)])
def test_a_terminal_that_knows_ascii_alone_gets_ascii(locale, plain):
    import pty

    ours, theirs = pty.openpty()
    settings = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "PYTHON"))}
    process = subprocess.Popen(
        [*PROGRAM, "list", "scenarios"], stdout=theirs, stdin=theirs, env=settings | {"LC_ALL": locale}
    )
    os.close(theirs)
    shown = b""
    while process.poll() is None or not shown:
        try:
            shown += os.read(ours, 65_536)
        except OSError:
            break
    os.close(ours)
    assert process.wait() == 0
    assert shown.isascii() == plain
    assert (b"Totonicapan" in shown) == plain


def test_a_pipe_that_knows_ascii_alone_gets_ascii():
    sink = io.BytesIO()
    stream = safe_stream(io.TextIOWrapper(sink, encoding="ascii"))
    stream.write("Totonicapán: 4.0±0.5, 95 % … «sí» ☃")
    stream.flush()
    assert isinstance(stream, SafeStream)
    assert sink.getvalue() == b'Totonicapan: 4.0+-0.5, 95 % ... "si" ?'


@needs_signals
@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_where_ctrl_c_is_not_heard_it_says_how_to_stop_and_what_is_finished_is_kept(tmp_path, workers):
    words = [
        "run",
        *SMALL,
        "--years",
        "0.3",
        "--replicates",
        "40",
        "--workers",
        workers,
        "--out",
        str(tmp_path / "out"),
    ]
    deaf = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); from experiments.cli import main; main()"
    process = listening([sys.executable, "-c", deaf, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    heard = []
    for line in process.stderr:
        heard.append(line)
        if "%" in line:
            break
    assert f"to stop and keep what is finished: kill {process.pid}\n" in "".join(heard)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 143, err
    assert "interrupted; kept" in err
    assert (tmp_path / "out" / "manifest.json").is_file()


def test_the_last_line_says_that_all_is_done(capsys):
    progress = Progress("sweeping", 6, 6, word="runs safe on disk")
    for done in range(1, 7):
        progress.update(done)
    progress.record_stored(6)
    progress.conclude()
    assert capsys.readouterr().err.splitlines()[-1].startswith("sweeping: 6 of 6 runs safe on disk in ")


def test_an_interrupted_progress_does_not_say_so(capsys):
    progress = Progress("sweeping", 6, 6)
    progress.record_stored(5)
    progress.conclude()
    assert "5 of 6" not in capsys.readouterr().err


def test_what_is_silent_says_what_it_does(monkeypatch, capsys):
    monkeypatch.setattr("experiments.storage.progress.FIRST_REPORT_S", 0.05)
    with report_slow("drawing"):
        time.sleep(0.3)
    assert capsys.readouterr().err == "drawing: 1 s so far\n"
    with report_slow("drawing"):
        pass
    assert capsys.readouterr().err == ""
