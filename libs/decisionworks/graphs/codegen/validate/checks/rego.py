"""Our own rules in Rego, over the parsed Terraform files; anybody can run them with OPA as well."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from decisionworks.graphs.codegen.validate.checks.programs import package_version
from decisionworks.graphs.codegen.validate.model import Finding, Verdict, judged, skipped
from decisionworks.graphs.codegen.validate.workspace import PARSE_LIMITS, TOOLS_DIR, Workspace
from decisionworks.sandbox import MEBIBYTE, Purpose

RULES_DIR = Path(__file__).resolve().parent.parent / "rules"
_TOOL = "regopy"
# Its allocator reserves hundreds of gigabytes of addresses at once and uses few of them; what it uses is still bounded.
_LIMITS = replace(PARSE_LIMITS, address_space_bytes=2_048 * 1024 * MEBIBYTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegoCheck:
    """Identity, encryption, exposure, logging, resilience, supply chain and cost."""

    id: str = "rego"
    rules_dir: Path = RULES_DIR

    def run(self, workspace: Workspace) -> Verdict:
        """Evaluate inside the sandbox."""
        version = package_version(_TOOL)
        if version is None:
            return skipped("regopy is not installed", tool=_TOOL)
        if not workspace.paths(".tf"):
            return skipped("the repository has no Terraform files", tool=_TOOL, version=version)
        read = workspace.read("hcl")
        if read.problems:
            return skipped("not every Terraform file can be read", tool=_TOOL, version=version, runs=(read.run,))
        document = workspace.directory("rego") / "document.json"
        document.write_text(json.dumps(document_of(read.blocks)), encoding="utf-8")
        script = str(TOOLS_DIR / "evaluate_rego.py")
        result = workspace.sandbox.run(
            [sys.executable, "-B", script, str(self.rules_dir), str(document)],
            work_dir=workspace.root,
            limits=_LIMITS,
            purpose=Purpose.PARSE,
            read_only=[TOOLS_DIR, self.rules_dir, document.parent],
        )
        if not result.has_succeeded or result.truncated:
            said = result.stderr.decode(errors="replace").strip()[-400:] or f"stopped: {result.killed}"
            findings = [Finding(file="", rule="rego-failed", message=said)]
        else:
            findings = list(_findings(json.loads(result.stdout)["findings"]))
        passed = f"{len(rules())} rules hold"
        return judged(findings, passed=passed, tool=_TOOL, version=version, runs=(result,))


@cache
def rules() -> Mapping[str, Mapping[str, Any]]:
    """Every rule by its id, with its severity, title, remedy and examples."""
    found: dict[str, dict[str, Any]] = yaml.safe_load((RULES_DIR / "rules.yaml").read_text(encoding="utf-8"))
    return found


def document_of(blocks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The stable form that rules look at: resources with their values; expressions stay as they are written."""
    return {
        "resources": [
            {
                "type": block["labels"][0],
                "name": block["labels"][1],
                "address": ".".join(block["labels"]),
                "file": block["file"],
                "line": block["line"],
                "values": block["body"],
            }
            for block in blocks
            if block["kind"] == "resource" and len(block["labels"]) == 2
        ]
    }


def _findings(found: Iterable[Mapping[str, Any]]) -> Iterable[Finding]:
    for one in found:
        rule = rules()[one["rule"]]
        yield Finding(
            file=one["file"],
            line=one["line"],
            rule=one["rule"],
            severity=rule["severity"],
            message=f"{one['address']}: {rule['title']}",
            remedy=rule["remedy"],
        )
