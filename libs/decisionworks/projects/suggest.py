"""Finds the word that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to a mistyped one, or None when nothing is near."""
    candidates = list(known)
    normal = normal_word(word)
    if normal in candidates:
        return normal
    by_part = [one for one in candidates if normal and (one.startswith(normal) or normal.startswith(one))]
    near = difflib.get_close_matches(normal[:80], candidates, n=1, cutoff=0.6) or by_part[:1]
    return near[0] if near else None


def normal_word(word: str) -> str:
    """A word in the spelling of field names and vocabularies: `Real-time ` becomes `real_time`."""
    return word.strip().lower().replace("-", "_").replace(" ", "_").replace("/", "_")
