"""What the documents say is what the code does."""

import ast
import inspect
import re
import textwrap
from pathlib import Path

from experiments.tables import ODD, written
from model.mechanisms import roster
from model.model import TrustModel
from model.parameters import Group
from scenarios.groups import mechanisms

ROOT = Path(__file__).parent.parent
TEXT = ODD.read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def own_mechanisms() -> dict[str, type[Group]]:
    """Mechanisms of the model, without those that other tests make up."""
    return {name: group for name, group in mechanisms().items() if group.__module__.startswith("model.")}


def test_the_generated_part_of_the_odd_is_up_to_date() -> None:
    assert written(TEXT) == TEXT, "run: python -m experiments.tables"


def test_the_schedule_in_the_odd_is_the_order_of_step() -> None:
    told = re.findall(r"^\d+\. `(\w+)`", TEXT.partition("## 4")[0], re.MULTILINE)
    tree = ast.parse(textwrap.dedent(inspect.getsource(TrustModel.step)))
    calls = [
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    assert [name for name in sorted(calls, key=calls.index) if name in told and name != "settle"] == told[:-1]
    assert told[-1] == "settle"


def test_every_mechanism_has_its_section_and_says_what_off_means() -> None:
    sections = TEXT.partition("## 6 Submodels")[2].partition("## 7")[0]
    for name, group in own_mechanisms().items():
        assert re.search(rf"^### .*\b{name}\b|\b{name}\b, M17 in part|near_repeat\.kappa", sections, re.MULTILINE), name
        assert any(about.off is not None for about in group.numbers().values()) or name == "deterrence", name
        module = inspect.getmodule(group)
        assert module is not None
        assert "Switched off" in (module.__doc__ or ""), name


def test_every_switch_has_a_neutral_value_that_differs_from_the_default() -> None:
    for name, group in own_mechanisms().items():
        zero = hasattr(inspect.getmodule(group), "KNOCKOUT_POLICY")  # nothing to switch off but out of a policy
        assert zero or group() != group().neutral(), name
    assert roster.Roster().neutral().days_off == 0


def test_the_python_of_the_readme_runs(capsys) -> None:  # type: ignore[no-untyped-def]
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code
    quick = code[1].replace("0.25", "0.05").replace("365 * 3", "3 * 59")
    exec(quick, {})
    assert "trust_mean" in capsys.readouterr().out


def test_the_commands_of_the_readme_exist() -> None:
    from typer.testing import CliRunner

    from experiments.cli import app

    for command in set(re.findall(r"(?:^|`|--locked |run.py )confianza (\w+)", README, re.MULTILINE)):
        result = CliRunner().invoke(app, [command, "--help"])
        assert result.exit_code == 0, command
