"""The form of an API key, `dw_<prefix>_<secret>`: the public prefix finds the row, the digest proves the rest."""

from __future__ import annotations

import re
import secrets

from decisionworks.kit.canonical import sha256_hex

_FORM = re.compile(r"dw_([0-9a-f]{12})_[A-Za-z0-9_-]{32,}")
LONGEST_TOKEN = 512


def new_token() -> str:
    """A fresh token with 256 random bits in its secret part."""
    return f"dw_{secrets.token_hex(6)}_{secrets.token_urlsafe(32)}"


def prefix_of(token: str) -> str:
    """The public part of a token; for one of another form, a part of its digest."""
    found = _FORM.fullmatch(token)
    return found.group(1) if found else "given-" + sha256_hex(b"prefix:" + token.encode("utf-8", "replace"))[:12]


def digest_of_token(token: str) -> str:
    """What is kept of a token: its secret has full entropy, so a plain digest cannot be guessed backwards."""
    return sha256_hex(token.encode("utf-8", "replace"))
