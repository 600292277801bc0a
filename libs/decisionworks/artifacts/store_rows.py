"""Which artifacts belong to which decision set: rows in the database, bytes elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from decisionworks.kit.db import Tx
from decisionworks.kit.ids import new_id

ArtifactKind = Literal["repository", "validation-run", "quarantine"]
_COLUMNS = "id, decision_set_id, kind, sha256, content_sha256, size_bytes, media_type, file_name, created_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactRow:
    """One artifact of a decision set. Units: `size_bytes`."""

    id: UUID
    decision_set_id: UUID
    kind: ArtifactKind
    sha256: str
    content_sha256: str | None
    size_bytes: int
    media_type: str
    file_name: str
    created_at: datetime

    def to_json(self) -> dict[str, object]:
        """The artifact as the API shows it."""
        return {
            "id": str(self.id),
            "decision_set_id": str(self.decision_set_id),
            "kind": self.kind,
            "sha256": self.sha256,
            "content_sha256": self.content_sha256,
            "size_bytes": self.size_bytes,
            "media_type": self.media_type,
            "file_name": self.file_name,
            "created_at": self.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "href": f"/api/v1/artifacts/{self.sha256}",
        }


async def add_artifact(
    tx: Tx,
    *,
    project_id: UUID,
    decision_set_id: UUID,
    kind: ArtifactKind,
    sha256: str,
    size_bytes: int,
    media_type: str,
    file_name: str,
    content_sha256: str | None = None,
) -> bool:
    """Note that a decision set has an artifact; False when that was noted before."""
    cursor = await tx.execute(
        "INSERT INTO artifacts (id, project_id, decision_set_id, kind, sha256, content_sha256, size_bytes, media_type,"
        " file_name) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (decision_set_id, kind, sha256) DO NOTHING RETURNING id",
        (new_id(), project_id, decision_set_id, kind, sha256, content_sha256, size_bytes, media_type, file_name),
    )
    return await cursor.fetchone() is not None


async def list_artifacts(tx: Tx, decision_set_id: UUID) -> list[ArtifactRow]:
    """A decision set's artifacts: the repository first, then by age."""
    cursor = await tx.execute(
        f"SELECT {_COLUMNS} FROM artifacts WHERE decision_set_id = %s ORDER BY (kind <> 'repository'), created_at, id",
        (decision_set_id,),
    )
    return [ArtifactRow(**row) for row in await cursor.fetchall()]


async def find_artifact(tx: Tx, sha256: str) -> ArtifactRow | None:
    """The project's artifact with these bytes, if it has one."""
    cursor = await tx.execute(
        f"SELECT {_COLUMNS} FROM artifacts WHERE sha256 = %s ORDER BY created_at, id LIMIT 1", (sha256,)
    )
    row = await cursor.fetchone()
    return None if row is None else ArtifactRow(**row)


async def projects_with_artifact(tx: Tx, sha256: str) -> list[UUID]:
    """The projects that have these bytes; needs the system's scope."""
    cursor = await tx.execute("SELECT DISTINCT project_id FROM artifacts WHERE sha256 = %s ORDER BY 1", (sha256,))
    return [UUID(str(row["project_id"])) for row in await cursor.fetchall()]


async def list_quarantine(tx: Tx, *, before: UUID | None, limit: int) -> list[ArtifactRow]:
    """The project's unusable answers, newest first, older than `before`."""
    cursor = await tx.execute(
        f"SELECT {_COLUMNS} FROM artifacts WHERE kind = 'quarantine' AND (%(before)s::uuid IS NULL OR id < %(before)s)"
        " ORDER BY id DESC LIMIT %(limit)s",
        {"before": before, "limit": limit},
    )
    return [ArtifactRow(**row) for row in await cursor.fetchall()]
