"""What the words of a request name: children.

Plain phrases in the languages that requests come in. A phrase says only that somebody has to look: the rule that reads
it quotes what was found, and a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

MINORS = (
    r"\b(?:children|minors|pupils|schoolchildren|under[- ]1[368]s?|kids|teenagers)\b|\bK-12\b"
    r"|\b(?:kinder|schüler(?:innen)?|minderjährige[rn]?)\b|\b(?:élèves|mineurs|enfants)\b"
    r"|\b(?:menores(?: de edad)?|niños|niñas)\b|\b(?:crianças|menores de idade)\b|未成年|児童|生徒"
)
_MINORS = re.compile(MINORS, re.IGNORECASE)


def names_minors(text: str) -> bool:
    """Whether a text names children or pupils."""
    return _MINORS.search(text) is not None


def words_of(constraints: Mapping[str, object]) -> str:
    """The user's own words as far as the constraints quote them: the summary and every span."""
    rows = [row for row in constraints.values() if isinstance(row, Mapping)]
    spans = [row.get("span") for row in rows]
    quoted = [str(span.get("text", "")) for span in spans if isinstance(span, Mapping)]
    summary = constraints.get("use_case_summary")
    value = summary.get("value") if isinstance(summary, Mapping) else None
    return "\n".join([value if isinstance(value, str) else "", *quoted])
