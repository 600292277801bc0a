"""What the fake answers when no script says otherwise: the least that fits the schema of the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def empty_answer(body: Mapping[str, Any]) -> dict[str, Any]:
    """An object of the request's schema with empty lists."""
    found = (
        body.get("output_config", {}).get("format", {}).get("schema")
        or body.get("text", {}).get("format", {}).get("schema")
        or body.get("response_format", {}).get("json_schema", {}).get("schema")
        or {}
    )
    return {name: [] for name in found.get("properties", {})}
