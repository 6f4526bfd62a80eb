"""Run the commands and programs of a page and write below each of them what it prints.

`python -m experiments.dev.documents.page_outputs PAGE …` follows every page in an empty folder. It writes the files
that the page names, runs the commands and the Python programs in order, and writes the pages anew. Below a block stands
one of

* `<!-- output -->`, `<!-- output: 20 -->` or `<!-- output: last 20 -->`: it is run and shown, by so many lines;
* `<!-- output: error -->`: the command must be refused, and its error is shown;
* `<!-- output: nothing -->`: it prints nothing;
* `<!-- no output: reason -->`: it is not run.

The programs of a page with `TOGETHER_MARK` are parts of one program.
"""

import argparse
import contextlib
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from model.engine.errors import InputError

ROOT = Path(__file__).parents[3]
SHOWN_LINES, WIDTH, MAX_CHARACTERS = 12, 88, 110
"""Lines and characters of an output that a page shows, and the columns of the terminal."""
TOGETHER_MARK = "<!-- programs together -->"
BLOCK = re.compile(
    r"(?:`(?P<file>[\w.]+\.\w+)`:\n\n)?^```(?P<language>[^\n`]*)\n(?P<code>.*?)^```\n"
    r"(?:\n<!-- (?P<mark>(?:no )?output(?:: [^\n]*?)?) -->\n(?P<shown>\n```text\n.*?^```\n)?)?",
    re.MULTILINE | re.DOTALL,
)
COMMANDS, PROGRAM = ("", "sh"), "python"
COMMAND_START = ("uv", "run", "--locked", "confianza")
"""First words of a command in a clone; an installed program is called by the last word alone."""
SEPARATOR = "\x1e"


@dataclass(frozen=True)
class CodeBlock:
    """Code block of a page.

    ``file`` is the name of the file that the block contains, or "".  ``mark`` is the comment below the block that
    says how its output is shown, ``shown`` the output below that comment as it stands in the page.
    """

    file: str
    language: str
    code: str
    mark: str
    shown: str

    @property
    def runs(self) -> bool:
        """Return whether the block is run: it is a command or program, and not marked `no output`."""
        return (self.language == PROGRAM or self.language in COMMANDS) and not self.mark.startswith("no ")

    @property
    def is_refused(self) -> bool:
        """Return whether the command must fail."""
        return self.mark == "output: error"

    @property
    def n_lines(self) -> int:
        """Number of lines to show; negative for the last lines."""
        stated = re.fullmatch(r"output: (last )?(\d+)", self.mark)
        return int(stated[2]) * (-1 if stated[1] else 1) if stated else SHOWN_LINES

    @property
    def output(self) -> str:
        """The output as the page shows it."""
        return self.shown.removeprefix("\n```text\n").removesuffix("```\n")


def blocks_of(page: str) -> list[CodeBlock]:
    """Return the blocks of a page in order.

    >>> [(one.language, one.code, one.n_lines, one.output) for one in blocks_of(
    ...     "```sh\\nconfianza doctor\\n```\\n\\n<!-- output: 3 -->\\n\\n```text\\nfit\\n```\\n")]
    [('sh', 'confianza doctor\\n', 3, 'fit\\n')]
    """
    names = ("file", "language", "code", "mark", "shown")
    return [CodeBlock(*(found[name] or "" for name in names)) for found in BLOCK.finditer(page)]


def with_outputs(page: str, workers: int | None = None) -> str:
    """Return a page with current outputs; ``workers``, if given, replaces the number typed in commands."""
    printed = iter(outputs(page, workers))

    def replace_output(found: re.Match[str]) -> str:
        output = next(printed)
        if not (found["mark"] or "").startswith("output"):
            return found[0]
        shown = f"\n```text\n{output}```\n" if output else ""
        return found[0].removesuffix(found["shown"] or "") + shown

    return BLOCK.sub(replace_output, page)


def outputs(page: str, workers: int | None = None) -> list[str]:
    """Return the output of each block of a page, shortened to the lines that the page shows; "" for text."""
    blocks = blocks_of(page)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        if TOGETHER_MARK in page:
            programs = f"\nprint(end={SEPARATOR!r})\n".join(one.code for one in blocks if one.language == PROGRAM)
            parts = iter(printed_by_program(programs).split(SEPARATOR))
            printed = [next(parts) if one.language == PROGRAM else printed_by(one, workers) for one in blocks]
        else:
            printed = [printed_by(one, workers) for one in blocks]
    return [shortened(text, one.n_lines) for one, text in zip(blocks, printed, strict=True)]


def printed_by(block: CodeBlock, workers: int | None) -> str:
    """Write the file that a block contains, or run the block; return the output."""
    if block.file:
        Path(block.file).write_text(block.code, encoding="utf-8")
    elif not block.runs:
        return ""
    elif block.language == PROGRAM:
        return printed_by_program(block.code)
    else:
        lines = [line for line in block.code.splitlines() if line and not line.startswith("#")]
        return "".join(printed_by_command(line, workers, refused=block.is_refused) for line in lines)
    return ""


def printed_by_command(line: str, workers: int | None, *, refused: bool) -> str:
    """Run a command of the program; return its output, with errors if ``refused`` (the command must fail)."""
    if workers is not None:
        line = re.sub(r"--workers \d+", f"--workers {workers}", line)
    words = shlex.split(line)
    start = next((n for n in (len(COMMAND_START), 1) if tuple(words[:n]) == COMMAND_START[-n:]), None)
    if start is None:
        raise InputError(f"a command of a page must begin with {COMMAND_START[-1]!r}: {line}")
    finished = python_process("-m", COMMAND_START[-1], *words[start:])
    if (finished.returncode != 0) != refused:
        raise InputError(f"{line}: exit code {finished.returncode}\n{finished.stderr}")
    return finished.stdout + (finished.stderr if refused else "")


def printed_by_program(code: str) -> str:
    """Run a Python program; return its output."""
    Path("program.py").write_text(code, encoding="utf-8")
    finished = python_process("program.py")
    if finished.returncode:
        raise InputError(f"a program of the page fails:\n{code}\n{finished.stderr}")
    return finished.stdout


def python_process(*words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a new process with the project and the current folder on its path."""
    path = os.pathsep.join((str(ROOT), os.getcwd()))
    return subprocess.run(
        [sys.executable, *words],
        env=os.environ | {"PYTHONPATH": path, "COLUMNS": str(WIDTH)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def shortened(text: str, n_lines: int) -> str:
    """Return at most ``n_lines`` lines of a text (negative: the last ones), each cut to `MAX_CHARACTERS` characters.

    >>> shortened("one \\ntwo\\nthree\\n", 2), shortened("one \\ntwo\\nthree\\n", -1)
    ('one\\ntwo\\n… (1 more)\\n', '… (2 more)\\nthree\\n')
    """
    all_lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    lines = [line if len(line) <= MAX_CHARACTERS else f"{line[:MAX_CHARACTERS]}…" for line in all_lines]
    n_more = len(lines) - abs(n_lines)
    if n_more > 0:
        more = f"… ({n_more} more)"
        lines = [*lines[:n_lines], more] if n_lines > 0 else [more, *lines[n_lines:]]
    return "".join(f"{line}\n" for line in lines)


def main(words: Sequence[str] | None = None) -> None:
    """Update the outputs in the pages named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m experiments.dev.documents.page_outputs", description=__doc__)
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--workers", type=int, help="processes of every command, instead of the number typed")
    arguments = parser.parse_args(words)
    for page in arguments.pages:
        if not page.is_file():
            raise SystemExit(f"no page {page}: name a Markdown file of docs or model/docs")
        path = page.resolve()
        text = path.read_text(encoding="utf-8")
        path.write_text(with_outputs(text, arguments.workers), encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
