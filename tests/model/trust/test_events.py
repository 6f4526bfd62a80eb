"""Kinds of events: declared once, their qualities and factors are parameters, and no rule repeats them."""

import ast
import datetime
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.validation.sizes import EVENTS
from model.engine.causes import CAUSES
from model.engine.parameters import ParametersInForce
from model.engine.policies import parameter_rows
from model.engine.scenario import Scenario
from model.police.contacts import GREETING, RUDE
from model.police.misconduct import Misconduct
from model.politics.heavy_hand import ARMY, ARMY_HARSH, DETAINED_TIE
from model.simulation.registry import EVENT_KIND_NAMED, Events
from model.trust.events import (
    BELIEF_PARTS,
    EVENT_KINDS,
    MEMORY_PARAMETERS,
    SCANDAL,
    EventKind,
    declare_event,
    event_effects,
)
from model.trust.ledger import Trust
from oracle.events import KINDS as PLAIN_KINDS
from scenarios import load

MODEL = Path(__file__).parents[3] / "model"
RECORDING = ("record_event", "record_event_with_treatment", "record_impression")


def calls(path: Path) -> Iterator[ast.Call]:
    """Yield every call by which a file records an event or an impression."""
    return calls_in(path.read_text(encoding="utf-8"))


def calls_in(text: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RECORDING:
            yield node


def literals(node: ast.AST) -> Iterator[ast.Constant]:
    """Yield the numbers in an expression; which row of a table is read is none of them."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield node
    for field, child in ast.iter_fields(node):
        if not (isinstance(node, ast.Subscript) and field == "slice"):
            for one in child if isinstance(child, list) else [child]:
                if isinstance(one, ast.AST):
                    yield from literals(one)


def has_literal(call: ast.Call) -> bool:
    return any([*literals(argument)] for argument in (*call.args, *(one.value for one in call.keywords)))


def in_force(scenario: Scenario) -> ParametersInForce:
    date, names = datetime.date(2017, 6, 1), tuple(one.name for one in scenario.settlements)
    return ParametersInForce({group: parameter_rows(scenario, group, date, names) for group in scenario.groups})


# Architecture


def test_no_rule_repeats_a_quality_or_a_weight() -> None:
    rules = {path: [*calls(path)] for path in MODEL.glob("*/*.py")}
    assert sum(map(len, rules.values())) > 25
    assert [
        f"{path.relative_to(MODEL)}:{call.lineno}"
        for path, found in rules.items()
        for call in found
        if has_literal(call)
    ] == []


def test_impressions_are_recorded_by_trust_alone() -> None:
    elsewhere = [
        f"{path.relative_to(MODEL)}:{call.lineno}"
        for path in MODEL.rglob("*.py")
        for call in calls(path)
        if ast.unparse(call.func) == "record_impression" and path.relative_to(MODEL).parts[0] != "trust"
    ]
    assert elsewhere == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("record_event(shift, i, RUDE, 0.3 * p.weight)", True),
        ("record_event(shift, i, kind=RUDE, weight=1.0)", True),
        ("record_event(shift, i, RUDE, numbers[0].weight)", False),
    ],
)
def test_a_literal_is_noticed(text: str, found: bool) -> None:
    assert [has_literal(call) for call in calls_in(text)] == [found]


# Declarations


def test_every_kind_has_a_cause_and_a_name_of_its_own() -> None:
    assert len(EVENT_KIND_NAMED) == len(EVENT_KINDS)
    for number, kind in EVENT_KINDS.items():
        assert kind.cause in CAUSES
        assert kind.memory in MEMORY_PARAMETERS
        assert tuple(kind.values) == BELIEF_PARTS
        assert all(0.0 <= value <= 1.0 for value in kind.values.values())
        assert number >= 64 or (kind.cause == number and CAUSES[number] == kind.name)


@pytest.mark.parametrize(
    ("number", "cause", "told"),
    [
        (64, None, "number 64 is out of range"),
        (40, int(ARMY), "number 40 is out of range"),
        (96, int(ARMY), "number 96 is out of range"),
        (int(ARMY_HARSH), int(ARMY), "is taken by 'army_harsh'"),
        (int(GREETING), None, "number 1 is taken"),
    ],
)
def test_a_number_that_is_taken_or_out_of_range_is_refused(number: int, cause: int | None, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        declare_event("parade", number, cause=cause)


def test_a_factor_of_one_or_none_is_no_parameter() -> None:
    values = {"fair": 0.1, "fair_weight": 1.0, "effective": 0.4, "effective_weight": 0.3}
    kind = EventKind("parade", 63, {}, "usual", values)
    assert [key for key, _, _ in kind.parameters()] == ["parade_fair", "parade_effective", "parade_effective_weight"]
    one_belief = EventKind("parade", 63, {}, "usual", {**values, "effective_weight": 0.0})
    assert [key for key, _, _ in one_belief.parameters()] == ["parade_fair"]


def test_the_group_of_all_kinds_holds_what_they_declare() -> None:
    declared = {key: value for kind in EVENT_KINDS.values() for key, _, value in kind.parameters()}
    assert vars(Events()) == declared
    assert len(declared) == sum(1 for kind in EVENT_KINDS.values() for _ in kind.parameters())


def test_a_scenario_goes_to_another_process() -> None:
    scenario = load("totonicapan", set={"events.rude_fair": 0.3})
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert scenario["events"].rude_fair == 0.3


# Effects


def test_effects_follow_the_parameters_in_force() -> None:
    before, after = (event_effects(in_force(load("totonicapan", set=sets))) for sets in ({}, {"events.rude_fair": 0.3}))
    assert set(before["fair"][:, RUDE]) == {0.1}
    assert set(after["fair"][:, RUDE]) == {0.3}
    changed = before["fair"] != after["fair"]
    assert changed[:, RUDE].all()
    assert changed.sum() == len(before)
    assert set(before["effective_weight"][:, DETAINED_TIE]) == {0.0}
    assert set(before["cause"][:, ARMY_HARSH]) == {ARMY}


def test_each_kind_has_the_memory_that_it_declares() -> None:
    parameters = in_force(load("totonicapan"))
    effects, trust = event_effects(parameters), parameters[Trust]
    assert (effects["fast"][:, GREETING] == trust["fast_friendly"]).all()
    assert (effects["fast"][:, RUDE] == trust["fast"]).all()
    assert set(effects["fast"][:, SCANDAL]) == {parameters[Misconduct][0].fades}


# What reads the kinds


def test_every_size_belongs_to_a_kind() -> None:
    assert {one.kind for one in EVENTS} <= set(EVENT_KIND_NAMED)


def test_the_tables_of_the_plain_model_say_the_same() -> None:
    ours = {
        kind.name: (
            kind.cause,
            MEMORY_PARAMETERS[kind.memory],
            tuple(belief for belief in ("fair", "effective") if kind.values[f"{belief}_weight"] > 0.0),
        )
        for kind in EVENT_KINDS.values()
    }
    assert {name: (kind.cause, kind.fast, kind.beliefs) for name, kind in PLAIN_KINDS.items()} == ours
