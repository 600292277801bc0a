"""Terraform's own judgement, where Terraform is installed."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from decisionworks.graphs.codegen.validate.checks.terraform_commands import (
    TOOL,
    Prepared,
    find_terraform,
    prepare,
    root_modules,
    said,
)
from decisionworks.graphs.codegen.validate.model import Finding, Verdict, judged, skipped
from decisionworks.graphs.codegen.validate.workspace import Workspace
from decisionworks.kit.words import counted
from decisionworks.sandbox import SandboxResult

_TESTS_AT_ONCE = 2
_PLAN_FILE = "checked.tfplan"
_PLACE = re.compile(r" on (\S+) line (\d+)")
_SHOW = ["show", "-json", "-no-color", _PLAN_FILE]
_LOCAL_STATE = 'terraform {\n  backend "local" {}\n}\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class TerraformFormatCheck:
    """`terraform fmt -check -recursive`."""

    id: str = "terraform-fmt"

    def run(self, workspace: Workspace) -> Verdict:
        """Compare with the canonical format inside the sandbox."""
        terraform = find_terraform(workspace)
        if isinstance(terraform, Verdict):
            return terraform
        result = terraform.parse(workspace, ["fmt", "-check", "-recursive", "-list=true", "-no-color", "."])
        findings = [
            Finding(file=line, rule="terraform-fmt", message="is not in canonical format", remedy="run terraform fmt")
            for line in result.stdout.decode(errors="replace").splitlines()
            if line.strip()
        ]
        if not result.has_succeeded and not findings:
            findings = [Finding(file="terraform", rule="terraform-fmt", message=said(result))]
        passed = f"{len(workspace.paths('.tf', '.tfvars', '.tftest.hcl'))} files are in canonical format"
        return judged(findings, passed=passed, tool=TOOL, version=terraform.version, runs=(result,))


@dataclass(frozen=True, slots=True, kw_only=True)
class TerraformValidateCheck:
    """`terraform init -backend=false` and `validate` of each root module, on a provider that knows AWS's schema."""

    id: str = "terraform-validate"

    def run(self, workspace: Workspace) -> Verdict:
        """Validate each root module inside the sandbox."""
        prepared = prepare(workspace, "terraform-validate")
        if isinstance(prepared, Verdict):
            return prepared
        findings: list[Finding] = []
        runs: list[SandboxResult] = []
        roots = root_modules(workspace)
        for root in roots:
            result = prepared.run(root, ["validate", "-json", "-no-color"])
            runs.append(result)
            found = _diagnostics(root, result)
            if not result.has_succeeded and not found:
                found = [_stopped(root, "terraform-init", result)]
            findings += found
        passed = f"{counted(len(roots), 'root module')} valid, {prepared.label}"
        return judged(findings, passed=passed, tool=TOOL, version=prepared.terraform.version, runs=tuple(runs))


@dataclass(frozen=True, slots=True, kw_only=True)
class TerraformPlanCheck:
    """`terraform plan` of each root module for each of its environments, from nothing; AWS is asked nothing."""

    id: str = "terraform-plan"

    def run(self, workspace: Workspace) -> Verdict:
        """Plan inside the sandbox, with a state of its own in the place of the remote one."""
        environments = {root: _environments(workspace, root) for root in root_modules(workspace)}
        if not any(environments.values()):
            return skipped("the repository has no environments/*.tfvars", tool=TOOL)
        prepared = prepare(workspace, "terraform-plan")
        if isinstance(prepared, Verdict):
            return prepared
        findings: list[Finding] = []
        runs: list[SandboxResult] = []
        told: list[str] = []
        for root, files in environments.items():
            (prepared.copy / root / "backend_override.tf").write_text(_LOCAL_STATE, encoding="utf-8")
            pending = files
            while pending:
                commands = [command for file in pending for command in (_plan(file), _SHOW)]
                result = prepared.run(root, *commands, has_backend=True)
                runs.append(result)
                answers = result.stdout.splitlines()
                for file, answer in zip(pending, answers, strict=False):
                    count, found = _planned(root, file, json.loads(answer))
                    told.append(f"{count} resources for {PurePosixPath(file).stem}")
                    findings += found
                if not result.has_succeeded or len(answers) != len(pending):
                    # The others are planned without the one that failed.
                    failed = pending[min(len(answers), len(pending) - 1)]
                    findings.append(Finding(file=f"{root}/{failed}", rule="terraform-plan", message=said(result)))
                pending = pending[len(answers) + 1 :]
        passed = f"planned {', '.join(told)}, {prepared.label}"
        return judged(findings, passed=passed, tool=TOOL, version=prepared.terraform.version, runs=tuple(runs))


@dataclass(frozen=True, slots=True, kw_only=True)
class TerraformTestCheck:
    """`terraform test` of each directory that has tests; they mock AWS, so nothing is created."""

    id: str = "terraform-test"

    def run(self, workspace: Workspace) -> Verdict:
        """Run the tests inside the sandbox."""
        roots = sorted({path.rpartition("/tests/")[0] for path in workspace.paths(".tftest.hcl") if "/tests/" in path})
        if not roots:
            return skipped("the repository has no Terraform tests", tool=TOOL)
        prepared = prepare(workspace, "terraform-test")
        if isinstance(prepared, Verdict):
            return prepared
        findings: list[Finding] = []
        runs: list[SandboxResult] = []
        passes = 0
        for root in roots:
            for result in _in_parts(prepared, root, _test_files(workspace, root)):
                runs.append(result)
                passed, found = _tested(root, result)
                if passed == 0 and not found:
                    found = [_stopped(root, "terraform-test", result)]
                passes += passed
                findings += found
        reason = f"{counted(passes, 'test')} passed, {prepared.label}"
        return judged(findings, passed=reason, tool=TOOL, version=prepared.terraform.version, runs=tuple(runs))


def _environments(workspace: Workspace, root: str) -> list[str]:
    start = f"{root}/environments/"
    return [path.removeprefix(f"{root}/") for path in workspace.paths(".tfvars") if path.startswith(start)]


def _plan(file: str) -> list[str]:
    arguments = ["-input=false", "-refresh=false", "-lock=false", "-no-color", f"-out={_PLAN_FILE}"]
    return ["plan", *arguments, f"-var-file={file}", "-var=image_tag=0123456789ab"]


def _planned(root: str, file: str, plan: dict[str, Any]) -> tuple[int, list[Finding]]:
    """How many resources a plan makes; a first plan changes and removes nothing."""
    changes = [one for one in plan.get("resource_changes", []) if one["mode"] == "managed"]
    wrong = [one["address"] for one in changes if one["change"]["actions"] != ["create"]]
    findings = [
        Finding(file=f"{root}/{file}", rule="terraform-plan", message=f"{address} is not made by a first plan")
        for address in wrong
    ]
    if not changes:
        findings.append(Finding(file=f"{root}/{file}", rule="terraform-plan", message="the plan makes nothing"))
    return len(changes), findings


def _test_files(workspace: Workspace, root: str) -> list[str]:
    """The test files of a directory, as Terraform names them there."""
    return [
        path.removeprefix(f"{root}/") for path in workspace.paths(".tftest.hcl") if path.startswith(f"{root}/tests/")
    ]


def _in_parts(prepared: Prepared, root: str, files: list[str]) -> list[SandboxResult]:
    """Run the test files in a few processes at the same time, for each Terraform runs one file after the other.

    Each works in a copy of its own: a sandbox gives its directory to its own user.
    """
    parts = [part for number in range(_TESTS_AT_ONCE) if (part := files[number::_TESTS_AT_ONCE])]

    def run(part: list[str]) -> SandboxResult:
        own = replace(prepared, copy=prepared.workspace.copy("terraform-test"))
        return own.run(root, ["test", "-json", "-no-color", *(f"-filter={file}" for file in part)])

    with ThreadPoolExecutor(len(parts), thread_name_prefix="terraform-test") as pool:
        return list(pool.map(run, parts))


def _stopped(root: str, rule: str, result: SandboxResult) -> Finding:
    """What ended Terraform before it could answer in JSON, where it says so."""
    message = said(result)
    place = _PLACE.search(message)
    return Finding(
        file=f"{root}/{place[1]}" if place else root, line=int(place[2]) if place else None, rule=rule, message=message
    )


def _diagnostics(root: str, result: SandboxResult) -> list[Finding]:
    try:
        found = json.loads(result.stdout)
    except ValueError:
        return []
    return [_finding(root, entry, rule="terraform-validate") for entry in found.get("diagnostics", [])]


def _finding(root: str, entry: dict[str, Any], *, rule: str) -> Finding:
    place = entry.get("range")
    return Finding(
        file=f"{root}/{place['filename']}" if place else root,
        line=place["start"]["line"] if place else None,
        rule=rule,
        severity="error" if entry["severity"] == "error" else "warning",
        message=f"{entry['summary']}. {entry.get('detail', '')}".strip(),
    )


def _tested(root: str, result: SandboxResult) -> tuple[int, list[Finding]]:
    """How many runs passed, and what went wrong; each line of the output is a message of its own."""
    findings: list[Finding] = []
    passed = 0
    for line in result.stdout.splitlines():
        message = json.loads(line)
        if message.get("type") == "diagnostic":
            findings.append(_finding(root, message["diagnostic"], rule="terraform-test"))
        if message.get("type") == "test_summary":
            passed = message["test_summary"]["passed"]
    if not result.has_succeeded and not any(finding.severity == "error" for finding in findings):
        findings.append(_stopped(root, "terraform-test", result))
    return passed, findings


__all__ = ["Prepared", "TerraformFormatCheck", "TerraformPlanCheck", "TerraformTestCheck", "TerraformValidateCheck"]
