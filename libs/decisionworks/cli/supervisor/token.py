"""The administrator's token of an installation on this machine, kept in the data directory for its owner only."""

from __future__ import annotations

from pathlib import Path

from decisionworks.cli.supervisor.address import write_private
from decisionworks.registry.tokens import new_token

FILE_NAME = "admin-token"


def admin_token(data_dir: Path, *, given: str | None) -> str:
    """The given token, or the one of an earlier start, or a fresh one; kept for the next start.

    The database keeps only a digest, so the plaintext has to be remembered here.
    """
    path = data_dir / FILE_NAME
    kept = path.read_text(encoding="utf-8").strip() if path.exists() else ""
    token = given or kept or new_token()
    if token != kept:
        write_private(path, token + "\n")
    return token
