"""Identity of a run: 16 hexadecimal digits computed from everything that affects its results, and nothing else."""

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
    """Return the complete settings of a scenario in a canonical form for JSON.

    Parameters declared outside of the model are left out, since no world reads them. Dates that depend on them are in
    the timeline.
    """
    own = {name: group for name, group in scenario.groups.items() if type(group).__module__.startswith("model.")}
    return {
        "scenario": scenario.name,
        "start": scenario.start.isoformat(),
        "parameters": {name: numbers_of(group) for name, group in sorted(own.items())},
        "off": sorted(scenario.off),
        **map_of(scenario),
        "anchors": [dataclasses.asdict(one) for one in scenario.anchors],
        "timeline": [event_of(one) for one in scenario.timeline],
        "policies": [policy_of(one, scenario) for one in scenario.policies if one.entries or one.off],
    }


def map_of(scenario: Scenario) -> dict[str, Any]:
    """Return the map of a scenario: digests of outline and lake, settlements and facilities."""
    return {
        "outline": digest_of(shapely.to_wkb(scenario.outline)),
        "lake": digest_of(shapely.to_wkb(scenario.lake)) if scenario.lake is not None else None,
        "settlements": [dataclasses.asdict(one) for one in scenario.settlements],
        "facilities": [dataclasses.asdict(one) for one in scenario.facilities],
    }


def numbers_of(group: Any) -> dict[str, Any]:
    """Return the values of a parameter group by name."""
    return dict(sorted(dataclasses.asdict(group).items()))


def event_of(event: DatedEvent) -> dict[str, Any]:
    """Return a dated event in a form for JSON: entries, start and end."""
    until = None if event.until is None else event.until.isoformat()
    entries = [dataclasses.asdict(entry) for entry in event.entries]
    return dataclasses.asdict(event) | {"start": event.start.isoformat(), "until": until, "entries": entries}


def policy_of(policy: Policy, scenario: Scenario) -> dict[str, Any]:
    """Return a policy in a form for JSON: entries, mechanisms off, start and, if it ends, end."""
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
    """Return the identity of a run; ``branch`` is the identity of the run from whose saved state it continues."""
    parts = {
        "settings": settings,
        "seed": seed,
        "until": until.isoformat(),
        "keep": sorted(keep),
        "branch": branch,
        "code": fingerprint(),
    }
    return digest_of(canonical_json(parts).encode())


def canonical_json(value: Any) -> str:
    """Return canonical JSON of a value: sorted keys, no spaces, ASCII.

    >>> canonical_json({"b": 0.1, "a": (1, None)})
    '{"a":[1,null],"b":0.1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 digest of some bytes in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def digest_of(content: bytes) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 digest."""
    return sha256_of(content)[:16]
