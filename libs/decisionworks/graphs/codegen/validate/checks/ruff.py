"""Lint the generated Python by the repository's own rules."""

from __future__ import annotations

import json
from dataclasses import dataclass

from decisionworks.graphs.codegen.validate.checks.programs import find_program, package_version
from decisionworks.graphs.codegen.validate.model import Finding, Verdict, judged, skipped
from decisionworks.graphs.codegen.validate.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class RuffCheck:
    """ruff, with the repository's configuration."""

    id: str = "ruff"

    def run(self, workspace: Workspace) -> Verdict:
        """Lint inside the sandbox."""
        program, version = find_program("ruff"), package_version("ruff")
        if program is None:
            return skipped("ruff is not installed", tool="ruff")
        paths = workspace.paths(".py")
        if not paths:
            return skipped("the repository has no Python files", tool="ruff", version=version)
        result = workspace.parse([program, "check", "--no-cache", "--output-format", "json", "--force-exclude", "."])
        if result.exit_code not in {0, 1} or result.killed:
            message = result.stderr.decode(errors="replace").strip()[-500:] or f"ruff ended with {result.exit_code}"
            broken = Finding(file="pyproject.toml", rule="ruff", message=message)
            return judged([broken], passed="", tool="ruff", version=version, runs=(result,))
        root = str(workspace.root.resolve())
        findings = [
            Finding(
                file=str(entry["filename"]).removeprefix(root).lstrip("/"),
                line=entry["location"]["row"],
                rule=entry["code"] or "syntax",
                message=entry["message"],
                remedy=entry.get("url"),
            )
            for entry in json.loads(result.stdout)
        ]
        return judged(findings, passed=f"{len(paths)} files are clean", tool="ruff", version=version, runs=(result,))
