"""The SQL of limits and accounts, one statement a file; the first line of each says what it promises."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> bytes:
    """The text of `sql/<name>.sql`."""
    return files("decisionworks.llm").joinpath("sql", f"{name}.sql").read_bytes()
