"""Checks on what callers send, before anything is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from decisionworks.decisions import Idempotency
from decisionworks.kit.canonical import canonical_json, sha256_hex
from decisionworks.kit.errors import FieldProblem, Invalid
from decisionworks.projects import (
    extract_constraints,
    load_constraint_catalogue,
    parse_constraint_data,
    parse_given_constraints,
    parse_request_document,
)
from decisionworks.registry import Actor
from decisionworks_api.errors import bad_parameter

MOST_METADATA_BYTES = 16 * 1024
LONGEST_KEY = 255

# Enough to tell the language by.
_OPENING_CHARS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRequest:
    """A request that may be stored: its words, and its constraints as plain values, None where null withdraws one."""

    text: str
    constraints: Mapping[str, Any]


def checked_request(text: str | None, constraints: Mapping[str, Any] | None) -> CheckedRequest:
    """Words and constraint data, with the data found inside the words; data given beside them wins.

    Raises: InvalidRequest, InvalidConstraints; Invalid, there is neither.
    """
    given = dict(constraints or {})
    if not (text or "").strip() and not given:
        problem = FieldProblem(pointer="/request", detail="is empty", remedy="say in a sentence what the model decides")
        raise Invalid("a request needs words or constraints", problems=(problem,))
    words, data = "", {}
    if text is not None and (text.strip() or not given):
        try:
            document = parse_request_document(text)
        except Invalid as error:
            problems = error.problems or (FieldProblem(pointer="/request", detail=error.message, remedy=error.remedy),)
            raise type(error)(error.message, problems=problems, remedy=error.remedy) from error
        words, data = document.text, dict(document.data)
    catalogue = load_constraint_catalogue()
    # A blank entry of a form in the words says nothing; null beside the words takes back what they say.
    values = parse_constraint_data(data | given, catalogue=catalogue)
    return CheckedRequest(text=words, constraints=values | parse_given_constraints(given, catalogue=catalogue))


async def ready_to_read(message: str | None) -> None:
    """Load what reading a message takes, in a thread and before any transaction is open.

    The first message of a language takes a second or more on a busy machine; a transaction must not wait for that.
    """
    if message and message.strip():
        opening = message[:_OPENING_CHARS]
        catalogue = load_constraint_catalogue()
        await asyncio.to_thread(extract_constraints, opening, data=None, on_missing="assume", catalogue=catalogue)


def checked_metadata(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """Metadata that can be kept as it is.

    Raises: Invalid.
    """
    if not metadata:
        return {}
    detail = None
    try:
        text = canonical_json(dict(metadata))
        if len(text.encode("utf-8")) > MOST_METADATA_BYTES:
            detail = f"is larger than {MOST_METADATA_BYTES} bytes"
        elif "\\u0000" in text or "\x00" in text:
            detail = "holds a NUL character"
    except (ValueError, RecursionError):
        detail = "holds a value that JSON cannot keep"
    if detail is not None:
        raise Invalid(f"metadata {detail}", problems=(FieldProblem(pointer="/metadata", detail=detail),))
    return dict(metadata)


def idempotency(actor: Actor, key: str | None, *, what: str, body: Mapping[str, Any]) -> Idempotency | None:
    """What makes two calls the same call, if the caller sent a key.

    Raises: Malformed, the key cannot be one.
    """
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise bad_parameter("Idempotency-Key", f"must have 1 to {LONGEST_KEY} printable ASCII characters")
    digest = sha256_hex(canonical_json({"what": what, "body": dict(body)}))
    return Idempotency(caller_id=actor.id, key=key, body_sha256=digest)
