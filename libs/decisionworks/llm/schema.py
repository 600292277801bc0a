"""From a pydantic model to the JSON schema that the vendors' strict modes accept."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

# Strict modes refuse these or do not enforce them; pydantic does when the answer comes.
_DROPPED = frozenset({
    "title", "default", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
    "minItems", "maxItems", "pattern", "format", "multipleOf",
})  # fmt: skip


def strict_schema(shape: type[BaseModel]) -> dict[str, Any]:
    """The schema of an answer: every property required, none beside them."""
    schema: dict[str, Any] = _strict(shape.model_json_schema())
    return schema


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _members(key, value) for key, value in node.items() if key not in _DROPPED}
    if isinstance(kept.get("properties"), dict):
        kept["required"] = list(kept["properties"])
        kept["additionalProperties"] = False
    return kept


def _members(key: str, value: Any) -> Any:
    """Names of properties and definitions are not keywords, even where they read like some."""
    if key in ("properties", "$defs") and isinstance(value, dict):
        return {name: _strict(member) for name, member in value.items()}
    return _strict(value)
