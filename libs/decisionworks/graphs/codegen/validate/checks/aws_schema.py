"""Resources, arguments and references against what is known of the AWS provider, with no Terraform needed."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from decisionworks.graphs.codegen.validate.model import Finding, Verdict, judged, skipped
from decisionworks.graphs.codegen.validate.schema import Attribute, Block, Nested, load_schema_facts
from decisionworks.graphs.codegen.validate.workspace import Workspace

_TOOL = "decisionworks"
_KINDS = {"resource": "resources", "data": "data"}
_META = frozenset({"count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection", "dynamic"})
_REFERENCE = re.compile(r"(?<![\w.\-/:])(data\.)?(aws_\w+)\.(\w+)(?:\[[^\]]*\])?(?:\.(\w+))?")
_SCALARS = frozenset({"string", "number", "bool"})
_REMEDY = "look the argument up in the provider's documentation"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSchemaCheck:
    """Unknown, missing and unsettable arguments, and references to what does not exist."""

    id: str = "aws-schema"

    def run(self, workspace: Workspace) -> Verdict:
        """Judge every resource and data source of the repository."""
        version = load_schema_facts().version
        if not workspace.paths(".tf"):
            return skipped("the repository has no Terraform files", tool=_TOOL, version=version)
        read = workspace.read("hcl")
        if read.problems:
            return skipped("not every Terraform file can be read", tool=_TOOL, version=version, runs=(read.run,))
        findings = judge_schema(read.blocks)
        count = sum(block["kind"] in _KINDS for block in read.blocks)
        passed = f"{count} resources and data sources fit the schema of AWS provider {version}"
        return judged(findings, passed=passed, tool=_TOOL, version=version, runs=(read.run,))


def judge_schema(blocks: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Everything that does not fit; types that the provider does not have are named once, for resources elsewhere."""
    found = [finding for block in blocks if block["kind"] in _KINDS for finding in _judge_block(block)]
    modules: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for block in blocks:
        modules[str(PurePosixPath(block["file"]).parent)].append(block)
    return found + [finding for module in modules.values() for finding in _judge_references(module)]


def _judge_block(block: Mapping[str, Any]) -> Iterator[Finding]:
    facts, kind, name = load_schema_facts(), _KINDS[block["kind"]], block["labels"][0]
    if facts.has(kind, name):
        for rule, why in _problems(block["body"], facts.block(kind, name), ()):
            yield _finding(block, rule, why)
    elif kind == "data" and name.startswith("aws_"):
        yield _finding(block, "unknown-data-source", f"the AWS provider has no data source {name}")


def _problems(body: Mapping[str, Any], schema: Block, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What is wrong inside a body, as rule and words."""
    given = {name for name in body if not name.startswith("__")}
    dynamic = _dynamic(body)
    for name in sorted(given - (_META if not path else frozenset({"dynamic"}))):
        if name in schema.attributes:
            yield from _wrong_value(schema.attributes[name], body[name], (*path, name))
        elif name in schema.blocks:
            yield from _wrong_blocks(schema.blocks[name], body[name], (*path, name))
        else:
            guesses = difflib.get_close_matches(name, [*schema.attributes, *schema.blocks], n=1)
            hint = f"; {guesses[0]} is known" if guesses else ""
            yield "unknown-argument", f"has no argument {_dotted((*path, name))}{hint}"
    for name, contents in dynamic.items():
        if name in schema.blocks:
            for content in contents:
                yield from _problems(content, schema.blocks[name].block, (*path, name))
        elif name not in schema.attributes:
            yield "unknown-argument", f"has no block {_dotted((*path, name))}"
    required = [name for name, item in schema.attributes.items() if item.is_required]
    required += [name for name, item in schema.blocks.items() if item.least > 0]
    for name in required:
        if name not in given and name not in dynamic:
            yield "missing-argument", f"lacks {_dotted((*path, name))}"


def _wrong_value(attribute: Attribute, value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if not attribute.is_settable:
        yield "unsettable-argument", f"sets {_dotted(path)}, which only AWS sets"
    elif isinstance(attribute.kind, str):
        if attribute.kind in _SCALARS and isinstance(value, list | dict):
            yield "wrong-type", f"gives {_dotted(path)} more than one value; it is a {attribute.kind}"
    elif isinstance(value, bool | int | float) or (isinstance(value, str) and "${" not in value and value != "null"):
        yield "wrong-type", f"gives {_dotted(path)} a single value; it is a {attribute.kind[0]}"


def _wrong_blocks(nested: Nested, value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    members = value if isinstance(value, list) else [value]
    if nested.most and len(members) > nested.most:
        yield "too-many-blocks", f"has {len(members)} blocks {_dotted(path)}; {nested.most} can be"
    for member in members:
        if isinstance(member, dict):
            yield from _problems(member, nested.block, path)
        else:
            yield "wrong-type", f"sets {_dotted(path)}, which is a block"


def _dynamic(body: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """The contents of `dynamic` blocks by the name of the block they make."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for entry in body.get("dynamic", []):
        for name, made in entry.items():
            if isinstance(made, dict):
                contents = made.get("content", [])
                found.setdefault(name, []).extend(contents if isinstance(contents, list) else [contents])
    return found


def _judge_references(module: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    facts = load_schema_facts()
    declared = {(block["kind"], *block["labels"][:2]) for block in module if block["kind"] in _KINDS}
    for block in module:
        if block["kind"] == "run":
            continue  # A test speaks of the module that it loads; Terraform itself runs it.
        for is_data, kind, name, member in sorted(set(_references(block["body"]))):
            address = f"{'data.' if is_data else ''}{kind}.{name}"
            if ("data" if is_data else "resource", kind, name) not in declared:
                yield _finding(block, "unknown-reference", f"refers to {address}, which its module does not have")
            elif member and facts.has("data" if is_data else "resources", kind):
                schema = facts.block("data" if is_data else "resources", kind)
                if member not in schema.attributes and member not in schema.blocks:
                    yield _finding(block, "unknown-reference", f"reads {address}.{member}, which does not exist")


def _references(value: Any) -> Iterator[tuple[str, str, str, str]]:
    for text in _texts(value):
        if "${" in text:
            for found in _REFERENCE.finditer(text):
                yield found[1] or "", found[2], found[3], found[4] or ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from _texts(inner)


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(path)


def _finding(block: Mapping[str, Any], rule: str, why: str) -> Finding:
    address = ".".join([block["kind"], *block["labels"]])
    return Finding(file=block["file"], line=block["line"], rule=rule, message=f"{address} {why}", remedy=_REMEDY)
