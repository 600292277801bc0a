"""Checkov, from an environment of its own: it pins old versions of libraries that this program uses."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from decisionworks.graphs.codegen.render.accepted import accepted_rules
from decisionworks.graphs.codegen.validate.checks.programs import version_in
from decisionworks.graphs.codegen.validate.model import Finding, Verdict, judged, skipped
from decisionworks.graphs.codegen.validate.workspace import TOOLS_DIR, Workspace
from decisionworks.sandbox import MEBIBYTE, Limits, Purpose, SandboxResult

_TOOL = "checkov"
# Beside our own environment, where `make checkov` puts it, and where its rules are run without its command line.
_OWN_ENVIRONMENT = Path(sys.prefix).parent / ".venv-checkov"
_SETTINGS = (".checkov.yaml", ".checkov.yml")
_LOOKED_AT = re.compile(r"\.tf$|\.ya?ml$|(?:^|/)Dockerfile[^/]*$|\.[Dd]ockerfile$")
_LIMITS = Limits(wall_s=180, cpu_s=180, processes=64, output_bytes=16 * MEBIBYTE)
_ARGUMENTS = [
    "-d", ".", "--framework", "terraform", "dockerfile", "github_actions", "gitlab_ci", "kubernetes",
    "--skip-download", "--quiet", "--compact", "--soft-fail", "-o", "json",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckovCheck:
    """Checkov's rules on infrastructure, images, workflows and manifests; each that is broken has a written reason."""

    id: str = "checkov"

    def run(self, workspace: Workspace) -> Verdict:
        """Scan inside the sandbox; the repository's own settings are left out, so that they can silence nothing."""
        program = find_checkov()
        if program is None:
            return skipped("checkov is not installed (make checkov)", tool=_TOOL)
        if not any(_LOOKED_AT.search(path) for path in workspace.files):
            return skipped("the repository has nothing that checkov looks at", tool=_TOOL)
        version = _installed_version(program) or version_in(_run(workspace, program, workspace.root, ["--version"]))
        if version is None:
            return skipped("checkov does not run in the sandbox", tool=_TOOL)
        copy = workspace.copy("checkov")
        for name in _SETTINGS:
            (copy / name).unlink(missing_ok=True)
        result = _run(workspace, program, copy, _ARGUMENTS)
        if not result.has_succeeded or result.truncated:
            why = result.stderr.decode(errors="replace").strip()[-400:] or f"stopped: {result.killed}"
            findings, passed = [Finding(file="", rule="checkov-failed", message=why)], 0
        else:
            findings, passed = read_answer(json.loads(result.stdout))
        reasons = sum(finding.severity == "note" for finding in findings)
        told = f"{passed} checks passed, {reasons} are broken for a written reason"
        return judged(findings, passed=told, tool=_TOOL, version=version, runs=(result,))


def find_checkov() -> Path | None:
    """The program in its own environment, else where a shell would look."""
    own = _OWN_ENVIRONMENT / "bin" / _TOOL
    found = str(own) if own.is_file() else shutil.which(_TOOL)
    return None if found is None else Path(found).absolute()


def read_answer(answer: Any) -> tuple[list[Finding], int]:
    """What is broken, and how much was right; an answer about nothing is no answer."""
    reports = answer if isinstance(answer, list) else [answer]
    findings: list[Finding] = []
    passed = 0
    for report in reports:
        passed += report.get("summary", report).get("passed", 0)
        results = report.get("results", {})
        findings += [
            Finding(file=str(file).lstrip("/"), rule="checkov-unreadable", message="checkov cannot read this file")
            for file in results.get("parsing_errors", [])
        ]
        findings += _judged(results.get("failed_checks", []))
        findings += _judged(results.get("skipped_checks", []))
    if not passed and not findings:
        findings.append(Finding(file="", rule="checkov-failed", message="checkov has looked at nothing"))
    return findings, passed


def _judged(entries: Iterable[Mapping[str, Any]]) -> Iterable[Finding]:
    """Each broken rule once for a place, however many modules use it: a note where it has a reason, else an error."""
    told: dict[tuple[str, int, str, str], Finding] = {}
    for entry in entries:
        file, line = str(entry["file_path"]).lstrip("/"), entry["file_line_range"][0]
        resource = str(entry["resource"]).split(".", 1)[-1] if "module." in entry["resource"] else entry["resource"]
        kind = next((part for part in str(entry["resource"]).split(".") if part.startswith("aws_")), "workflow")
        reason = next((one.reason for one in accepted_rules() if one.covers(entry["check_id"], kind, file)), None)
        told.setdefault(
            (file, line, entry["check_id"], kind),
            Finding(
                file=file,
                line=line,
                rule=entry["check_id"],
                severity="error" if reason is None else "note",
                message=f"{resource}: {str(entry['check_name']).strip()}"[:400],
                remedy=entry.get("guideline") if reason is None else f"kept so: {reason}",
            ),
        )
    return told.values()


def _installed_version(program: Path) -> str | None:
    """What Checkov's own environment says is installed in it; asking the program would take three seconds."""
    if program.parent.parent != _OWN_ENVIRONMENT:
        return None
    places = [str(place) for place in _OWN_ENVIRONMENT.glob("lib/python*/site-packages")]
    return next((found.version for found in distributions(name=_TOOL, path=places)), None)


def _run(workspace: Workspace, program: Path, work_dir: Path, arguments: list[str]) -> SandboxResult:
    is_own = program.parent.parent == _OWN_ENVIRONMENT
    own = [str(program.parent / "python"), "-B", str(TOOLS_DIR / "run_checkov.py")]
    return workspace.sandbox.run(
        own if is_own else [str(program), *arguments],
        work_dir=work_dir,
        limits=_LIMITS,
        purpose=Purpose.PARSE,
        environment={"CHECKOV_RUN_SCA_PACKAGE_SCAN_V2": "false", "LOG_LEVEL": "ERROR"},
        read_only=[program.parent.parent, TOOLS_DIR],
    )
