"""Inputs that are nearly right: files of the project and of its results, mutated, and files made from their grammar.

Every input follows from its kind and number alone, so that one which fails can be made again.
"""

import copy
import json
import random
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

TOML_VALUES = [
    *("0", "-1", "1e999", "inf", "nan", "-inf", "0.5", "1e-320", "9223372036854775808", "9" * 400, "9" * 5000),
    *("true", "false", '""', '"x"', '"\\u0000"', '"../../x"', '"' + "y" * 300 + '"', "[]", "[[]]", "{}", "[1, 'a']"),
    *("{ value = 1 }", "{ value = {} }", "{ value = 1, source = [] }", "{ low = 1 }", "{ low = nan, high = 2 }"),
    *("2017-02-30", "2017-01-01", "9999-12-31", "0001-01-01", "2017-01-01T00:00:00Z", "07:32:00", '"2017-13-01"'),
    *(
        '"14 days"',
        '"stated"',
        '"*"',
        '["status_quo"]',
        '[["status_quo"]]',
        '[["a@b@c"]]',
        "[" * 60 + "]" * 60,
        "",
        "=",
    ),
    *("", "="),
    *("{ low = 0.1, high = 0.2, log = true }", "[[1.0]]", "[true]", "[nan]", "0x7f", "1_000", "'''", "{ en = 3 }"),
]
JSON_VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 10**20, 10**400, float("nan"), float("inf"), "", "x", "\0", "\ud800", "../../x"),
    *("a" * 300, [], {}, [[]], [None], ["x"], {"a": 1}, {"": ""}, [[[[[[]]]]]], "2017-01-01", "confianza run baseline"),
    *(-(2**31), 2**63 - 1, 2**53 + 1, "9" * 400, "confianza sweep 1", "confianza run 1", "confianza compare 1", "."),
]
WORDS = [
    "",
    "x",
    ".25",
    "-1",
    "nan",
    "1e999",
    "9" * 400,
    "9" * 5000,
    "true",
    "[",
    "{",
    "'",
    "\udc80",
    "a" * 20_000,
    "@",
    "+",
]
WORDS += [
    "2017-02-30",
    "9999-12-31",
    "status_quo@",
    "@2018-01-01",
    "baseline.toml",
    "..",
    "/",
    "[1,2]",
    "{a=1}",
    "a=b=c",
]


def deep() -> str:
    """Return JSON that is nested too deep for any reader."""
    return "[" * 100_000


def toml(rng: random.Random, text: str) -> bytes:
    """Return the text of a TOML file with a change in one to three lines."""
    for _ in range(rng.randint(1, 3)):
        lines = text.splitlines() or [""]
        place = rng.randrange(len(lines))
        key, equals, _ = lines[place].partition("=")
        how = rng.randrange(8)
        if how <= 2 and equals:
            lines[place] = f"{key}= {rng.choice(TOML_VALUES)}"
        elif how == 3:
            lines[place] = misspelt(rng, lines[place])
        elif how == 4:
            del lines[place]
        elif how == 5:
            lines.insert(place, rng.choice(lines))
        elif how == 6:
            lines.insert(
                place,
                f"{rng.choice(['x', 'value', 'a.b', 'name', 'set.x', '[x]', '[[x]]'])} = {rng.choice(TOML_VALUES)}",
            )
        else:
            return raw(rng, "\n".join(lines).encode())
        text = "\n".join(lines)
    return text.encode(errors="surrogatepass")


def grammar(rng: random.Random, tables: dict[str, list[str]]) -> bytes:
    """Return a TOML file of known tables and keys with values of any kind."""
    lines = []
    for table in rng.sample(sorted(tables), rng.randint(1, min(4, len(tables)))):
        lines += [f"[{table}]"] if table else []
        lines = lines if table else []  # keys of no table stand first
        keys = rng.sample(tables[table], rng.randint(0, min(5, len(tables[table]))))
        lines += [f"{key} = {rng.choice(TOML_VALUES)}" for key in keys]
    return "\n".join(lines).encode()


def tree(rng: random.Random, text: str) -> bytes:
    """Return a JSON file with one to three changes somewhere in it."""
    how = rng.randrange(10)
    if how == 0:
        return raw(rng, text.encode())
    if how == 1:
        return deep().encode() if rng.random() < 0.1 else json.dumps(rng.choice(JSON_VALUES)).encode()
    stated = json.loads(text)
    for _ in range(rng.randint(1, 3)):
        change(rng, stated)
    return json.dumps(stated).encode()


def change(rng: random.Random, node: Any) -> None:
    """Change something in a tree of tables and lists."""
    while True:
        keys: list[Any] = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(node[key], dict | list) and node[key] and rng.random() < 0.7:
            node = node[key]
            continue
        how = rng.randrange(4)
        if how <= 1:
            node[key] = copy.deepcopy(rng.choice(JSON_VALUES))
        elif how == 2:
            del node[key]
        elif isinstance(node, dict):
            node[misspelt(rng, key)] = node.pop(key)
        else:
            node.append(copy.deepcopy(node[key]))
        return


def misspelt(rng: random.Random, word: str) -> str:
    """Return a word with one letter gone, doubled or another."""
    place = rng.randrange(len(word) + 1)
    return word[:place] + rng.choice(["", "x", word[place : place + 1] * 2, ".", '"', "é"]) + word[place + 1 :]


def raw(rng: random.Random, content: bytes) -> bytes:
    """Return bytes cut short, or with some of them gone, doubled or others."""
    place = rng.randrange(len(content) + 1)
    how = rng.randrange(4)
    if how == 0:
        return content[:place]
    if how == 1:
        return content[:place] + content[place + rng.randint(1, 64) :]
    if how == 2:
        return content[:place] + content[max(0, place - rng.randint(1, 64)) :]
    changed = bytearray(content)
    for _ in range(rng.randint(1, 8) if changed else 0):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def parquet(rng: random.Random, content: bytes) -> bytes:
    """Return a Parquet file with a column that is gone, of another name or kind, without rows, or with other bytes."""
    if rng.random() < 0.5:
        return raw(rng, content)
    table = pq.read_table(pa.BufferReader(content))
    place = rng.randrange(table.num_columns)
    name = table.column_names[place]
    rows = table.num_rows
    others: list[Callable[[], pa.Table]] = [
        lambda: table.remove_column(place),
        lambda: table.rename_columns([misspelt(rng, one) if one == name else one for one in table.column_names]),
        lambda: table.slice(0, rng.choice([0, 1])),
        *(
            (lambda value=value: table.set_column(place, name, pa.array([value] * rows)))  # type: ignore[misc]
            for value in (None, "x", 1, -(2**40), 0.5, float("nan"), True, [1], {"a": 1}, b"\xff", 2**63 - 1)
        ),
        lambda: table.append_column(name, table.column(place)),
    ]
    sink = pa.BufferOutputStream()
    pq.write_table(rng.choice(others)().replace_schema_metadata(table.schema.metadata), sink)
    return sink.getvalue().to_pybytes()


def html(rng: random.Random, text: str, embedded: re.Pattern[str]) -> bytes:
    """Return a report of which the manifest, or anything, is changed."""
    found = embedded.search(text)
    if found is None or rng.random() < 0.1:
        return raw(rng, text.encode())
    changed = tree(rng, found[1].replace("\\u003c", "<")).decode(errors="replace")
    return (text[: found.start(1)] + changed + text[found.end(1) :]).encode()
