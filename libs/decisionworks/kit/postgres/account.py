"""Whom the server runs as: ourselves, or, because PostgreSQL refuses root, an unprivileged user that exists already."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from decisionworks.kit.postgres.errors import ServerFailed

_UNPRIVILEGED = ("postgres", "nobody", "daemon")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The user and group of the server process; `is_switched` when they are not our own."""

    uid: int
    gid: int
    is_switched: bool

    @property
    def user(self) -> int | None:
        """What `subprocess` is told as the child's user; None keeps ours."""
        return self.uid if self.is_switched else None

    @property
    def group(self) -> int | None:
        """What `subprocess` is told as the child's group; None keeps ours."""
        return self.gid if self.is_switched else None

    @property
    def extra_groups(self) -> list[int] | None:
        """No further groups for a switched account; None keeps ours."""
        return [] if self.is_switched else None


def choose_account(cluster_dir: Path) -> Account:
    """Ourselves, or for root the owner of the cluster, or else an unprivileged user of the system.

    Raises: ServerFailed where root finds nobody to become.
    """
    if os.geteuid() != 0:
        return Account(uid=os.geteuid(), gid=os.getegid(), is_switched=False)
    if cluster_dir.exists() and (owner := cluster_dir.stat()).st_uid != 0:
        return Account(uid=owner.st_uid, gid=owner.st_gid, is_switched=True)
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(uid=entry.pw_uid, gid=entry.pw_gid, is_switched=True)
    raise ServerFailed(
        f"PostgreSQL refuses to run as root and none of the users {', '.join(_UNPRIVILEGED)} exists",
        remedy="run as an ordinary user, or set DATABASE_URL",
    )
