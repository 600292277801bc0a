"""A client to be killed: writes three marks into a table, in one of the ways in which psycopg sends statements.

Usage: python -m tests.crash.wire.marker URL TABLE simple|extended|pipeline
"""

from __future__ import annotations

import sys
from contextlib import nullcontext

import psycopg

NAME = "marker"


def insert(table: str, how: str) -> str:
    """The statement as it goes over the wire."""
    return f"INSERT INTO {table} VALUES (1)" if how == "simple" else f"INSERT INTO {table} VALUES ($1)"


def write_marks(url: str, table: str, how: str) -> None:
    """Write 1, 2 and 3."""
    with (
        psycopg.connect(url, autocommit=True, application_name=NAME) as connection,
        connection.pipeline() if how == "pipeline" else nullcontext(),
    ):
        for n in (1, 2, 3):
            if how == "simple":
                connection.execute(f"INSERT INTO {table} VALUES ({n})".encode())
            else:
                connection.execute(f"INSERT INTO {table} VALUES (%s)".encode(), (n,))


if __name__ == "__main__":
    write_marks(*sys.argv[1:4])
