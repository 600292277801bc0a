"""`decisionworks verify`: an artifact against its manifest, and its repository against the checks once more."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from decisionworks.artifacts import (
    MANIFEST_PATH,
    REPORTS_PREFIX,
    ArchivedFile,
    ArchiveLimits,
    GeneratedFile,
    Verification,
    read_archive,
    verify_bytes,
)
from decisionworks.cli.errors import BadInput
from decisionworks.cli.exit_codes import DONE, FAILED
from decisionworks.cli.terminal import console, line, print_json
from decisionworks.graphs.codegen.validate import VALIDATION_PATH, ValidationReport, validate_repository
from decisionworks.graphs.codegen.validate.checks import fast_checks
from decisionworks.sandbox import open_sandbox

_MOST_SHOWN = 20
Json = dict[str, Any]


@click.command("verify")
@click.argument("artifact", metavar="ARTIFACT.zip", type=click.Path(path_type=Path))
@click.option("--digests-only", is_flag=True, help="Compare with the manifest; run no check.")
@click.option("--fast", "is_fast", is_flag=True, help="Run the checks that only read, not those that execute anything.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object on standard output.")
def verify(*, artifact: Path, digests_only: bool, is_fast: bool, is_json: bool) -> None:
    """Check a repository's zip: its manifest and digests, then every validator again, here, in the sandbox.

    Needs no server. Exit code 0 when every file is what the manifest says and no check fails, 1 otherwise, 2 when the
    file is no artifact.
    """
    data = _read(artifact)
    found = verify_bytes(data)
    files = read_archive(data)
    report = None if digests_only or not found.is_intact else _validate(files, is_fast=is_fast)
    told = _told(artifact, found, report, _earlier(files))
    if is_json:
        print_json(told)
    else:
        _print(told)
    sys.exit(DONE if found.is_intact and (report is None or report.has_passed) else FAILED)


def _read(artifact: Path) -> bytes:
    try:
        with artifact.open("rb") as file:
            # One byte more than is allowed is refused as too much, however much there is.
            return file.read(ArchiveLimits().archive_bytes + 1)
    except OSError as error:
        raise BadInput(f"{artifact} cannot be read: {error.strerror or error}") from error


def _validate(files: Mapping[str, ArchivedFile], *, is_fast: bool) -> ValidationReport:
    """The checks on the generated files, as they were before the reports about them were added."""
    generated = {
        path: GeneratedFile(content=file.content, mode=file.mode, pattern="")
        for path, file in files.items()
        if path != MANIFEST_PATH and not path.startswith(REPORTS_PREFIX)
    }
    with tempfile.TemporaryDirectory(prefix="decisionworks-verify-") as name:
        scratch_dir = Path(name)
        scratch_dir.chmod(0o755)
        return validate_repository(
            generated,
            sandbox=open_sandbox(scratch_dir=scratch_dir),
            scratch_dir=scratch_dir / "work",
            checks=fast_checks() if is_fast else None,
        )


def _earlier(files: Mapping[str, ArchivedFile]) -> dict[str, str]:
    """How each check ended according to the report in the archive."""
    if VALIDATION_PATH not in files:
        return {}
    try:
        report = json.loads(files[VALIDATION_PATH].content)
        return {str(check["id"]): str(check["status"]) for check in report["checks"]}
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{VALIDATION_PATH} in the archive cannot be read: {error}") from error


def _told(artifact: Path, found: Verification, report: ValidationReport | None, earlier: Mapping[str, str]) -> Json:
    validation = None if report is None else report.to_json()
    now = {} if report is None else {check.id: str(check.verdict.status) for check in report.checks}
    return {
        "artifact": str(artifact),
        "sha256": found.sha256,
        "content_sha256": found.content_sha256,
        "plan_hash": found.plan_hash,
        "files": found.files,
        "is_intact": found.is_intact,
        "problems": list(found.problems),
        "validation": validation,
        "sandbox_level": None if report is None else report.sandbox_level,
        "ended_otherwise": [
            {"check": check, "then": earlier.get(check), "now": status}
            for check, status in now.items()
            if check in earlier and earlier[check] != status
        ],
    }


def _print(told: Json) -> None:
    screen = console()
    intact = "every file is what the manifest says" if told["is_intact"] else "[red]not what its manifest says[/]"
    screen.print(f"{line(told['artifact'])}: {told['files']} files, {intact}")
    screen.print(f"[dim]sha256 {told['sha256']}[/]\n[dim]content {told['content_sha256']}[/]")
    for problem in told["problems"][:_MOST_SHOWN]:
        screen.print(f"  [red]{line(problem)}[/]")
    if told["validation"] is None:
        return
    screen.print(_table(told))
    findings = [finding for check in told["validation"]["checks"] for finding in check["findings"]]
    for finding in findings[:_MOST_SHOWN]:
        place = f"{finding['file']}:{finding['line']}" if finding["line"] else finding["file"]
        screen.print(f"  {finding['severity']} {line(finding['rule'])} {line(place)}: {line(finding['message'])}")


def _table(told: Json) -> Table:
    then = {one["check"]: one["then"] for one in told["ended_otherwise"]}
    title = f"checks at sandbox level {told['sandbox_level']}"
    table = Table(box=None, pad_edge=False, header_style="bold", title=title, title_justify="left")
    for heading in ("check", "status", "tool", "why"):
        table.add_column(heading)
    for check in told["validation"]["checks"]:
        color = {"passed": "green", "failed": "red"}.get(check["status"], "yellow")
        before = f" (was {then[check['id']] or 'not run'})" if check["id"] in then else ""
        tool = f"{check['tool']} {check['version']}" if check["version"] else check["tool"]
        table.add_row(line(check["id"]), f"[{color}]{check['status']}[/]{before}", line(tool), line(check["reason"]))
    return table
