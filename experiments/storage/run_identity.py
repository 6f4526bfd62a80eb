"""The identity of a run: what decides its numbers, and nothing else, as 16 hexadecimal digits."""

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Collection
from typing import Any

import shapely

from model.engine.fingerprint import fingerprint
from model.engine.policies import policy_end, policy_start
from model.engine.scenario import DatedEvent, Policy, Scenario


def settings_of(scenario: Scenario) -> dict[str, Any]:
    """Return the settings of a scenario in full, in one canonical form that JSON can hold.

    Numbers that something outside the model declares are left out: no world reads them. Dates that follow from them
    stand in the timeline.
    """
    own = {name: group for name, group in scenario.groups.items() if type(group).__module__.startswith("model.")}
    return {
        "scenario": scenario.name,
        "start": scenario.start.isoformat(),
        "parameters": {name: numbers_of(group) for name, group in sorted(own.items())},
        "off": sorted(scenario.off),
        **places_of(scenario),
        "anchors": [dataclasses.asdict(one) for one in scenario.anchors],
        "timeline": [event_of(one) for one in scenario.timeline],
        "policies": [policy_of(one, scenario) for one in scenario.policies if one.entries or one.off],
    }


def places_of(scenario: Scenario) -> dict[str, Any]:
    """Return what the map of a scenario holds: outline, lake, settlements and facilities."""
    return {
        "outline": digest_of(shapely.to_wkb(scenario.outline)),
        "lake": digest_of(shapely.to_wkb(scenario.lake)) if scenario.lake is not None else None,
        "settlements": [dataclasses.asdict(one) for one in scenario.settlements],
        "facilities": [dataclasses.asdict(one) for one in scenario.facilities],
    }


def numbers_of(group: Any) -> dict[str, Any]:
    """Return the values of a group by name."""
    return dict(sorted(dataclasses.asdict(group).items()))


def event_of(event: DatedEvent) -> dict[str, Any]:
    """Return what a dated event does, from when until when."""
    until = None if event.until is None else event.until.isoformat()
    entries = [dataclasses.asdict(entry) for entry in event.entries]
    return dataclasses.asdict(event) | {"start": event.start.isoformat(), "until": until, "entries": entries}


def policy_of(policy: Policy, scenario: Scenario) -> dict[str, Any]:
    """Return what a policy does, from when and, if it ends, until when."""
    end = policy_end(policy, scenario)
    return {
        "name": policy.name,
        "start": policy_start(policy, scenario).isoformat(),
        "entries": [dataclasses.asdict(entry) for entry in policy.entries],
        "off": sorted(policy.off),
        **({} if end is None else {"until": end.isoformat()}),
    }


def identity(
    settings: dict[str, Any],
    seed: int,
    until: datetime.date,
    keep: Collection[str] = (),
    branch: str | None = None,
) -> str:
    """Return the identity of a run; ``branch`` is that of the run whose saved State it goes on from."""
    parts = {
        "settings": settings,
        "seed": seed,
        "until": until.isoformat(),
        "keep": sorted(keep),
        "branch": branch,
        "code": fingerprint(),
    }
    return digest_of(canonical(parts).encode())


def canonical(value: Any) -> str:
    """Return a value as JSON that is the same for the same value.

    >>> canonical({"b": 0.1, "a": (1, None)})
    '{"a":[1,null],"b":0.1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 digest of some bytes in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def digest_of(content: bytes) -> str:
    """Return 16 hexadecimal digits that stand for some bytes."""
    return sha256_of(content)[:16]
