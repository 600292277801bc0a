"""Scanners that run where somebody has installed them: no package index carries them."""

from __future__ import annotations

from dataclasses import dataclass

from decisionworks.graphs.codegen.validate.checks.tool_output import Tool, read_sarif
from decisionworks.graphs.codegen.validate.model import Verdict
from decisionworks.graphs.codegen.validate.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class TrivyCheck:
    """trivy's rules on configuration; its own embedded ones, nothing is downloaded."""

    id: str = "trivy"

    def run(self, workspace: Workspace) -> Verdict:
        """Scan inside the sandbox."""
        arguments = ["config", "--quiet", "--format", "sarif", "--skip-check-update", "--skip-version-check"]
        tool = Tool(name="trivy", good_exits=frozenset({0}), arguments=arguments)
        return tool.judge(workspace, _all(workspace), absent="the repository is empty", read=read_sarif)


@dataclass(frozen=True, slots=True, kw_only=True)
class TfsecCheck:
    """tfsec's rules on Terraform."""

    id: str = "tfsec"

    def run(self, workspace: Workspace) -> Verdict:
        """Scan inside the sandbox."""
        tool = Tool(name="tfsec", good_exits=frozenset({0, 1}), arguments=["--format", "sarif", "--no-colour"])
        paths = ["."] if workspace.paths(".tf") else []
        return tool.judge(workspace, paths, absent="the repository has no Terraform files", read=read_sarif)


@dataclass(frozen=True, slots=True, kw_only=True)
class GitleaksCheck:
    """gitleaks over every file; there is no history to look at."""

    id: str = "gitleaks"

    def run(self, workspace: Workspace) -> Verdict:
        """Scan inside the sandbox."""
        arguments = ["dir", "--no-banner", "--exit-code", "0", "--redact"]
        arguments += ["--report-format", "sarif", "--report-path", "/dev/stdout"]
        tool = Tool(name="gitleaks", good_exits=frozenset({0}), arguments=arguments, version_arguments=("version",))
        return tool.judge(workspace, _all(workspace), absent="the repository is empty", read=read_sarif)


def _all(workspace: Workspace) -> list[str]:
    return ["."] if workspace.files else []
