"""Cursor pages: `{items, next_cursor}` with a cursor that callers hand back unread."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from decisionworks_api.errors import bad_parameter

MOST_ITEMS = 200


def page(items: Sequence[dict[str, Any]], next_before: UUID | None) -> dict[str, Any]:
    """One page as lists answer it."""
    return {"items": list(items), "next_cursor": None if next_before is None else _encoded(next_before)}


def cursor_id(cursor: str | None) -> UUID | None:
    """The place a cursor stands for.

    Raises: Malformed.
    """
    if not cursor:
        return None
    try:
        raw = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
        return UUID(bytes=raw)
    except (ValueError, UnicodeEncodeError, binascii.Error) as error:
        raise bad_parameter("cursor", "is not one of ours", remedy="pass the next_cursor of an earlier page") from error


def _encoded(place: UUID) -> str:
    return base64.urlsafe_b64encode(place.bytes).decode("ascii")
