"""The distilled schema of the AWS provider: names and types, nothing that could call AWS.

A block is `{"a": attributes, "b": blocks}`. An attribute is a flag and a type: `r` required, `o` optional, `c`
computed, `x` optional and computed. A type is a code: `s` string, `n` number, `b` boolean, `*` anything, after any
number of `l` list of, `s` set of, `m` map of; where a code is not enough it is `[wrapper, type]` or
`["o", {name: type}]`. A nested block is `[nesting, least, most, block]` with the nestings `l`, `s`, `m` and `1`;
0 for `most` means no limit.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PROVIDER_SOURCE = "registry.terraform.io/hashicorp/aws"
_FILE = Path(__file__).parent.parent / "data" / "aws_schema.json.gz"
_SCALARS = {"s": "string", "n": "number", "b": "bool", "*": "dynamic"}
_WRAPPERS = {"l": "list", "s": "set", "m": "map"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One argument or output; `kind` is the type as Terraform writes it in JSON."""

    is_required: bool
    is_optional: bool
    is_computed: bool
    kind: Any

    @property
    def is_settable(self) -> bool:
        """Whether a configuration may set it."""
        return self.is_required or self.is_optional


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """A block inside another; 0 for `most` means no limit."""

    nesting: str
    least: int
    most: int
    block: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The arguments, outputs and inner blocks of a resource, a data source or a block."""

    attributes: Mapping[str, Attribute]
    blocks: Mapping[str, Nested]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaFacts:
    """The whole provider as it was written down; blocks are made from it one by one, when they are asked for."""

    version: str
    raw: Mapping[str, Any]

    def has(self, kind: str, name: str) -> bool:
        """Whether the provider has this resource (`resources`) or data source (`data`), named as `aws_vpc`."""
        return name.startswith("aws_") and name.removeprefix("aws_") in self.raw[kind]

    def names(self, kind: str) -> list[str]:
        """All resources or data sources, as `aws_vpc`."""
        return [f"aws_{name}" for name in sorted(self.raw[kind])]

    def block(self, kind: str, name: str) -> Block:
        """The block of a resource or data source, named as `aws_vpc`."""
        return read_block(self.raw[kind][name.removeprefix("aws_")])

    def provider(self) -> Block:
        """The provider's own configuration."""
        return read_block(self.raw["provider"])

    def only(self, *, resources: Iterable[str], data: Iterable[str]) -> SchemaFacts:
        """The same provider with no more than these types, of which unknown ones are left out."""
        wanted = {"resources": frozenset(resources), "data": frozenset(data)}
        kept = {
            kind: {name: block for name, block in self.raw[kind].items() if f"aws_{name}" in names}
            for kind, names in wanted.items()
        }
        return SchemaFacts(version=self.version, raw={"provider": self.raw["provider"], **kept})


@cache
def load_schema_facts() -> SchemaFacts:
    """Read the facts that come with the product."""
    raw = json.loads(gzip.decompress(_FILE.read_bytes()))
    return SchemaFacts(version=raw["version"], raw=raw)


def read_block(raw: Mapping[str, Any]) -> Block:
    """Make a block of its written form."""
    return Block(
        attributes={name: _attribute(written) for name, written in sorted(raw["a"].items())},
        blocks={
            name: Nested(nesting=nesting, least=least, most=most, block=read_block(inner))
            for name, (nesting, least, most, inner) in sorted(raw["b"].items())
        },
    )


def _attribute(written: str | list[Any]) -> Attribute:
    flag, kind = (written[0], written[1:]) if isinstance(written, str) else written
    return Attribute(
        is_required=flag == "r",
        is_optional=flag in {"o", "x"},
        is_computed=flag in {"c", "x"},
        kind=terraform_type(kind),
    )


def terraform_type(kind: str | list[Any]) -> Any:
    """A type as Terraform writes it in JSON."""
    if isinstance(kind, str):
        return _SCALARS[kind] if len(kind) == 1 else [_WRAPPERS[kind[0]], terraform_type(kind[1:])]
    wrapper, inner = kind
    if wrapper == "o":
        return ["object", {name: terraform_type(member) for name, member in sorted(inner.items())}]
    return [_WRAPPERS[wrapper], terraform_type(inner)]
