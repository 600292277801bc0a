"""From a bearer token to the actor behind it."""

from __future__ import annotations

import hmac

from decisionworks.kit.db import Tx
from decisionworks.registry.model import Actor
from decisionworks.registry.tokens import LONGEST_TOKEN, digest_of_token, prefix_of

_NO_DIGEST = "0" * 64


async def authenticate(tx: Tx, token: str) -> Actor | None:
    """Find who a token belongs to; None for a wrong or revoked one, after the same work."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    cursor = await tx.execute(
        "SELECT id, name, prefix, key_sha256, is_administrator, project_id FROM api_keys"
        " WHERE prefix = %s AND revoked_at IS NULL",
        (prefix_of(token),),
    )
    row = await cursor.fetchone()
    expected = str(row["key_sha256"]) if row is not None else _NO_DIGEST
    is_right = hmac.compare_digest(expected, digest_of_token(token))
    if row is None or not is_right:
        return None
    return Actor(
        id=row["id"],
        name=row["name"],
        is_administrator=row["is_administrator"],
        project_ids=None if row["is_administrator"] else frozenset({row["project_id"]}),
        identified_by=f"api-key {row['prefix']}",
    )
