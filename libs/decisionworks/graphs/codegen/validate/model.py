"""Nouns of validation: a check, what it found, and what it ran on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from decisionworks.graphs.codegen.validate.workspace import Workspace
from decisionworks.sandbox import SandboxResult


class CheckStatus(StrEnum):
    """How a check ended; a check that could not look is skipped, never passed."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


# A person reads no more of one check, and a report stays small whatever the repository.
MOST_FINDINGS = 200

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """One thing that is wrong, where, and what would be right."""

    file: str
    line: int | None = None
    rule: str
    severity: Severity = "error"
    message: str
    remedy: str | None = None

    def to_json(self) -> dict[str, object]:
        """The form in `validation.json`."""
        return {
            "file": self.file,
            "line": self.line,
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "remedy": self.remedy,
        }


def finding_order(finding: Finding) -> tuple[str, int, str, str]:
    """Findings by place, so that a report does not depend on which tool spoke first."""
    return (finding.file, finding.line or 0, finding.rule, finding.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one check came to; `runs` is how its commands went, which may differ from run to run."""

    status: CheckStatus
    reason: str
    tool: str
    version: str | None = None
    findings: tuple[Finding, ...] = ()
    runs: tuple[SandboxResult, ...] = ()
    facts: Mapping[str, bool] = field(default_factory=dict)


class Check(Protocol):
    """One way to look at a repository."""

    @property
    def id(self) -> str:
        """The public name of the check."""
        ...

    def run(self, workspace: Workspace) -> Verdict:
        """Look at the repository.

        Raises: ExecutionRefused, OutputRefused, SandboxFailed
        """
        ...


def judged(
    findings: tuple[Finding, ...] | list[Finding],
    *,
    passed: str,
    tool: str,
    version: str | None,
    runs: tuple[SandboxResult, ...] = (),
    facts: Mapping[str, bool] | None = None,
) -> Verdict:
    """Passed without errors, else failed; warnings and notes are shown but do not fail a check."""
    ordered = tuple(sorted(findings, key=finding_order))
    errors = sum(finding.severity == "error" for finding in ordered)
    status = CheckStatus.FAILED if errors else CheckStatus.PASSED
    reason = f"{errors} finding{'s' if errors != 1 else ''}" if errors else passed
    return Verdict(
        status=status,
        reason=reason,
        tool=tool,
        version=version,
        findings=_as_many_as_are_read(ordered),
        runs=runs,
        facts=facts or {},
    )


def _as_many_as_are_read(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    if len(findings) <= MOST_FINDINGS:
        return findings
    rest = f"{len(findings) - MOST_FINDINGS} more findings are left out"
    return (*findings[:MOST_FINDINGS], Finding(file="", rule="left-out", severity="note", message=rest))


def skipped(reason: str, *, tool: str, version: str | None = None, runs: tuple[SandboxResult, ...] = ()) -> Verdict:
    """The check could not look, and this is why."""
    return Verdict(status=CheckStatus.SKIPPED, reason=reason, tool=tool, version=version, runs=runs)
