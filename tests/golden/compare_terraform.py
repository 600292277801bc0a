"""`make bindings`: every generated block and reference beside HashiCorp's own bindings of the AWS provider.

Types, arguments, required arguments and inner blocks of each resource and data source, and every attribute that is read
of one, in modules, environments and tests. What a loop variable stands for is not followed.

.venv/bin/python -m tests.golden.compare_terraform WHEEL [-dev-07]
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from decisionworks.artifacts import GeneratedFile
from decisionworks.graphs.codegen.render import render_repository
from decisionworks.graphs.codegen.validate.workspace import Workspace
from decisionworks.sandbox import open_sandbox
from tests.golden.bindings import Bindings, Module, plain
from tests.golden.plans import grouped_plans, planned_scenarios, reference_plans

# Younger than the bindings, whose provider is 6.25.
YOUNGER = frozenset({"aws_s3vectors_index", "aws_s3vectors_vector_bucket", "aws_sagemaker_mlflow_app"})
_YOUNGER_ARGUMENTS = frozenset({("aws_s3vectors_index", "metadata_configuration")})
_META = frozenset({"count", "for_each", "provider", "depends_on", "lifecycle", "dynamic", "connection", "provisioner"})
_REFERENCE = re.compile(
    r"(?<![\w.\"/-])(?P<type>(?:data\.)?aws_\w+)\.(?P<name>\w+)(?P<path>(?:\[[^\]\n]*\]|\.\*|\.[a-z]\w*)+)"
)
_INDEX = re.compile(r"\[[^\]]*\]")
_STEP = re.compile(r"\.([a-z]\w*)")
_COMMENT = re.compile(r"^\s*(?:#|//).*$", re.MULTILINE)
_SUFFIXES = (".tf", ".tftest.hcl", ".tfvars")


def compare(files: Mapping[str, GeneratedFile], bindings: Bindings, counted: Counter[str]) -> Iterator[str]:
    """What does not agree, one line each."""
    for block in _read(files):
        if block["kind"] in {"resource", "data"} and block["labels"][0].startswith("aws_"):
            kind = block["labels"][0] if block["kind"] == "resource" else f"data.{block['labels'][0]}"
            where = f"{block['file']}: {kind}.{block['labels'][1]}"
            yield from _compare_block(where, kind, block["body"], bindings, counted)
    for path, file in sorted(files.items()):
        if path.endswith(_SUFFIXES):
            text = _COMMENT.sub("", file.content.decode())
            yield from _compare_references(path, text, bindings, counted)


def _compare_block(
    where: str, kind: str, body: Mapping[str, Any], bindings: Bindings, counted: Counter[str]
) -> Iterator[str]:
    module = bindings.module(kind)
    if module is None:
        counted["of younger types"] += 1
        if kind not in YOUNGER:
            yield f"{where}: there is no such type"
        return
    counted["blocks"] += 1
    body = {name: value for name, value in body.items() if (kind, name) not in _YOUNGER_ARGUMENTS}
    yield from _compare_arguments(where, module, module.outermost, body, counted)


def _compare_arguments(
    where: str, module: Module, kind: str, body: Mapping[str, Any], counted: Counter[str]
) -> Iterator[str]:
    known = module.arguments(kind)
    given: list[tuple[str, Any]] = [(name, value) for name, value in body.items() if name != "dynamic"]
    for made in body.get("dynamic", []):
        given += [(name, content) for name, one in made.items() for content in one.get("content", [{}])]
    for name, value in given:
        member = known.get(plain(name))
        if member is None:
            if name not in _META:
                yield f"{where}: there is no argument {name}"
            continue
        counted["arguments"] += 1
        if member.kind is not None and module.has(member.kind):
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, Mapping):
                    counted["inner blocks"] += 1
                    yield from _compare_arguments(f"{where}.{name}", module, member.kind, inner, counted)
    names = {plain(name) for name, _ in given}
    yield from (f"{where}: lacks {name}" for name, one in known.items() if one.is_required and name not in names)


def _compare_references(path: str, text: str, bindings: Bindings, counted: Counter[str]) -> Iterator[str]:
    for found in _REFERENCE.finditer(text):
        module = bindings.module(found["type"])
        steps = _STEP.findall(_INDEX.sub("", found["path"]))
        if module is None or not steps:
            continue
        kind: str | None = module.outermost
        counted["references"] += 1
        for step in steps:
            if kind is None:
                break
            member = module.attributes(kind).get(plain(step))
            if member is None:
                yield f"{path}: {found[0]} reads {step}, which {kind} does not have"
                break
            kind = member.kind


def _read(files: Mapping[str, GeneratedFile]) -> list[Mapping[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="bindings-") as place:
        Path(place).chmod(0o755)
        wanted = {path: file for path, file in files.items() if path.endswith(_SUFFIXES)}
        read = Workspace.unpack(wanted, sandbox=open_sandbox(), scratch_dir=Path(place)).read("hcl")
        assert not read.problems, read.problems
        return list(read.blocks)


def main() -> int:
    """Compare every whole plan; 0 when all agrees."""
    bindings = Bindings(Path(sys.argv[1]))
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    counted: Counter[str] = Counter()
    told: set[str] = set()
    for name, source in chain(grouped_plans(), reference_plans(), planned_scenarios()):
        if wanted not in name:
            continue
        counted["plans"] += 1
        for line in compare(render_repository(source), bindings, counted):
            if line not in told:
                told.add(line)
                print(f"{name}: {line}", flush=True)
    print(", ".join(f"{number} {what}" for what, number in counted.items()) + f"; {len(told)} disagree")
    return int(bool(told) or not counted["blocks"])


if __name__ == "__main__":
    sys.exit(main())
