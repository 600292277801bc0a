"""The tenants of an installation."""

from __future__ import annotations

from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow

from decisionworks.kit.db import Tx
from decisionworks.kit.ids import new_id
from decisionworks.registry.errors import InvalidProjectName, ProjectNameTaken, ProjectNotFound
from decisionworks.registry.model import Actor, Project

DEFAULT_PROJECT_NAME = "default"
_LOCK = 0x647770726F6A  # "dwproj"
_COLUMNS = "id, name, is_default, created_at, keeps_model_texts"


async def ensure_default_project(tx: Tx) -> Project:
    """The project of those who name none; made when it is missing."""
    await tx.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    cursor = await tx.execute(f"SELECT {_COLUMNS} FROM projects WHERE is_default")
    row = await cursor.fetchone()
    if row is None:
        cursor = await tx.execute(
            f"INSERT INTO projects (id, name, is_default) VALUES (%s, %s, true) RETURNING {_COLUMNS}",
            (new_id(), DEFAULT_PROJECT_NAME),
        )
        row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - INSERT … RETURNING answers one row
    return _project(row)


async def create_project(tx: Tx, name: str) -> Project:
    """Make a project.

    Raises: InvalidProjectName, ProjectNameTaken.
    """
    wanted = name.strip()
    if not 1 <= len(wanted) <= 200:
        raise InvalidProjectName("must have 1 to 200 characters")
    if not wanted.isprintable():
        raise InvalidProjectName("must have printable characters only")
    try:
        cursor = await tx.execute(
            f"INSERT INTO projects (id, name) VALUES (%s, %s) RETURNING {_COLUMNS}", (new_id(), wanted)
        )
    except UniqueViolation as error:
        raise ProjectNameTaken(wanted) from error
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - INSERT … RETURNING answers one row
    return _project(row)


async def keep_model_texts(tx: Tx, project_id: UUID, *, keeps: bool) -> Project:
    """Say whether a project's prompts and answers are kept, redacted, from now on.

    Raises: ProjectNotFound.
    """
    cursor = await tx.execute(
        f"UPDATE projects SET keeps_model_texts = %s WHERE id = %s RETURNING {_COLUMNS}", (keeps, project_id)
    )
    row = await cursor.fetchone()
    if row is None:
        raise ProjectNotFound(project_id)
    return _project(row)


async def list_projects(
    tx: Tx, actor: Actor, *, before: UUID | None = None, limit: int = 50
) -> tuple[list[Project], UUID | None]:
    """The projects an actor may use, newest first, and where the next page begins."""
    cursor = await tx.execute(
        f"SELECT {_COLUMNS} FROM projects WHERE (%(all)s OR id = ANY(%(ids)s))"
        " AND (%(before)s::uuid IS NULL OR id < %(before)s) ORDER BY id DESC LIMIT %(limit)s",
        {
            "all": actor.project_ids is None,
            "ids": sorted(actor.project_ids or ()),
            "before": before,
            "limit": limit + 1,
        },
    )
    found = [_project(row) for row in await cursor.fetchall()]
    return found[:limit], found[limit - 1].id if len(found) > limit else None


async def project_of(tx: Tx, actor: Actor, project_id: UUID | None) -> Project:
    """The named project, or the actor's default one.

    Raises: ProjectNotFound, also where the actor may not know that it exists.
    """
    wanted = project_id
    if wanted is None and actor.project_ids is not None:
        wanted = min(actor.project_ids)
    if wanted is not None and not actor.may_use(wanted):
        raise ProjectNotFound(wanted)
    cursor = await tx.execute(
        f"SELECT {_COLUMNS} FROM projects WHERE CASE WHEN %(id)s::uuid IS NULL THEN is_default ELSE id = %(id)s END",
        {"id": wanted},
    )
    row = await cursor.fetchone()
    if row is None:
        raise ProjectNotFound(wanted or DEFAULT_PROJECT_NAME)
    return _project(row)


def _project(row: DictRow) -> Project:
    return Project(**row)
