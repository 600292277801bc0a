"""Terraform's own judgement, where Terraform is installed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from decisionworks.graphs.codegen.validate.checks.infrastructure import dangers
from decisionworks.graphs.codegen.validate.checks.programs import find_program, version_in
from decisionworks.graphs.codegen.validate.model import Finding, Verdict, judged, skipped
from decisionworks.graphs.codegen.validate.workspace import Workspace
from decisionworks.sandbox import MEBIBYTE, Limits, Purpose, SandboxResult

_ENVIRONMENT = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
_LIMITS = Limits(wall_s=120, cpu_s=120, address_space_bytes=16384 * MEBIBYTE, file_bytes=1024 * MEBIBYTE, processes=96)
_PROVIDER_SOURCE = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class TerraformFormatCheck:
    """`terraform fmt -check -recursive`."""

    id: str = "terraform-fmt"

    def run(self, workspace: Workspace) -> Verdict:
        """Compare with the canonical format inside the sandbox."""
        program = find_program("terraform")
        paths = workspace.paths(".tf", ".tfvars")
        if not paths:
            return skipped("the repository has no Terraform files", tool="terraform")
        if program is None:
            return skipped("terraform is not installed", tool="terraform")
        version = _version(workspace, program)
        if version is None:
            return skipped("terraform does not run in the sandbox", tool="terraform")
        result = _run(workspace, [program, "fmt", "-check", "-recursive", "-list=true", "-no-color", "."])
        findings = [
            Finding(file=line, rule="terraform-fmt", message="is not in canonical format", remedy="run terraform fmt")
            for line in result.stdout.decode(errors="replace").splitlines()
            if line.strip()
        ]
        if not result.has_succeeded and not findings:
            findings = [Finding(file="terraform", rule="terraform-fmt", message=_said(result))]
        passed = f"{len(paths)} files are in canonical format"
        return judged(findings, passed=passed, tool="terraform", version=version, runs=(result,))


@dataclass(frozen=True, slots=True, kw_only=True)
class TerraformValidateCheck:
    """`terraform init -backend=false` and `validate`, where the providers can be had without a network."""

    id: str = "terraform-validate"

    def run(self, workspace: Workspace) -> Verdict:
        """Validate each root module inside the sandbox."""
        program = find_program("terraform")
        if not workspace.paths(".tf"):
            return skipped("the repository has no Terraform files", tool="terraform")
        if program is None:
            return skipped("terraform is not installed", tool="terraform")
        version = _version(workspace, program)
        if version is None:
            return skipped("terraform does not run in the sandbox", tool="terraform")
        if dangers(workspace.read("hcl").blocks):
            reason = "not run: the configuration could run programs or load remote code"
            return skipped(reason, tool="terraform", version=version)
        providers = _providers(workspace)
        if providers and workspace.provider_mirror is None:
            named = ", ".join(providers)
            reason = f"no network and no provider mirror: {named} cannot be installed"
            return skipped(reason, tool="terraform", version=version)
        if not workspace.sandbox.can_run(Purpose.EXECUTE):
            reason = f"provider plugins are not run at sandbox level {workspace.sandbox.level}"
            return skipped(reason, tool="terraform", version=version)
        return _validate(workspace, program, version)


def _validate(workspace: Workspace, program: str, version: str | None) -> Verdict:
    findings: list[Finding] = []
    runs: list[SandboxResult] = []
    for root in _root_modules(workspace):
        copy = workspace.copy("terraform") / root
        environment = _ENVIRONMENT | {"TF_DATA_DIR": str(copy / ".terraform")}
        init = [program, "init", "-backend=false", "-input=false", "-no-color", *_mirror(workspace)]
        for argv in (init, [program, "validate", "-json", "-no-color"]):
            runs.append(
                workspace.sandbox.run(
                    argv,
                    work_dir=copy,
                    limits=_LIMITS,
                    purpose=Purpose.EXECUTE,
                    environment=environment,
                    writable=[copy],
                    read_only=[workspace.provider_mirror] if workspace.provider_mirror else [],
                )
            )
        findings += _diagnostics(root, runs[-1])
        if not runs[-1].has_succeeded and not findings:
            findings.append(Finding(file=root, rule="terraform-init", message=_said(runs[-2])))
    return judged(findings, passed="every root module is valid", tool="terraform", version=version, runs=tuple(runs))


def _diagnostics(root: str, result: SandboxResult) -> list[Finding]:
    try:
        found = json.loads(result.stdout)
    except ValueError:
        return []
    return [
        Finding(
            file=f"{root}/{place['filename']}" if (place := entry.get("range")) else root,
            line=place["start"]["line"] if place else None,
            rule="terraform-validate",
            severity="error" if entry["severity"] == "error" else "warning",
            message=f"{entry['summary']}. {entry.get('detail', '')}".strip(),
        )
        for entry in found.get("diagnostics", [])
    ]


def _mirror(workspace: Workspace) -> list[str]:
    return [f"-plugin-dir={workspace.provider_mirror}"] if workspace.provider_mirror else []


def _root_modules(workspace: Workspace) -> list[str]:
    """Directories with Terraform files that no other directory uses as its module."""
    directories = {str(Path(path).parent) for path in workspace.paths(".tf")}
    return sorted(directory for directory in directories if "modules" not in Path(directory).parts)


def _providers(workspace: Workspace) -> list[str]:
    sources: set[str] = set()
    for block in workspace.read("hcl").blocks:
        if block["kind"] == "terraform":
            sources |= set(_PROVIDER_SOURCE.findall(json.dumps(block["body"].get("required_providers", ""))))
        if block["kind"] in {"resource", "data"} and block["labels"]:
            sources.add(f"hashicorp/{block['labels'][0].split('_')[0]}")
    return sorted(sources - {"hashicorp/terraform"})


def _version(workspace: Workspace, program: str) -> str | None:
    return version_in(_run(workspace, [program, "version"]))


def _run(workspace: Workspace, argv: list[str]) -> SandboxResult:
    return workspace.sandbox.run(
        argv, work_dir=workspace.root, limits=_LIMITS, purpose=Purpose.PARSE, environment=_ENVIRONMENT
    )


def _said(result: SandboxResult) -> str:
    text = (result.stderr or result.stdout).decode(errors="replace")
    return " ".join(text.split())[:500] or f"terraform ended with {result.exit_code or result.killed}"
