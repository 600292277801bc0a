"""Whether the database was prepared before by exactly this code: looking costs a start a second and a half.

The stamp lies in the data directory; it counts only while the database itself agrees with it, so a database that was
restored, replaced or emptied is prepared again.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
from pathlib import Path

import psycopg

from decisionworks.cli.supervisor.address import write_private
from decisionworks.registry.tokens import digest_of_token

FILE_NAME = "prepared.json"
_SOURCES = ("migrations", "libs/decisionworks/engine/migrate.py", "libs/decisionworks/registry")
_STATE = """
SELECT (SELECT string_agg(version_num, ',' ORDER BY version_num) FROM alembic_version),
       (SELECT max(v) FROM checkpoint_migrations),
       (SELECT system_identifier::text FROM pg_control_system()),
       EXISTS (SELECT FROM api_keys WHERE key_sha256 = %s AND revoked_at IS NULL)
"""


def is_prepared(data_dir: Path, url: str, *, token: str) -> bool:
    """Whether nothing has to be done; False when in doubt."""
    code = _digest_of_code()
    try:
        kept = json.loads((data_dir / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return code is not None and kept == {"code": code, "database": _state(url, token=token)}


def remember(data_dir: Path, url: str, *, token: str) -> None:
    """Note that the database is prepared by this code."""
    code, state = _digest_of_code(), _state(url, token=token)
    if code is not None and state is not None:
        write_private(data_dir / FILE_NAME, json.dumps({"code": code, "database": state}) + "\n")


def _state(url: str, *, token: str) -> list[object] | None:
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=5, prepare_threshold=None) as connection:
            row = connection.execute(_STATE, (digest_of_token(token),)).fetchone()
    except psycopg.Error:
        return None
    return list(row) if row is not None and row[-1] else None


def _digest_of_code() -> str | None:
    """What prepares a database, as one digest; None outside a checkout, where looking is the only way to know."""
    root = Path(__file__).resolve().parents[4]
    files = [path for source in _SOURCES for path in _files(root / source)]
    if not files:
        return None
    digest = hashlib.sha256(importlib.metadata.version("langgraph-checkpoint-postgres").encode())
    for path in files:
        digest.update(os.fsencode(path.relative_to(root)) + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(source: Path) -> list[Path]:
    found = source.rglob("*") if source.is_dir() else [source]
    return sorted(path for path in found if path.is_file() and path.suffix in {".py", ".sql"})
