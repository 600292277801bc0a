"""What Terraform files ask for: storage, permissions, secrets, and whatever could run or load foreign code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from decisionworks.graphs.codegen.validate.checks import iam, storage
from decisionworks.graphs.codegen.validate.model import Finding, Severity, Verdict, judged, skipped
from decisionworks.graphs.codegen.validate.schema import load_schema_facts
from decisionworks.graphs.codegen.validate.workspace import Workspace

Block = Mapping[str, Any]

_TOOL = "decisionworks"
_RULES_VERSION = "1"
_SECRET_NAME = re.compile(r"(?:^|_)(?:password|secret_string|auth_token|api_key|private_key|access_key|secret_key)$")
_RUNS_CODE = frozenset({"external", "http"})
_REMEDIES = {
    "public-bucket": "add a public access block with all four settings true",
    "wildcard-iam": "name the actions and resources that the component needs",
    "unencrypted-store": "turn on KMS or service-managed encryption",
    "plaintext-secret": "read it from Secrets Manager",
    "unsafe-terraform": "use resources of the listed providers and local modules only",
    "unknown-resource-type": "use a resource type of the AWS provider",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InfrastructureCheck:
    """Our own rules over the parsed Terraform files."""

    id: str = "infrastructure"

    def run(self, workspace: Workspace) -> Verdict:
        """Judge all blocks; unreadable files leave the facts unknown."""
        paths = workspace.paths(".tf", ".tfvars")
        if not paths:
            return skipped("the repository has no Terraform files", tool=_TOOL, version=_RULES_VERSION)
        read = workspace.read("hcl")
        if read.problems:
            return skipped("not every Terraform file can be read", tool=_TOOL, version=_RULES_VERSION, runs=(read.run,))
        findings = judge(read.blocks)
        rules = {finding.rule for finding in findings if finding.severity == "error"}
        facts = {
            "gen.public_bucket": "public-bucket" in rules,
            "gen.wildcard_iam": "wildcard-iam" in rules,
            "gen.unencrypted_store": "unencrypted-store" in rules,
            "gen.plaintext_secret": "plaintext-secret" in rules,
        }
        passed = f"{sum(block['kind'] == 'resource' for block in read.blocks)} resources keep the rules"
        return judged(findings, passed=passed, tool=_TOOL, version=_RULES_VERSION, runs=(read.run,), facts=facts)


def judge(blocks: Sequence[Block]) -> list[Finding]:
    """Everything that the rules say about the blocks."""
    found = [_finding(block, "public-bucket", why) for block, why in storage.public_buckets(blocks)]
    found += [_finding(block, "unencrypted-store", why) for block, why in storage.unencrypted_stores(blocks)]
    found += [
        _finding(block, "unencrypted-store", f"{why}; not judged", severity="note")
        for block, why in storage.undecided_stores(blocks)
    ]
    for block in blocks:
        found += [
            _finding(block, _iam_rule(why, statement), why)
            for statement in iam.statements(block)
            for why in iam.problems(statement)
        ]
        found += [_finding(block, "plaintext-secret", why) for why in _secrets(block)]
        found += [_finding(block, "unknown-resource-type", why) for why in _unknown_type(block)]
    return found + dangers(blocks)


def dangers(blocks: Sequence[Block]) -> list[Finding]:
    """What could run programs or load code from elsewhere as soon as Terraform looks at it."""
    return [_finding(block, "unsafe-terraform", why) for block in blocks for why in _dangers_of(block)]


def _dangers_of(block: Block) -> Iterator[str]:
    labels, body = block["labels"], block["body"]
    if block["kind"] == "data" and labels and labels[0] in _RUNS_CODE:
        yield f"reads the data source {labels[0]}"
    if block["kind"] == "resource" and "provisioner" in body:
        yield "has a provisioner"
    if block["kind"] == "module":
        source = str(body.get("source", ""))
        if not source.startswith(("./", "../")):
            yield f"loads the module {source!r} from elsewhere"


def _iam_rule(why: str, statement: iam.Statement) -> str:
    is_storage = any(action.startswith("s3:") for action in statement.actions or ())
    return "public-bucket" if "everybody" in why and is_storage else "wildcard-iam"


def _secrets(block: Block) -> Iterator[str]:
    name = str(block["labels"][0]) if block["labels"] else ""
    if block["kind"] == "variable" and _names_secret(name, block["body"].get("default")):
        yield "has a default although its name says that it is a secret"
    if block["kind"] in {"resource", "locals", "module", "provider"}:
        yield from (
            f"sets {name} to a literal" for name, value in _attributes(block["body"]) if _names_secret(name, value)
        )


def _names_secret(name: str, value: object) -> bool:
    return _SECRET_NAME.search(name) is not None and _is_literal(value)


def _is_literal(value: object) -> bool:
    return isinstance(value, str) and value != "" and "${" not in value


def _attributes(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name).lower(), inner
            yield from _attributes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _attributes(inner)


def _unknown_type(block: Block) -> Iterator[str]:
    if block["kind"] != "resource" or not block["labels"]:
        return
    kind = block["labels"][0]
    if kind.startswith("aws_") and not load_schema_facts().has("resources", kind):
        yield f"has the type {kind}, which the AWS provider does not have"


def _finding(block: Block, rule: str, why: str, *, severity: Severity = "error") -> Finding:
    address = ".".join([block["kind"], *block["labels"]]) if block["labels"] else block["kind"]
    return Finding(
        file=block["file"],
        line=block["line"],
        rule=rule,
        severity=severity,
        message=f"{address} {why}",
        remedy=_REMEDIES[rule],
    )
