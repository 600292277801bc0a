"""The repository's own tests pass."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from xml.etree import ElementTree

from decisionworks.graphs.codegen.validate.checks.programs import package_version
from decisionworks.graphs.codegen.validate.model import Finding, Verdict, judged, skipped
from decisionworks.graphs.codegen.validate.workspace import Workspace
from decisionworks.sandbox import MEBIBYTE, Limits, OutputRefused, Purpose, SandboxResult, collect_file

_LIMITS = Limits(wall_s=120, cpu_s=180, memory_bytes=2048 * MEBIBYTE, processes=64, output_bytes=512 * 1024)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedTestsCheck:
    """pytest, in a copy of the repository, without network; no test at all is a failure."""

    id: str = "generated-tests"
    limits: Limits = _LIMITS

    def run(self, workspace: Workspace) -> Verdict:
        """Run the tests inside the sandbox."""
        version = package_version("pytest")
        if version is None:
            return skipped("pytest is not installed", tool="pytest")
        if not workspace.sandbox.can_run(Purpose.EXECUTE):
            level = workspace.sandbox.level
            return skipped(f"generated code is not run at sandbox level {level}", tool="pytest", version=version)
        copy = workspace.copy("tests")
        result = workspace.sandbox.run(
            [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml", "junit-report.xml"],
            work_dir=copy,
            limits=self.limits,
            purpose=Purpose.EXECUTE,
            environment={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            writable=[copy],
        )
        try:
            report = collect_file(copy, "junit-report.xml")
        except OutputRefused:
            report = b""
        return _verdict(result, report, version)


def _verdict(result: SandboxResult, report: bytes, version: str) -> Verdict:
    count, findings = _read_report(report)
    if result.killed is not None:
        findings.append(_failure("", f"the tests were stopped: {result.killed}"))
    elif count == 0 and not findings:
        findings.append(_failure("", "no test ran: " + _last_line(result)))
    elif not result.has_succeeded and not findings:
        findings.append(_failure("", f"pytest ended with exit code {result.exit_code}: {_last_line(result)}"))
    return judged(findings, passed=f"{count} tests passed", tool="pytest", version=version, runs=(result,))


def _read_report(report: bytes) -> tuple[int, list[Finding]]:
    """Count the tests that ran and name those that failed; a document type could hide an entity bomb."""
    if not report or b"<!DOCTYPE" in report or b"<!ENTITY" in report:
        return 0, []
    try:
        root = ElementTree.fromstring(report)  # noqa: S314
    except ElementTree.ParseError:
        return 0, []
    ran = 0
    findings: list[Finding] = []
    for case in root.iter("testcase"):
        outcome = next((child for child in case if child.tag in {"failure", "error", "skipped"}), None)
        ran += outcome is None or outcome.tag == "failure"
        if outcome is not None and outcome.tag != "skipped":
            name = "::".join(part for part in (case.get("classname"), case.get("name")) if part)
            file = _file_of(case.get("classname") or case.get("name") or "")
            findings.append(_failure(file, f"{name}: {_why(outcome)}"))
    return ran, findings


def _why(outcome: ElementTree.Element) -> str:
    """What pytest says, and for a file that cannot be loaded the error behind it."""
    message = " ".join((outcome.get("message") or outcome.tag).split())
    errors = [line[1:].strip() for line in (outcome.text or "").splitlines() if line.startswith("E ")]
    return (f"{message}: {errors[-1]}" if errors and "collection" in message else message)[:400]


def _file_of(class_name: str) -> str:
    parts = class_name.split(".")
    while parts and not parts[-1].startswith("test_"):
        parts.pop()
    return "/".join(parts) + ".py" if parts else ""


def _failure(file: str, message: str) -> Finding:
    return Finding(file=file, rule="test-failed", message=message)


def _last_line(result: SandboxResult) -> str:
    lines = (result.stdout + b"\n" + result.stderr).decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "no output"
