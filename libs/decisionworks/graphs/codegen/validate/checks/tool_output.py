"""Running a tool that lints, and reading its answer; a tool that is missing or that breaks has passed nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from decisionworks.graphs.codegen.validate.checks.programs import find_program, package_version, version_in
from decisionworks.graphs.codegen.validate.model import Finding, Severity, Verdict, judged, skipped
from decisionworks.graphs.codegen.validate.workspace import TOOLS_DIR, Workspace
from decisionworks.kit.words import counted
from decisionworks.sandbox import SandboxResult

Read = Callable[[SandboxResult], Iterable[Finding]]
_SARIF_SEVERITY: Mapping[str, Severity] = {"error": "error", "warning": "warning", "note": "note", "none": "note"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program that reads files and says what it thinks of them.

    `good_exits` are the codes with which it ends when it could look, whether or not it found something; `script` is run
    by our interpreter in the place of the program itself; `install` is the command that brings it.
    """

    name: str
    good_exits: frozenset[int]
    arguments: Sequence[str]
    version_arguments: Sequence[str] = ("--version",)
    script: str | None = None
    install: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)

    def judge(self, workspace: Workspace, paths: Sequence[str], *, absent: str, read: Read) -> Verdict:
        """Run the tool on the paths, in the sandbox."""
        if not paths:
            return skipped(absent, tool=self.name)
        program = find_program(self.name)
        if program is None:
            hint = f" ({self.install})" if self.install else ""
            return skipped(f"{self.name} is not installed{hint}", tool=self.name)
        command = [program] if self.script is None else [sys.executable, "-B", str(TOOLS_DIR / self.script)]
        # Asking a package costs no process.
        version = package_version(self.name) or version_in(workspace.parse([*command, *self.version_arguments]))
        if version is None:
            return skipped(f"{self.name} does not run in the sandbox", tool=self.name)
        result = workspace.parse([*command, *self.arguments, *paths], environment=self.environment)
        findings = (
            list(self._broken(result))
            or [_within(workspace, finding) for finding in read(result)]
            or list(self._mute(result))
        )
        passed = counted(len(paths), "file")
        return judged(findings, passed=passed, tool=self.name, version=version, runs=(result,))

    def _broken(self, result: SandboxResult) -> Iterable[Finding]:
        if result.killed or result.truncated or result.exit_code not in self.good_exits:
            said = " ".join((result.stderr or result.stdout).decode(errors="replace").split())[-400:]
            why = f"{self.name} ended with {result.killed or result.exit_code}: {said}"
            yield Finding(file="", rule=f"{self.name}-failed", message=why)

    def _mute(self, result: SandboxResult) -> Iterable[Finding]:
        """Who ends with an error and names none has not told what it saw, and has passed nothing."""
        if result.exit_code != 0:
            why = f"{self.name} ended with {result.exit_code} and named nothing; run it by hand to see why"
            yield Finding(file="", rule=f"{self.name}-failed", message=why)


def read_sarif(result: SandboxResult) -> Iterable[Finding]:
    """The findings of a SARIF document on standard output."""
    document = json.loads(result.stdout)
    for run in document["runs"]:
        rules = {rule["id"]: rule for rule in run["tool"]["driver"].get("rules", [])}
        for found in run.get("results", []):
            yield _of_sarif(found, rules.get(found.get("ruleId", ""), {}))


def _of_sarif(found: Mapping[str, Any], rule: Mapping[str, Any]) -> Finding:
    places = found.get("locations") or [{}]
    place = places[0].get("physicalLocation", {})
    level = found.get("level") or rule.get("defaultConfiguration", {}).get("level", "warning")
    return Finding(
        file=str(place.get("artifactLocation", {}).get("uri", "")),
        line=place.get("region", {}).get("startLine"),
        rule=str(found.get("ruleId", "unnamed")),
        severity=_SARIF_SEVERITY.get(level, "warning"),
        message=" ".join(str(found["message"]["text"]).split())[:400],
        remedy=rule.get("helpUri"),
    )


def _within(workspace: Workspace, finding: Finding) -> Finding:
    """The finding with its file as the repository names it."""
    file = finding.file.removeprefix("file://").removeprefix(str(workspace.root.resolve())).lstrip("/")
    return Finding(
        file=file.removeprefix("./"),
        line=finding.line,
        rule=finding.rule,
        severity=finding.severity,
        message=finding.message,
        remedy=finding.remedy,
    )
