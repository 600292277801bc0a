"""The repository's own tests pass."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from decisionworks.graphs.codegen.validate.checks.programs import package_version, postgres_programs
from decisionworks.graphs.codegen.validate.checks.told_tests import NotTold, meddling, missing_tests, read_told
from decisionworks.graphs.codegen.validate.model import Finding, Verdict, judged, skipped
from decisionworks.graphs.codegen.validate.workspace import TOOLS_DIR, Workspace
from decisionworks.sandbox import (
    MEBIBYTE,
    Limits,
    OutputRefused,
    Purpose,
    SandboxLevel,
    SandboxResult,
    Sockets,
    collect_file,
)

_ASKS_FOR_DATABASE = "TEST_DATABASE_URL"
_NO_SERVER = 70
# Where tests belong, for what is wrong with all of them.
_TESTS = "tests"
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
        command = [
            sys.executable,
            "-B",
            str(TOOLS_DIR / "tell_tests.py"),
            "-q",
            "-p",
            "no:cacheprovider",
            "--junitxml",
            "junit-report.xml",
        ]
        database, without = _database(workspace)
        if database is not None:
            command = [sys.executable, "-B", str(TOOLS_DIR / "run_tests.py"), database, *command]
        result = workspace.sandbox.run(
            command,
            work_dir=copy,
            limits=self.limits,
            purpose=Purpose.EXECUTE,
            environment={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            read_only=[TOOLS_DIR],
            writable=[copy],
            sockets=Sockets.NONE if database is None else Sockets.UNIX,
        )
        try:
            report = collect_file(copy, "junit-report.xml")
        except OutputRefused:
            report = b""
        sources = {path: workspace.text(path) for path in workspace.paths(".py")}
        return _verdict(result, report, version, sources, beside="PostgreSQL" if database else without)


def _database(workspace: Workspace) -> tuple[str | None, str]:
    """The programs of a PostgreSQL for tests that ask for one, or why they go without.

    Only where a namespace keeps Unix sockets to themselves: elsewhere generated code could speak with ours.
    """
    if not any(_ASKS_FOR_DATABASE in workspace.text(path) for path in workspace.paths(".py")):
        return None, ""
    if workspace.sandbox.level is not SandboxLevel.NAMESPACES:
        return None, f"without PostgreSQL at sandbox level {workspace.sandbox.level}"
    programs = postgres_programs()
    return (None, "without PostgreSQL, which is not installed") if programs is None else (str(programs), "")


def _verdict(result: SandboxResult, report: bytes, version: str, sources: Mapping[str, str], *, beside: str) -> Verdict:
    count, left_out, findings = _read_report(report)
    if beside == "PostgreSQL" and result.exit_code == _NO_SERVER:
        findings.append(_failure(_TESTS, f"PostgreSQL did not start: {_last_line(result)}"))
    if result.killed is not None:
        findings.append(_failure(_TESTS, f"the tests were stopped: {result.killed}"))
    elif count == 0 and not findings:
        findings.append(_failure(_TESTS, "no test ran: " + _last_line(result)))
    elif not result.has_succeeded and not findings:
        findings.append(_failure(_TESTS, f"pytest ended with exit code {result.exit_code}: {_last_line(result)}"))
    elif not findings:
        findings += _doubts(result, sources, reported=count)
    beside = {"": "", "PostgreSQL": ", beside a real PostgreSQL"}.get(beside, f", {beside}")
    told = f"{count} tests passed" + (f", {left_out} skipped" if left_out else "") + beside
    return judged(findings, passed=told, tool="pytest", version=version, runs=(result,))


def _doubts(result: SandboxResult, sources: Mapping[str, str], *, reported: int) -> list[Finding]:
    """What the report alone does not show: it lies where the tests can write, so a second witness must agree."""
    try:
        told = read_told(result.stdout)
    except NotTold as error:
        return [_failure(_TESTS, f"{error}: {_last_line(result)}")]
    if told.passed != reported:
        return [_failure(_TESTS, f"the report says that {reported} tests passed, pytest told of {told.passed}")]
    return [*missing_tests(sources, told), *meddling(sources)]


def _read_report(report: bytes) -> tuple[int, int, list[Finding]]:
    """Count the tests that ran and those that did not, and name what failed; a document type could hide a bomb."""
    if not report or b"<!DOCTYPE" in report or b"<!ENTITY" in report:
        return 0, 0, []
    try:
        root = ElementTree.fromstring(report)  # noqa: S314 - no document type is in it
    except ElementTree.ParseError:
        return 0, 0, []
    ran = left_out = 0
    findings: list[Finding] = []
    for case in root.iter("testcase"):
        outcome = next((child for child in case if child.tag in {"failure", "error", "skipped"}), None)
        ran += outcome is None or outcome.tag == "failure"
        left_out += outcome is not None and outcome.tag == "skipped"
        if outcome is not None and outcome.tag != "skipped":
            name = "::".join(part for part in (case.get("classname"), case.get("name")) if part)
            file = _file_of(case.get("classname") or case.get("name") or "")
            findings.append(_failure(file, f"{name}: {_why(outcome)}", line=_line_in(file, outcome.text or "")))
    return ran, left_out, findings


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


def _line_in(file: str, told: str) -> int | None:
    """The last line of the test's own file that pytest names."""
    lines = re.findall(rf"^{re.escape(file)}:(\d+):", told, re.MULTILINE) if file else []
    return int(lines[-1]) if lines else None


def _failure(file: str, message: str, *, line: int | None = None) -> Finding:
    return Finding(file=file, line=line, rule="test-failed", message=message)


def _last_line(result: SandboxResult) -> str:
    lines = result.stderr.decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "no output"
