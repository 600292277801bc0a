"""The database cluster on disk: made once, recognised afterwards, never half-made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from decisionworks.kit.postgres.account import Account
from decisionworks.kit.postgres.binaries import MAJOR_VERSION, Binaries, clean_environment
from decisionworks.kit.postgres.errors import DataDirUnusable, ServerFailed

SUPERUSER = "postgres"
_INITDB_TIMEOUT_S = 120


def path_for_server(cluster_dir: Path, account: Account) -> str:
    """How the server process names the cluster, standing inside it.

    A switched account may not be allowed to walk the directories above (a home of mode 0700), so it is placed inside
    and looks at its own working directory; nothing above ever changes its mode.
    """
    return "/proc/self/cwd" if account.is_switched and sys.platform == "linux" else str(cluster_dir)


def ensure_cluster(cluster_dir: Path, *, account: Account, binaries: Binaries) -> None:
    """Make the cluster unless it is there; a start that died half-way leaves nothing that looks finished.

    Raises: DataDirUnusable, ServerFailed.
    """
    if (cluster_dir / "PG_VERSION").exists():
        _check_version(cluster_dir)
        return
    if cluster_dir.exists() and any(cluster_dir.iterdir()):
        raise DataDirUnusable(cluster_dir, why="it is not empty and holds no database")
    draft = cluster_dir.with_name(cluster_dir.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if account.is_switched:
        os.chown(draft, account.uid, account.gid)
    _initdb(draft, account=account, binaries=binaries)
    if cluster_dir.exists():
        cluster_dir.rmdir()
    draft.rename(cluster_dir)


def _check_version(cluster_dir: Path) -> None:
    found = (cluster_dir / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != MAJOR_VERSION:
        raise DataDirUnusable(
            cluster_dir,
            why=f"its database was made by PostgreSQL {found}, this one is {MAJOR_VERSION}",
            remedy="move the data over with pg_dump and psql, or choose another with --data-dir",
        )


def _initdb(draft: Path, *, account: Account, binaries: Binaries) -> None:
    argv = [
        str(binaries.initdb),
        "-D",
        path_for_server(draft, account),
        "-U",
        SUPERUSER,
        "--auth=trust",
        "--encoding=UTF8",
    ]
    argv += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
    try:
        done = subprocess.run(
            argv,
            cwd=draft,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_INITDB_TIMEOUT_S,
            check=False,
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
    except subprocess.TimeoutExpired as error:
        raise ServerFailed(f"initdb did not finish within {_INITDB_TIMEOUT_S} s") from error
    except OSError as error:
        raise ServerFailed(f"initdb cannot be run: {error}") from error
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ServerFailed(f"initdb failed: {last}", log_tail=done.stderr[-2000:])
