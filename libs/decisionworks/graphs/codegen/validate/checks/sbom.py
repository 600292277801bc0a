"""The bill of materials holds all that the repository takes from outside, under licences that bind nobody's code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from decisionworks.graphs.codegen.render.sbom import JARS, SBOM_PATH
from decisionworks.graphs.codegen.validate.checks.dockerfiles import dockerfiles
from decisionworks.graphs.codegen.validate.model import Finding, Verdict, judged
from decisionworks.graphs.codegen.validate.workspace import Workspace

_TOOL = "decisionworks"
_RULES_VERSION = "1"
_REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "requirements-deploy.txt", "requirements-gpu.txt")
# Licences that allow use in closed programs, and those whose terms end at the file or library itself. NVIDIA's are for
# the libraries of CUDA, which the image for machines with its GPUs takes as they are.
ALLOWED = frozenset(
    {
        "0BSD", "AFL-2.1", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "MPL-2.0",
        "LGPL-3.0-only", "LicenseRef-NVIDIA-Proprietary", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib",
    }
)  # fmt: skip
_REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?(?P<pin>==(?P<version>[^\s;]+))?")
_QUOTED = re.compile(r'"([^"]+)"')
_FROM = re.compile(r"FROM\s+(?P<image>\S+)")
_ACTION = re.compile(r"^\s*(?:- )?uses:\s*(?P<action>[\w.-]+/[\w./-]+)@(?P<commit>\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SbomCheck:
    """Every pinned thing is in the bill, nothing else is, and each licence is known and allowed."""

    id: str = "sbom"

    def run(self, workspace: Workspace) -> Verdict:
        """Compare the bill with the files."""
        texts = {path: workspace.text(path) for path in _looked_at(workspace)}
        bill = workspace.read("text").documents.get(SBOM_PATH) if SBOM_PATH in workspace.files else None
        text = workspace.text(SBOM_PATH) if SBOM_PATH in workspace.files else ""
        findings = [replace(found, line=found.line or _line_of(found, text)) for found in judge(bill, texts)]
        count = len(bill.get("components", [])) if isinstance(bill, Mapping) else 0
        return judged(findings, passed=f"{count} components, all licences allowed", tool=_TOOL, version=_RULES_VERSION)


def judge(bill: object, texts: Mapping[str, str]) -> Iterator[Finding]:
    """What is wrong with a bill of materials for the files."""
    taken = {purl: (path, line) for purl, path, line in _taken(texts)}
    if bill is None and not taken:
        return
    if not isinstance(bill, Mapping) or bill.get("bomFormat") != "CycloneDX" or "specVersion" not in bill:
        yield _finding(SBOM_PATH, "sbom-missing", "there is no CycloneDX document", "write one for what is installed")
        return
    components: dict[str, Mapping[str, Any]] = {}
    for component in bill.get("components", []):
        purl = str(component.get("purl", ""))
        if not purl.startswith("pkg:") or purl in components:
            yield _finding(SBOM_PATH, "sbom-shape", f"{component.get('name')} has no purl of its own", "name it once")
        components[purl] = component
        yield from _judge_licence(component)
    for purl, (path, line) in taken.items():
        if purl not in components:
            missing = _finding(path, "sbom-incomplete", f"{purl} is not in {SBOM_PATH}", "add it with its licence")
            yield replace(missing, line=line)
    for purl in components:
        if purl not in taken and not purl.startswith("pkg:terraform/"):
            yield _finding(SBOM_PATH, "sbom-unused", f"{purl} is nowhere in the repository", "take it out")
    for edge in bill.get("dependencies", []):
        for purl in edge.get("dependsOn", []):
            if purl not in components:
                yield _finding(SBOM_PATH, "sbom-shape", f"{edge.get('ref')} depends on unknown {purl}", "add it")


def is_allowed(expression: str) -> bool:
    """Whether a licence expression lets anybody use the thing: one side of OR is enough, both of AND are needed."""
    return any(
        all(part.strip(" ()") in ALLOWED for part in choice.split(" AND ")) for choice in expression.split(" OR ")
    )


def _judge_licence(component: Mapping[str, Any]) -> Iterator[Finding]:
    stated = [
        str(one.get("expression") or one.get("license", {}).get("id", "")) for one in component.get("licenses", [])
    ]
    if not stated or not all(is_allowed(expression) for expression in stated):
        told = ", ".join(stated) or "no licence"
        remedy = "choose another component, or have its licence approved"
        yield _finding(SBOM_PATH, "licence", f"{component.get('name')}: {told} is not allowed", remedy)


def _looked_at(workspace: Workspace) -> Iterator[str]:
    yield from (path for path in _REQUIREMENTS if path in workspace.files)
    yield from (path for path in workspace.paths(".json") if path.endswith(JARS))
    yield from dockerfiles(workspace)
    yield from (path for path in workspace.paths(".yml", ".yaml") if path.startswith(".github/workflows/"))


def _taken(texts: Mapping[str, str]) -> Iterator[tuple[str, str, int]]:
    """What the files install or run, as package URLs, and where."""
    for path, text in texts.items():
        if path.endswith(JARS):
            yield from ((purl, path, 1) for purl in _jars(text))
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if purl := _package_url(path, line):
                yield purl, path, number


def _package_url(path: str, line: str) -> str | None:
    """What one line of a file takes from outside."""
    if path in _REQUIREMENTS:
        found = None if line.startswith(("-r", "#")) else _REQUIREMENT.match(line)
        return f"pkg:pypi/{found['name'].lower()}@{found['version'] or 'any version'}" if found else None
    if path.endswith((".yml", ".yaml")):
        found = _ACTION.match(line)
        return f"pkg:github/{found['action']}@{found['commit']}" if found else None
    found = _FROM.match(line)
    if found is None:
        return None
    name, _, version = found["image"].partition(":")
    return f"pkg:docker/{name}@{version}"


def _line_of(finding: Finding, text: str) -> int | None:
    """The line of the bill that names what a finding is about: its package URL, or its name alone."""
    about = {word.strip(",:") for word in finding.message.split()}
    named = (number for number, line in enumerate(text.splitlines(), start=1) if about & set(_QUOTED.findall(line)))
    return next(named, None) if finding.file == SBOM_PATH else None


def _jars(text: str) -> list[str]:
    """The jars of a stream application; a document of another shape names none."""
    try:
        jars = json.loads(text)["jars"]
        return [f"pkg:maven/{jar['group']}/{jar['artifact']}@{jar['version']}" for jar in jars]
    except (ValueError, KeyError, TypeError):
        return []


def _finding(path: str, rule: str, message: str, remedy: str) -> Finding:
    return Finding(file=path, rule=rule, message=message, remedy=remedy)
