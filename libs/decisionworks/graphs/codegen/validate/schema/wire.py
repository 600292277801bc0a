"""The provider's schema as the bytes in which Terraform's plugin protocol carries it.

Only the few messages of that one answer are written, by hand: a field is its number and wire type, then its value.

Source: the protocol's definition, tfplugin5.proto (GetProviderSchema.Response, Schema, ServerCapabilities)
"""

from __future__ import annotations

import json
from typing import Any

from decisionworks.graphs.codegen.validate.schema.facts import Attribute, Block, Nested, SchemaFacts

_NESTINGS = {"1": 1, "l": 2, "s": 3, "m": 4}
_RESOURCES, _DATA, _ABILITIES = 2, 3, 6
# One Terraform process asks once, however many modules it configures the provider for.
_SCHEMA_IS_ASKED_ONCE = 2


def schema_answer(facts: SchemaFacts) -> bytes:
    """The answer to the question for all schemas."""
    return b"".join(
        [
            _message(1, _schema(facts.provider(), is_provider=True)),
            *_by_name(facts, "resources", _RESOURCES),
            *_by_name(facts, "data", _DATA),
            _message(_ABILITIES, _number(_SCHEMA_IS_ASKED_ONCE, 1)),
        ]
    )


def _by_name(facts: SchemaFacts, kind: str, field: int) -> list[bytes]:
    return [
        _message(field, _text(1, name) + _message(2, _schema(facts.block(kind, name)))) for name in facts.names(kind)
    ]


def _schema(block: Block, *, is_provider: bool = False) -> bytes:
    return _number(1, 0 if is_provider else 1) + _message(2, _block(block, is_outermost=True))


def _block(block: Block, *, is_outermost: bool = False) -> bytes:
    attributes = [
        _message(2, _attribute(name, item, is_outermost=is_outermost)) for name, item in block.attributes.items()
    ]
    return b"".join([*attributes, *(_message(3, _nested(name, item)) for name, item in block.blocks.items())])


def _attribute(name: str, attribute: Attribute, *, is_outermost: bool) -> bytes:
    kind = attribute.kind if is_outermost else _closed(attribute.kind)
    return b"".join(
        [
            _text(1, name),
            _message(2, json.dumps(kind, separators=(",", ":")).encode()),
            _number(4, int(attribute.is_required)),
            _number(5, int(attribute.is_optional)),
            _number(6, int(attribute.is_computed)),
        ]
    )


def _closed(kind: Any) -> Any:
    """Terraform refuses open types inside blocks; what is open there is close to a map in all known cases."""
    return ["map", "string"] if kind == "dynamic" else kind


def _nested(name: str, nested: Nested) -> bytes:
    # A block that can only be single has the same bound below and above.
    most = nested.least if nested.nesting == "1" else nested.most
    return b"".join(
        [
            _text(1, name),
            _message(2, _block(nested.block)),
            _number(3, _NESTINGS[nested.nesting]),
            _number(4, 0 if nested.nesting == "m" else nested.least),
            _number(5, 0 if nested.nesting == "m" else most),
        ]
    )


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value) if value else b""


def _text(field: int, value: str) -> bytes:
    return _message(field, value.encode())


def _message(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
