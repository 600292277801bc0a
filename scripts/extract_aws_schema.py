"""Distils the schema of the AWS Terraform provider from the typings that are published for it.

    npm pack @cdktn/provider-aws@25.7.0
    .venv/bin/python scripts/extract_aws_schema.py cdktn-provider-aws-25.7.0.tgz

The typings (MPL-2.0) are read, never run. What is kept are names, types and whether a name is required, optional or
computed. `libs/decisionworks/graphs/codegen/validate/schema/facts.py` says how the result is to be read.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Type = str | list[Any]
Block = dict[str, Any]

TARGET = Path(__file__).parent.parent / "libs/decisionworks/graphs/codegen/validate/data/aws_schema.json.gz"

_KINDS = {"TerraformResource": "resources", "TerraformDataSource": "data", "TerraformProvider": "provider"}
_CLASS = re.compile(r"^class (\w+) extends cdktn\.(\w+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_TYPE_NAME = re.compile(r'static tfResourceType = "(?:aws_)?(\w+)"')
_VERSION = re.compile(r"providerVersion: '([\d.]+)'")
_MEMBER = re.compile(
    r"^    // (\w+) - computed: (true|false), optional: (true|false), required: (true|false)\n"
    r"(.*?)(?=^    // (?:\w+ - |==)|\Z)",
    re.MULTILINE | re.DOTALL,
)
_CHILD = re.compile(r'= new (?:(?!cdktn)\w+\.)?([A-Z]\w+?)(List|Map|OutputReference)\(this, "\w+"(?:, (true|false))?\)')
_HCL_FUNCTION = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{(.*?)^\}", re.MULTILINE | re.DOTALL)
_HCL_ATTRIBUTE = re.compile(
    r'^ {8,12}(\w+): \{\n\s+value: [^\n]*\n\s+isBlock: (true|false),\n\s+type: "(\w+)",\n'
    r'\s+storageClassType: "(\w+)"',
    re.MULTILINE,
)
_GETTERS = (
    ("asNumberList(cdktn.Fn.tolist(", "sn"), ("Fn.tolist(this.getListAttribute", "ss"), ("getStringMapAttribute", "ms"),
    ("getBooleanMapAttribute", "mb"), ("getNumberMapAttribute", "mn"), ("getNumberListAttribute", "ln"),
    ("getStringAttribute", "s"), ("getNumberAttribute", "n"), ("getBooleanAttribute", "b"), ("getListAttribute", "ls"),
    ("interpolationForAttribute", "*"), ("new cdktn.StringMap(", "ms"), ("new cdktn.BooleanMap(", "mb"),
    ("new cdktn.NumberMap(", "mn"), ("new cdktn.AnyMap(", "*"),
)  # fmt: skip
_SCALARS = {"string": "s", "number": "n", "boolean": "b"}
_NESTINGS = {"list": "l", "set": "s", "map": "m", "struct": "1"}
# The typings leave these recursive blocks open; the rest is from the provider's documentation.
_ARN: Block = {"a": {"arn": "rs"}, "b": {}}
_MANAGED: Block = {"a": {"name": "rs", "vendor_name": "rs", "version": "os"}, "b": {}}
_RATE: Block = {"a": {"limit": "rn", "aggregate_key_type": "os", "evaluation_window_sec": "on"}, "b": {}}
_COUNTRIES: Block = {"a": {"country_codes": "rls"}, "b": {}}
_STATEMENT: Block = {
    "a": {},
    "b": {
        "managed_rule_group_statement": ["l", 0, 1, _MANAGED],
        "rate_based_statement": ["l", 0, 1, _RATE],
        "geo_match_statement": ["l", 0, 1, _COUNTRIES],
        "ip_set_reference_statement": ["l", 0, 1, _ARN],
        "rule_group_reference_statement": ["l", 0, 1, _ARN],
    },
}
_RECURSIVE = frozenset({"wafv2_web_acl_rule"})
_OPEN_BLOCKS = {"wafv2_web_acl": (("rule",), "statement"), "wafv2_rule_group": (("rule",), "statement")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settable:
    """How a member is written in a configuration."""

    is_block: bool
    shape: str
    storage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file of the typings, taken apart."""

    bodies: Mapping[str, str]
    settable: Mapping[str, Mapping[str, Settable]]
    main: str
    kind: str
    name: str


def main() -> None:
    """Read the archive named on the command line and write the facts beside the checks."""
    facts: dict[str, Any] = {"version": "", "provider": {}, "resources": {}, "data": {}}
    for text in _texts(Path(sys.argv[1])):
        source = _taken_apart(text)
        if source is None or source.name in _RECURSIVE:
            continue
        facts["version"] = _found(_VERSION, text) or facts["version"]
        block = _block(source, source.main, source.settable["main"], drops_id=source.kind != "data")
        if source.kind == "provider":
            del block["a"]["alias"]  # Terraform's own, not the provider's
            facts["provider"] = block
        else:
            if source.kind == "resources":
                _close(source.name, block)
            facts[source.kind][source.name] = block
    data = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
    with TARGET.open("wb") as target, gzip.GzipFile("", "wb", 9, target, mtime=0) as packed:
        packed.write(data)
    print(  # noqa: T201
        f"{facts['version']}: {len(facts['resources'])} resources, {len(facts['data'])} data sources,"
        f" {len(data)} bytes, {TARGET.stat().st_size} packed"
    )


def _texts(path: Path) -> Iterator[str]:
    """The typings of each resource; large ones are spread over several files."""
    parts: dict[str, list[str]] = {}
    with tarfile.open(path) as archive:
        for member in archive:
            named = re.fullmatch(r"package/lib/([^/]+)/(?:index|index-structs/\w+)\.js", member.name)
            file = archive.extractfile(member) if named else None
            if named and file is not None:
                parts.setdefault(named.group(1), []).append(file.read().decode())
    for name in sorted(parts):
        yield "\n".join(parts[name])


def _taken_apart(text: str) -> Source | None:
    bodies: dict[str, str] = {}
    main = kind = ""
    for name, base, body in _CLASS.findall(text):
        bodies[name] = body
        if base in _KINDS:
            main, kind = name, _KINDS[base]
    if not main:
        return None
    settable = {name.lower(): _settable(body) for name, body in _HCL_FUNCTION.findall(text)}
    settable["main"] = _settable(bodies[main][bodies[main].find("synthesizeHclAttributes") :])
    name = _found(_TYPE_NAME, bodies[main])
    return Source(bodies=bodies, settable=settable, main=main, kind=kind, name=name)


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match.group(1) if match else ""


def _settable(body: str) -> dict[str, Settable]:
    return {
        name: Settable(is_block=is_block == "true", shape=shape, storage=storage)
        for name, is_block, shape, storage in _HCL_ATTRIBUTE.findall(body)
    }


def _block(source: Source, class_name: str, settable: Mapping[str, Settable], *, drops_id: bool = False) -> Block:
    attributes: dict[str, Any] = {}
    blocks: dict[str, Any] = {}
    members = _MEMBER.findall(source.bodies[class_name])
    for name, computed, optional, required, body in members:
        flag = "r" if required == "true" else {"tt": "x", "tf": "c", "ft": "o"}[computed[0] + optional[0]]
        told = settable.get(name)
        child = _CHILD.search(body)
        # What is a block and computed too is in truth an attribute that may be written as blocks.
        if told is not None and told.is_block and child is not None and flag != "x":
            blocks[name] = _nested(source, child, told, flag)
            continue
        if told is not None and told.is_block and child is None:
            blocks[name] = [_NESTINGS[told.shape], 0, 0, _settable_block(source, told.storage)]
            continue
        kind = _object_type(source, child) if child else _leaf_type(body, told)
        if name == "id" and drops_id and flag == "x":
            flag = "c"
        attributes[name] = flag + kind if isinstance(kind, str) else [flag, kind]
    return {"a": attributes, "b": blocks}


def _nested(source: Source, child: re.Match[str], told: Settable, flag: str) -> list[Any]:
    name, form = child.group(1), child.group(2)
    inner = _block(source, name + "OutputReference", source.settable.get(name.lower(), {}))
    return [_NESTINGS[told.shape], int(flag == "r"), int(form == "OutputReference" and told.shape != "struct"), inner]


def _settable_block(source: Source, storage: str) -> Block:
    """A block of the provider's own configuration, of which only the writable side is told."""
    settable = source.settable[storage.removesuffix("List").lower()]
    return {
        "a": {
            name: "o" + kind if isinstance(kind := _listed(told), str) else ["o", kind]
            for name, told in settable.items()
            if not told.is_block
        },
        "b": {
            name: [_NESTINGS[told.shape], 0, 0, _settable_block(source, told.storage)]
            for name, told in settable.items()
            if told.is_block
        },
    }


def _object_type(source: Source, child: re.Match[str]) -> Type:
    name, form, wraps_set = child.groups()
    members = _MEMBER.findall(source.bodies[name + "OutputReference"])
    fields: dict[str, Type] = {}
    for member, *_, body in members:
        inner = _CHILD.search(body)
        fields[member] = _object_type(source, inner) if inner else _leaf_type(body, None)
    kind: Type = ["o", fields]
    if form == "OutputReference":
        return kind
    return ["m" if form == "Map" else "s" if wraps_set == "true" else "l", kind]


def _leaf_type(body: str, told: Settable | None) -> Type:
    for sign, code in _GETTERS:
        if sign in body:
            return code if code != "ls" or told is None else _listed(told)
    if told is None:
        raise ValueError(f"a member of unknown type: {body[:200]}")
    return _listed(told)


def _listed(told: Settable) -> Type:
    """The type of a list as the configuration's writer knows it, lists of lists included."""
    scalar = next((code for word, code in _SCALARS.items() if told.storage.startswith(word)), None)
    if scalar is None:
        return "*"
    inner = re.findall("List|Map", told.storage.removeprefix(next(w for w, c in _SCALARS.items() if c == scalar)))
    if told.shape == "simple":
        return scalar
    kind: Type = scalar
    for wrapper in inner[:-1]:
        kind = ["l" if wrapper == "List" else "m", kind]
    outer = _NESTINGS[told.shape]
    return outer + kind if isinstance(kind, str) else [outer, kind]


def _close(name: str, block: Block) -> None:
    """Describe the recursive blocks whose inside the typings leave open."""
    if name not in _OPEN_BLOCKS:
        return
    path, member = _OPEN_BLOCKS[name]
    for step in path:
        block = block["b"][step][3]
    block["a"].pop(member)
    block["b"][member] = ["l", 1, 1, _STATEMENT]


if __name__ == "__main__":
    main()
