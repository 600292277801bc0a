"""What a validation found, in the forms in which it is kept.

`validation.json` follows from the repository and the tools alone; whatever differs from run to run (durations,
output, the sandbox's level) is in the run record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from decisionworks.artifacts.model import REPORT_PATTERN, GeneratedFile
from decisionworks.graphs.codegen.validate.model import CheckStatus, Finding, Verdict
from decisionworks.sandbox import SandboxResult

REPORT_VERSION = 1
VALIDATION_PATH = "reports/validation.json"
SUMMARY_PATH = "reports/summary.md"
_LOG_TAIL = 4000
_GRAVITY = {"error": 0, "warning": 1, "note": 2}
# Rules of different tools that mean the same thing.
_TOPICS = {
    "docker-unpinned": "unpinned-image", "DL3006": "unpinned-image", "DL3007": "unpinned-image",
    "docker-root": "root-user", "DL3002": "root-user", "DS002": "root-user",
    "workflow-unpinned": "unpinned-action", "unpinned-uses": "unpinned-action",
    "workflow-permissions": "permissions", "excessive-permissions": "permissions",
    "workflow-injection": "injection", "template-injection": "injection",
    "workflow-schema": "workflow-schema", "workflow-shape": "workflow-schema",
    "yaml-syntax": "syntax", "syntax": "syntax", "invalid-syntax": "syntax", "python-syntax": "syntax",
}  # fmt: skip
_SARIF_LEVELS = {"error": "error", "warning": "warning", "note": "note"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """One check and what it came to.

    Units: milliseconds.
    """

    id: str
    verdict: Verdict
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationReport:
    """All checks of one repository; `gen_facts` are what policies on generated code look at, None for unknown.

    `is_overridden` says that generated code ran at a level that is not enough for it, because an operator allowed it.
    """

    checks: tuple[CheckReport, ...]
    gen_facts: Mapping[str, bool | None]
    sandbox_level: str
    duration_ms: int
    is_overridden: bool = False

    @property
    def has_passed(self) -> bool:
        """Whether no check failed; skipped checks are named beside this."""
        return all(check.verdict.status is not CheckStatus.FAILED for check in self.checks)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all checks in their order; what two say about one place is told once, by the graver."""
        told: dict[tuple[str, int | None, str], Finding] = {}
        for finding in (finding for check in self.checks for finding in check.verdict.findings):
            key = (finding.file, finding.line, _TOPICS.get(finding.rule, f"{finding.rule} {finding.message}"))
            if key not in told or _GRAVITY[finding.severity] < _GRAVITY[told[key].severity]:
                told[key] = finding
        return tuple(told.values())

    def ids(self, status: CheckStatus) -> list[str]:
        """The checks that ended so."""
        return [check.id for check in self.checks if check.verdict.status is status]

    def to_json(self) -> dict[str, object]:
        """The part that is equal on every machine with the same tools."""
        return {
            "report_version": REPORT_VERSION,
            "status": "passed" if self.has_passed else "failed",
            "counts": {str(status): len(self.ids(status)) for status in CheckStatus},
            "facts": dict(sorted(self.gen_facts.items())),
            "checks": [
                {
                    "id": check.id,
                    "tool": check.verdict.tool,
                    "version": check.verdict.version,
                    "status": str(check.verdict.status),
                    "reason": check.verdict.reason,
                    "findings": [finding.to_json() for finding in check.verdict.findings],
                }
                for check in self.checks
            ],
        }

    def run_json(self) -> dict[str, object]:
        """The part that differs from run to run."""
        return {
            "sandbox_level": self.sandbox_level,
            "sandbox_override": self.is_overridden,
            "duration_ms": self.duration_ms,
            "checks": [
                {
                    "id": check.id,
                    "status": str(check.verdict.status),
                    "duration_ms": check.duration_ms,
                    "runs": [_run_json(run) for run in check.verdict.runs],
                }
                for check in self.checks
            ],
            "sarif": self.sarif(),
        }

    def sarif(self) -> dict[str, object]:
        """The findings as SARIF 2.1.0, one run for each check."""
        return {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [_sarif_run(check) for check in self.checks if check.verdict.status is not CheckStatus.SKIPPED],
        }

    def summary(self) -> str:
        """The report for people, in Markdown."""
        lines = [
            "# Validation",
            "",
            f"**{'Passed' if self.has_passed else 'Failed'}**: {self._counted()}.",
            "",
            "| check | status | tool | why |",
            "|---|---|---|---|",
        ]
        for check in self.checks:
            verdict = check.verdict
            tool = f"{verdict.tool} {verdict.version}" if verdict.version else verdict.tool
            lines.append(f"| {check.id} | {verdict.status} | {_cell(tool)} | {_cell(verdict.reason)} |")
        lines += ["", "A skipped check has not looked; it says nothing about the repository.", ""]
        if self.findings:
            lines += ["## Findings", ""]
            lines += [_finding_line(finding) for finding in self.findings]
            lines.append("")
        return "\n".join(lines)

    def _counted(self) -> str:
        return ", ".join(f"{len(self.ids(status))} {status}" for status in CheckStatus)

    def files(self) -> dict[str, GeneratedFile]:
        """The two reports as files of the artifact."""
        text = json.dumps(self.to_json(), indent=2, ensure_ascii=False) + "\n"
        return {
            SUMMARY_PATH: GeneratedFile(content=self.summary().encode(), pattern=REPORT_PATTERN),
            VALIDATION_PATH: GeneratedFile(content=text.encode(), pattern=REPORT_PATTERN),
        }


def _run_json(run: SandboxResult) -> dict[str, object]:
    return {
        "exit_code": run.exit_code,
        "signal": run.signal,
        "killed": run.killed,
        "timed_out": run.timed_out,
        "truncated": run.truncated,
        "duration_ms": run.duration_ms,
        "level": str(run.level),
        "controls": dict(sorted(run.controls.items())),
        "stdout_tail": run.stdout[-_LOG_TAIL:].decode(errors="replace"),
        "stderr_tail": run.stderr[-_LOG_TAIL:].decode(errors="replace"),
    }


def _sarif_run(check: CheckReport) -> dict[str, object]:
    driver: dict[str, object] = {"name": check.verdict.tool}
    if check.verdict.version:
        driver["version"] = check.verdict.version
    rules = {finding.rule: finding.remedy for finding in reversed(check.verdict.findings)}
    return {
        "tool": {"driver": driver | {"rules": [_sarif_rule(rule, rules[rule]) for rule in sorted(rules)]}},
        "automationDetails": {"id": check.id},
        "results": [_sarif_result(finding) for finding in check.verdict.findings],
    }


def _sarif_rule(rule: str, remedy: str | None) -> dict[str, object]:
    return {"id": rule} | ({"help": {"text": remedy}} if remedy else {})


def _sarif_result(finding: Finding) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": {"uri": quote(finding.file)}}
    if finding.line:
        place["region"] = {"startLine": finding.line}
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "level": _SARIF_LEVELS[finding.severity],
        "message": {"text": finding.message},
    }
    return result | ({"locations": [{"physicalLocation": place}]} if finding.file else {})


def _finding_line(finding: Finding) -> str:
    place = finding.file + (f":{finding.line}" if finding.line else "")
    remedy = f" Remedy: {_cell(finding.remedy)}." if finding.remedy else ""
    return f"- **{finding.severity}** `{_cell(finding.rule)}` {_cell(place)}: {_cell(finding.message)}.{remedy}"


def _cell(text: str) -> str:
    """Text from tools on one line, unable to end its table cell or to bring markup of its own."""
    plain = " ".join(text.split())
    for character in "\\|`<>[]*":
        plain = plain.replace(character, "\\" + character)
    return plain
