"""FIELD=VALUE pairs as they are typed."""

from __future__ import annotations

from collections.abc import Sequence

from decisionworks.cli.errors import BadInput


def read_pairs(pairs: Sequence[str]) -> dict[str, str]:
    """The pairs as a mapping; what they mean is for others to say.

    Raises: BadInput.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        field, separator, value = pair.partition("=")
        if not separator or not field.strip() or not value.strip():
            raise BadInput(f"{pair!r} is not FIELD=VALUE", remedy="write for example budget_usd_month=500")
        found[field.strip()] = value.strip()
    return found
