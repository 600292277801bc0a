"""SQL kept in files, one statement a file; the first line of each says what it promises."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def load_statement(package: str, name: str) -> bytes:
    """The statement in `sql/<name>.sql` of a package, without comments and indentation.

    What is sent is short: psycopg parses a statement above 4,096 characters anew each time.
    """
    text = files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return " ".join(line for line in lines if line and not line.startswith("--")).encode()
