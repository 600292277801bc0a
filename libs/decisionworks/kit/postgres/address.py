"""The address of the private socket, short enough for every kernel."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

from decisionworks.kit.postgres.cluster import SUPERUSER
from decisionworks.kit.postgres.errors import DataDirUnusable

_SOCKET_NAME = ".s.PGSQL.5432"
_LONGEST_PATH = 100  # sun_path holds 104 bytes on macOS, 108 on Linux


def server_url(cluster_dir: Path, *, database: str) -> str:
    """The URL for psycopg and SQLAlchemy; the socket lies in the cluster, which only its owner and root may enter.

    Raises: DataDirUnusable when the path is too long and no short name can be made for it.
    """
    host = cluster_dir
    if len(os.fsencode(host / _SOCKET_NAME)) > _LONGEST_PATH:
        host = _short_name(cluster_dir)
    return f"postgresql://{SUPERUSER}@/{quote(database, safe='')}?host={quote(str(host), safe='/')}"


def _short_name(cluster_dir: Path) -> Path:
    folder = Path(tempfile.gettempdir()) / f"dwpg-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o077 or folder.is_symlink():
        raise DataDirUnusable(cluster_dir, why=f"its path is too long for a socket and {folder} is not ours alone")
    link = folder / hashlib.sha256(os.fsencode(cluster_dir)).hexdigest()[:12]
    if not link.is_symlink():
        draft = link.with_name(f"{link.name}.{os.getpid()}")
        draft.symlink_to(cluster_dir)
        draft.replace(link)
    return link
