"""The queue's SQL, one statement a file; the first line of each says what it promises."""

from __future__ import annotations

from decisionworks.kit.statements import load_statement


def statement(name: str) -> bytes:
    """The text of `sql/<name>.sql`."""
    return load_statement("decisionworks.jobs", name)
