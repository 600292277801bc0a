"""Terraform inside the sandbox: found, prepared with providers that need no network, and run."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from decisionworks.graphs.codegen.render.terraform import REQUIRED_TERRAFORM
from decisionworks.graphs.codegen.validate.checks.infrastructure import dangers
from decisionworks.graphs.codegen.validate.checks.programs import find_program, version_in
from decisionworks.graphs.codegen.validate.model import Verdict, skipped
from decisionworks.graphs.codegen.validate.schema import load_schema_facts, write_schema
from decisionworks.graphs.codegen.validate.workspace import TOOLS_DIR, Workspace
from decisionworks.sandbox import MEBIBYTE, Limits, Purpose, SandboxResult, Sockets

TOOL = "terraform"
_ENVIRONMENT = {
    "CHECKPOINT_DISABLE": "1",
    "TF_CLI_CONFIG_FILE": "/dev/null",
    "TF_INPUT": "0",
    "TF_IN_AUTOMATION": "1",
}
_LIMITS = Limits(
    wall_s=120,
    cpu_s=120,
    address_space_bytes=16384 * MEBIBYTE,
    file_bytes=1024 * MEBIBYTE,
    processes=96,
    output_bytes=16 * MEBIBYTE,
)
_LEAST = re.compile(r">= (\d+)\.(\d+)")
_AWS = "hashicorp/aws"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terraform:
    """The Terraform of this machine."""

    program: str
    version: str

    def parse(self, workspace: Workspace, arguments: list[str]) -> SandboxResult:
        """Run a command that reads the repository only and starts no provider."""
        return _parse(workspace, self.program, arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A copy of the repository in which Terraform may work, and where its providers come from."""

    terraform: Terraform
    workspace: Workspace
    copy: Path
    schema: Path | None

    @property
    def label(self) -> str:
        """What a check on these providers can say about the repository."""
        if self.schema is not None:
            return f"schema-checked against AWS provider {load_schema_facts().version} (no AWS calls)"
        return "checked with the providers of the mirror"

    def run(self, root: str, *commands: list[str], has_backend: bool = False) -> SandboxResult:
        """Initialise a root module and run commands in it; the output is what those say that answer in JSON."""
        mirror = self.workspace.provider_mirror
        init = ["init", "-input=false", "-no-color", *([] if has_backend else ["-backend=false"])]
        init += [f"-plugin-dir={mirror}"] if mirror is not None else []
        argvs = [[self.terraform.program, *arguments] for arguments in (init, *commands)]
        script = [sys.executable, "-B", str(TOOLS_DIR / "run_terraform.py")]
        return self.workspace.sandbox.run(
            [*script, "-" if self.schema is None else str(self.schema), json.dumps(argvs)],
            work_dir=self.copy / root,
            limits=_LIMITS,
            purpose=Purpose.EXECUTE,
            environment=_ENVIRONMENT,
            read_only=[TOOLS_DIR, *(path for path in (self.schema, mirror) if path is not None)],
            writable=[self.copy],
            sockets=Sockets.UNIX,
        )


def find_terraform(workspace: Workspace) -> Terraform | Verdict:
    """The Terraform of this machine, or why it says nothing here."""
    if not workspace.paths(".tf"):
        return skipped("the repository has no Terraform files", tool=TOOL)
    program = find_program("terraform")
    if program is None:
        return skipped("terraform is not installed", tool=TOOL)
    version = workspace.once("terraform-version", lambda: version_in(_parse(workspace, program, ["version"])))
    if version is None:
        return skipped("terraform does not run in the sandbox", tool=TOOL)
    return Terraform(program=program, version=version)


def prepare(workspace: Workspace, name: str) -> Prepared | Verdict:
    """A copy in which providers can be started, or why they cannot."""
    terraform = find_terraform(workspace)
    if isinstance(terraform, Verdict):
        return terraform
    reason = _reason_against(workspace, terraform)
    if reason is not None:
        return skipped(reason, tool=TOOL, version=terraform.version)
    return Prepared(
        terraform=terraform,
        workspace=workspace,
        copy=workspace.copy(name),
        schema=None if workspace.provider_mirror else workspace.once("schema", lambda: _schema_only(workspace)),
    )


def root_modules(workspace: Workspace) -> list[str]:
    """Directories with Terraform files that no other directory uses as its module."""
    directories = {str(Path(path).parent) for path in workspace.paths(".tf")}
    return sorted(directory for directory in directories if "modules" not in Path(directory).parts)


def said(result: SandboxResult) -> str:
    """What Terraform had to say, on one line."""
    text = (result.stderr or result.stdout).decode(errors="replace")
    # What earlier commands had to say comes first, and is not why it failed.
    text = text[max(text.find("Error:"), 0) :]
    return " ".join(text.split())[:500] or f"terraform ended with {result.exit_code or result.killed}"


def _reason_against(workspace: Workspace, terraform: Terraform) -> str | None:
    least = _LEAST.search(REQUIRED_TERRAFORM)
    has = tuple(int(part) for part in terraform.version.split(".")[:2])
    if least is not None and has < (int(least.group(1)), int(least.group(2))):
        return f"the repository needs Terraform {REQUIRED_TERRAFORM}"
    read = workspace.read("hcl")
    if read.problems:
        return "not every Terraform file can be read"
    if dangers(read.blocks):
        return "not run: the configuration could run programs or load remote code"
    foreign = [source for source in _providers(workspace) if source != _AWS]
    if foreign and workspace.provider_mirror is None:
        return f"no network and no provider mirror: {', '.join(foreign)} cannot be installed"
    if not workspace.sandbox.can_run(Purpose.EXECUTE):
        return f"provider plugins are not run at sandbox level {workspace.sandbox.level}"
    return None


def _schema_only(workspace: Workspace) -> Path:
    """The schema of the types that the repository names, for our own provider."""
    named: dict[str, set[str]] = {"resource": set(), "data": set()}
    for block in workspace.read("hcl").blocks:
        if block["kind"] in named and block["labels"]:
            named[block["kind"]].add(block["labels"][0])
    facts = load_schema_facts().only(resources=named["resource"], data=named["data"])
    return write_schema(workspace.directory("schema"), facts)


def _providers(workspace: Workspace) -> list[str]:
    sources: set[str] = set()
    for block in workspace.read("hcl").blocks:
        if block["kind"] == "terraform":
            sources |= _required(block["body"].get("required_providers", []))
        if block["kind"] in {"resource", "data"} and block["labels"]:
            sources.add(f"hashicorp/{block['labels'][0].split('_')[0]}")
    return sorted(sources - {"hashicorp/terraform"})


def _required(listed: object) -> set[str]:
    members = listed if isinstance(listed, list) else [listed]
    return {
        str(provider.get("source", f"hashicorp/{name}"))
        for member in members
        if isinstance(member, dict)
        for name, provider in member.items()
        if isinstance(provider, dict)
    }


def _parse(workspace: Workspace, program: str, arguments: list[str]) -> SandboxResult:
    return workspace.sandbox.run(
        [program, *arguments],
        work_dir=workspace.root,
        limits=_LIMITS,
        purpose=Purpose.PARSE,
        environment=_ENVIRONMENT,
    )
