"""One administrator token per installation, made at its first start."""

from __future__ import annotations

from decisionworks.kit.db import Tx
from decisionworks.kit.ids import new_id
from decisionworks.registry.errors import InvalidToken
from decisionworks.registry.tokens import LONGEST_TOKEN, digest_of_token, new_token, prefix_of

_LOCK = 0x64776B6579  # "dwkey"
SHORTEST_TOKEN = 20


async def ensure_admin_token(tx: Tx, *, given: str | None) -> str | None:
    """Make sure an administrator token exists; returns the plaintext only when it has just been made.

    A `given` token is installed beside those that exist, so that an operator can rotate without a pause.
    Raises: InvalidToken, the given one is too short or not printable ASCII.
    """
    await tx.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    if given is not None:
        await _add(tx, _checked(given))
        return None
    cursor = await tx.execute("SELECT 1 FROM api_keys WHERE is_administrator AND revoked_at IS NULL LIMIT 1")
    if await cursor.fetchone() is not None:
        return None
    made = new_token()
    await _add(tx, made)
    return made


async def _add(tx: Tx, token: str) -> None:
    await tx.execute(
        "INSERT INTO api_keys (id, name, prefix, key_sha256, is_administrator)"
        " VALUES (%s, 'administrator', %s, %s, true) ON CONFLICT (prefix) DO NOTHING",
        (new_id(), prefix_of(token), digest_of_token(token)),
    )


def _checked(token: str) -> str:
    if not SHORTEST_TOKEN <= len(token) <= LONGEST_TOKEN or not all("!" <= character <= "~" for character in token):
        raise InvalidToken(
            f"the administrator token needs {SHORTEST_TOKEN} to {LONGEST_TOKEN} printable ASCII characters, no spaces",
            remedy="leave DECISIONWORKS_ADMIN_TOKEN empty and one is made",
        )
    return token
