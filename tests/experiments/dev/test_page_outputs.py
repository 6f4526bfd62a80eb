"""The site shows what its commands and programs print, and they print it."""

from pathlib import Path

import pytest

from experiments.dev.documents.page_outputs import PROGRAM, blocks_of, main, outputs, shortened, with_outputs
from experiments.dev.documents.site import PAGE_OF_DOCUMENT
from model.engine.errors import InputError

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[3]
QUICK = ("docs/es/errores.md", "docs/lookup/errors.md", "model/docs/API.md")
SLOW = (
    "docs/do/own_data.md",
    "docs/do/policy.md",
    "docs/es/datos_propios.md",
    "docs/es/politica.md",
    "docs/es/primera_hora.md",
    "docs/learn/first_hour.md",
)
WITH_TOOLS = "docs/do/clients.md"
"""Some of its programs need tools that the project does not install: `test_clients.py` runs each by itself."""
IN_CONTRIBUTING = ("docs/do/extend_experiments.md", "docs/do/extend_model.md", "experiments/studies/README.md")
"""Recipes and forms of commands, with names that the reader chooses; tests of recipes follow them."""


def agree(page: str) -> None:
    """Check that a page shows what its blocks print."""
    text = (ROOT / page).read_text(encoding="utf-8")
    printed = outputs(text, workers=1)
    shown = [(one.code, one.output) for one in blocks_of(text) if one.runs and not one.file]
    told = [
        (one.code, output) for one, output in zip(blocks_of(text), printed, strict=True) if one.runs and not one.file
    ]
    assert shown == told, f"run: python -m experiments.dev.documents.page_outputs {page}"


@pytest.mark.parametrize("page", QUICK)
def test_a_page_shows_what_its_blocks_print(page: str) -> None:
    agree(page)


@pytest.mark.slow
@pytest.mark.parametrize("page", SLOW)
def test_a_page_with_runs_shows_what_its_blocks_print(page: str) -> None:
    agree(page)


def test_every_block_of_the_site_that_runs_shows_its_output() -> None:
    pages = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/[!_]*/*.md")} | {"model/docs/API.md"}
    generated = {f"docs/{page}" for page in PAGE_OF_DOCUMENT.values()}  # there once the site was built
    found: dict[str, list[str]] = {}
    for page in sorted(pages - generated - {*IN_CONTRIBUTING}):
        blocks = [one for one in blocks_of((ROOT / page).read_text(encoding="utf-8")) if one.runs and not one.file]
        if blocks:
            found[page] = [one.code for one in blocks if bool(one.output.strip()) == (one.mark == "output: nothing")]
    assert {page: codes for page, codes in found.items() if codes} == {}, (
        "run: python -m experiments.dev.documents.page_outputs"
    )
    assert sorted(found) == sorted((*QUICK, *SLOW, WITH_TOOLS))


def test_files_commands_and_programs_of_a_page_are_followed_in_order() -> None:
    page = """Write `two.py`:

```python
TWO = 2
```

```python
from two import TWO
print(*range(TWO + 3), sep="\\n")
```

<!-- output: 2 -->

```
confianza run nowhere
```

<!-- output: error -->

```text
typed by hand
```

```sh
confianza view
```

<!-- no output: it stays open -->
"""
    told = with_outputs(page)
    assert "```text\n0\n1\n… (3 more)\n```\n" in told
    assert "```text\nconfianza: no scenario 'nowhere'" in told
    assert "typed by hand" not in told
    assert with_outputs(told) == told
    assert [one.language for one in blocks_of(told) if one.runs] == [PROGRAM, PROGRAM, ""]


def test_a_command_reads_a_file_as_the_page_wrote_it_last() -> None:
    command = "```\nconfianza run baseline --policy own.toml --years 0\n```\n\n<!-- output: error -->\n\n"
    page = "".join(f"`own.toml`:\n\n```toml\n{text}\n```\n\n{command}" for text in ("title.en = 'Own'", "[sets]"))
    first, second = (one for one in outputs(page) if one)
    assert "--years" in first
    assert "sets" in second


def test_programs_of_a_page_may_belong_together() -> None:
    page = "<!-- programs together -->\n\n```python\na = 1\nprint(a)\n```\n\n```python\nprint(a + 1)\n```\n"
    assert outputs(page) == ["1\n", "2\n"]


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("```sh\nconfianza run nowhere\n```\n", "exit code 2"),
        ("```sh\nconfianza list scenarios\n```\n\n<!-- output: error -->\n", "exit code 0"),
        ("```sh\nrm -r results\n```\n", "must begin with 'confianza'"),
        ("```python\n1 / 0\n```\n", "ZeroDivisionError"),
    ],
)
def test_a_block_that_does_not_do_what_the_page_says_is_refused(block: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        outputs(block)


def test_a_long_line_is_cut() -> None:
    assert shortened("a" * 200, 5) == f"{'a' * 110}…\n"


def test_pages_are_written_in_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nprint('told')\n```\n\n<!-- output -->\n", encoding="utf-8")
    main([str(page)])
    assert page.read_text(encoding="utf-8").endswith("<!-- output -->\n\n```text\ntold\n```\n")
    assert capsys.readouterr().out.strip() == str(page)
    with pytest.raises(SystemExit, match="no page nowhere"):
        main(["nowhere"])
