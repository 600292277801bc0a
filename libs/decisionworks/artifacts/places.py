"""Where an artifact's bytes are kept: by project, then by kind; what is quarantined lies apart.

    projects/<project>/<kind>/<first two digits>/<sha256>
    quarantine/<project>/<first two digits>/<sha256>
    retired/<one of the above>

One prefix for each project lets a bucket policy or a backup name a project; one for what is quarantined lets nobody
take it for something that was delivered.
"""

from __future__ import annotations

import re
from uuid import UUID

from decisionworks.artifacts.errors import ArtifactNotFound
from decisionworks.artifacts.paths import check_path

WORK = "work"
QUARANTINE = "quarantine"
RETIRED = "retired"
# Bytes put again are as good as new only when their age says so: see `collect_garbage`.
REFRESH_AFTER_S = 3600.0
_PROJECTS = "projects"
_DIGEST = re.compile(r"[0-9a-f]{64}")


def prefix_of(project_id: UUID, kind: str) -> str:
    """The prefix of a project's bytes of one kind."""
    return f"{QUARANTINE}/{project_id}" if kind == QUARANTINE else f"{_PROJECTS}/{project_id}/{kind}"


def project_of(prefix: str) -> UUID | None:
    """The project that a prefix belongs to; None for a prefix that `prefix_of` did not make."""
    parts = prefix.split("/")
    if len(parts) < 2 or parts[0] not in {_PROJECTS, QUARANTINE}:
        return None
    try:
        return UUID(parts[1])
    except ValueError:
        return None


def key_of(sha256: str, prefix: str, *, is_retired: bool = False) -> str:
    """The path of bytes below the root of a store.

    Raises: ArtifactNotFound, the digest is none; UnsafePath
    """
    if not _DIGEST.fullmatch(sha256):
        raise ArtifactNotFound(sha256)
    key = f"{check_path(prefix)}/{sha256[:2]}/{sha256}"
    return f"{RETIRED}/{key}" if is_retired else key


def parse_key(key: str) -> tuple[str, str, bool] | None:
    """Prefix, digest and whether it is retired; None for what is no key of ours."""
    parts = key.split("/")
    is_retired = parts[0] == RETIRED
    prefix, digest = parts[is_retired:-2], parts[-1]
    if not prefix or not _DIGEST.fullmatch(digest) or parts[-2] != digest[:2]:
        return None
    return "/".join(prefix), digest, is_retired
