"""Write what files of metadata say from one place: `pyproject.toml`, with the date of the newest release.

The address of the repository, the address for letters and the persons are filled in under ``[tool.confianza]``; all
other files are written from there.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.dev.documents.render import ROOT, wrapped

PROJECT_FILE = ROOT / "pyproject.toml"
CITATION, CODEMETA, ZENODO = (ROOT / name for name in ("CITATION.cff", "codemeta.json", ".zenodo.json"))
COMSES = ROOT / "docs" / "comses.md"
LETTERS = tuple(ROOT / name for name in ("SECURITY.md", "CODE_OF_CONDUCT.md"))
MARK = re.compile(r"(<!-- (contact|fields) -->\n).*?(<!-- end -->\n)", re.DOTALL)
NEWEST = re.compile(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d{2}-\d{2})\)$", re.MULTILINE)
TITLE = "Confianza: agent-based simulation of trust between police and community in Guatemala"
ARTICLE = "10.12924/johs2021.16020097"
MESSAGE = "If you use this software, please cite it together with the paper that it implements."
REFERENCE = f"""references:
  - type: article
    scope: "The paper that the model implements."
    title: "Possibilities of Advancing Police Reform in Guatemala through Community-Oriented Policing"
    authors:
      - family-names: Matute
        given-names: A.
    journal: "Journal of Human Security"
    year: 2021
    volume: 16
    issue: 2
    start: 97
    end: 110
    doi: {ARTICLE}
"""


def metadata_documents() -> dict[Path, str]:
    """Return the text of every file of metadata, by path."""
    project, own = declared()
    letters = {path: with_fields(path.read_text(encoding="utf-8"), {"contact": contact_text(own)}) for path in LETTERS}
    fields = deposit_fields(project, own)
    return {
        CITATION: citation(project, own),
        CODEMETA: json_text(codemeta(project, own)),
        ZENODO: json_text(zenodo(project, own)),
        COMSES: with_fields(COMSES.read_text(encoding="utf-8"), {"fields": fields}),
        **letters,
    }


def declared() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the tables `project` and `tool.confianza` of `pyproject.toml`."""
    content = tomllib.loads(PROJECT_FILE.read_text(encoding="utf-8"))
    return content["project"], content["tool"]["confianza"]


def release_date() -> str:
    """Return the date of the newest release in the changelog."""
    found = NEWEST.search((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError("CHANGELOG.md has no release")
    return found[2]


def with_fields(text: str, fields: Mapping[str, str]) -> str:
    """Return a document with the text between its marks replaced."""
    return MARK.sub(lambda mark: f"{mark[1]}{fields[mark[2]]}\n{mark[3]}", text)


def contact_text(own: Mapping[str, Any]) -> str:
    """Return how to write to the project, or where the address will stand."""
    if own["contact"]:
        return f"Contact by mail: {own['contact']}."
    return "Contact by mail: the address under `[tool.confianza]` in [pyproject.toml](pyproject.toml)."


def citation(project: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    """Return the text of `CITATION.cff`."""
    lines = ["cff-version: 1.2.0", f'title: "{TITLE}"', f'message: "{MESSAGE}"', "type: software"]
    lines += [f"version: {project['version']}", f"date-released: {release_date()}", f"license: {project['license']}"]
    lines += [f'repository-code: "{own["repository"]}"'] if own["repository"] else []
    lines += [f'abstract: "{project["description"]}"', "authors:"]
    for author in project["authors"]:
        lines.append(f'  - name: "{author["name"]}"')
    lines += ["keywords:", *(f"  - {word}" for word in own["keywords"])]
    return "\n".join(lines) + "\n" + REFERENCE


def codemeta(project: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of `codemeta.json`, which the CoMSES Model Library reads, too."""
    addresses = {
        "codeRepository": own["repository"],
        "issueTracker": f"{own['repository']}/issues" if own["repository"] else "",
        "email": own["contact"],
    }
    return {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": TITLE,
        "description": project["description"],
        "identifier": project["name"],
        "version": project["version"],
        "dateModified": release_date(),
        "license": f"https://spdx.org/licenses/{project['license']}",
        "author": [{"@type": "Organization", "name": one["name"]} for one in project["authors"]],
        "keywords": own["keywords"],
        "programmingLanguage": "Python",
        "runtimePlatform": f"Python {project['requires-python']}",
        "softwareRequirements": [re.split(r"[<>=;\[ ]", one, maxsplit=1)[0] for one in project["dependencies"]],
        "operatingSystem": ["Linux", "macOS", "Windows"],
        "readme": "README.md",
        "buildInstructions": "CONTRIBUTING.md",
        "softwareHelp": "docs/index.md",
        "developmentStatus": "active",
        "referencePublication": f"https://doi.org/{ARTICLE}",
        **{name: address for name, address in addresses.items() if address},
    }


def zenodo(project: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of `.zenodo.json`."""
    article = {"identifier": ARTICLE, "relation": "isDerivedFrom", "resource_type": "publication-article"}
    source = {"identifier": own["repository"], "relation": "isSupplementTo", "resource_type": "software"}
    return {
        "title": TITLE,
        "description": project["description"],
        "upload_type": "software",
        "version": project["version"],
        "publication_date": release_date(),
        "license": project["license"],
        "access_right": "open",
        "creators": [{"name": one["name"]} for one in project["authors"]],
        "keywords": own["keywords"],
        "related_identifiers": [article, *([source] if own["repository"] else [])],
    }


def json_text(content: Mapping[str, Any]) -> str:
    """Return JSON with a line for each entry."""
    lines = (f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in content.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def deposit_fields(project: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    """Return what to enter into the form of the CoMSES Model Library, as a list."""
    missing = "to be filled in under `[tool.confianza]` of pyproject.toml"
    fields = {
        "Title": TITLE,
        "Description": project["description"],
        "Version": f"{project['version']} of {release_date()}",
        "Tags": ", ".join(own["keywords"]),
        "Programming language": f"Python {project['requires-python']}",
        "Framework": "Mesa",
        "Operating system": "Linux, macOS, Windows",
        "Licence": project["license"],
        "Associated publication": f"doi [{ARTICLE}](https://doi.org/{ARTICLE})",
        "Release notes": "the section of the version in CHANGELOG.md",
        "Replication of an associated publication": "no: it implements the article's hypotheses as a simulation",
        "Contributors": ", ".join(one["name"] for one in project["authors"]),
        "Repository": own["repository"] or missing,
        "Contact": own["contact"] or missing,
    }
    return "\n".join(wrapped(f"*{name}*: {value}.", "- ", "  ") for name, value in fields.items())
