"""Reasons that people give for what they decide about the rules."""

from __future__ import annotations

from decisionworks.kit.errors import Invalid


def stated_reason(text: str, *, otherwise: Invalid) -> str:
    """The reason without blanks around it.

    Raises: `otherwise`, nothing is said.
    """
    if not text.strip():
        raise otherwise
    return text.strip()
