"""No secret is in the repository."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from decisionworks.graphs.codegen.validate.checks.programs import package_version
from decisionworks.graphs.codegen.validate.model import Finding, Verdict, judged, skipped
from decisionworks.graphs.codegen.validate.workspace import TOOLS_DIR, Workspace

_TOOL = "detect-secrets"
_REMEDY = "take it out of the file and read it from Secrets Manager; if it was real, revoke it"
# Digests that pin something public. Each names the whole shape of its line, so that nothing else slips through.
_PINS = (
    re.compile(r"^\s*(?:-\s+)?uses:\s+[\w.-]+/[\w./-]+@(?P<pin>[0-9a-f]{40})(?:\s+#.*)?$"),
    re.compile(r"^\s*--hash=sha256:(?P<pin>[0-9a-f]{64})\s*\\?$"),
    re.compile(r"^FROM\s+(?:--\S+\s+)?\S+@sha256:(?P<pin>[0-9a-f]{64})(?:\s+AS\s+\S+)?$", re.IGNORECASE),
    re.compile(r'^\s*(?:[-*|]\s*)?[`"*]*plan[_ ]hash[`"*:|=\s]+(?P<pin>[0-9a-f]{64})[`"*|,.\s]*$', re.IGNORECASE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsCheck:
    """detect-secrets over every file, whatever version control knows."""

    id: str = "secrets"

    def run(self, workspace: Workspace) -> Verdict:
        """Scan inside the sandbox."""
        version = package_version(_TOOL)
        if version is None:
            return skipped("detect-secrets is not installed", tool=_TOOL)
        result = workspace.parse([sys.executable, "-B", str(TOOLS_DIR / "scan_secrets.py")])
        if not result.has_succeeded or result.truncated:
            message = result.stderr.decode(errors="replace").strip()[-500:] or f"the scan was stopped: {result.killed}"
            broken = Finding(file="", rule="scan", message=message)
            return judged([broken], passed="", tool=_TOOL, version=version, runs=(result,))
        found = json.loads(result.stdout)
        findings = [_finding(entry) for entry in found if not _is_pin(workspace, entry)]
        facts = {"gen.plaintext_secret": bool(findings)}
        passed = f"{len(workspace.files)} files hold no secret"
        return judged(findings, passed=passed, tool=_TOOL, version=version, runs=(result,), facts=facts)


def _finding(entry: Mapping[str, object]) -> Finding:
    # The secret itself stays out of the report.
    rule = str(entry["rule"])
    return Finding(
        file=str(entry["file"]), line=int(str(entry["line"])), rule=rule, message=f"looks like: {rule}", remedy=_REMEDY
    )


def _is_pin(workspace: Workspace, entry: Mapping[str, object]) -> bool:
    lines = workspace.text(str(entry["file"])).splitlines()
    number = int(str(entry["line"]))
    if not 0 < number <= len(lines):
        return False
    return any((m := pin.match(lines[number - 1])) and m["pin"] == entry["text"] for pin in _PINS)
