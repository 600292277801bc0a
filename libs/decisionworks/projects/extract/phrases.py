"""Reads everything that the vocabularies know how to say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decisionworks.projects.extract.finding import STRONG, Finding
from decisionworks.projects.extract.negation import is_denied
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.vocabulary_file import VOCABULARIES, Phrase, phrase_sieve, vocabulary
from decisionworks.projects.model import ValueState

_DENIED_INSIDE = frozenset({"data_sensitivity", "human_review_required", "explainability_required"})
_DENIAL_INSIDE = re.compile(
    r"(?<!\w)(?:no|not|never|without|kein\w{0,3}|nicht|ohne|sans|aucune?|pas|sin|ningún|ninguna|sem|não|nenhuma?)(?!\w)"
)
# A value said a hundred times is said; reading on would only cost time.
MAX_MATCHES_PER_PHRASE = 20


def find_phrases(reading: Reading) -> Iterator[Finding]:
    """Findings of the English vocabulary, whose technical words every language borrows, and of the text's own."""
    languages = ["en"] if reading.language not in VOCABULARIES or reading.language == "en" else ["en", reading.language]
    for language in languages:
        phrases = vocabulary(language)
        for index in phrase_sieve(language).left(reading.folded):
            yield from _matches(phrases[index], reading)


def _matches(phrase: Phrase, reading: Reading) -> Iterator[Finding]:
    for count, match in enumerate(phrase.pattern.finditer(reading.folded)):
        if count >= MAX_MATCHES_PER_PHRASE:
            return
        if match.start() == match.end() or (phrase.needs and not phrase.needs.search(reading.sentence(match.start()))):
            continue
        if phrase.is_only_denied:
            if not is_denied(reading, match.start(), match.end()):
                continue
        elif phrase.is_negatable and (
            is_denied(reading, match.start(), match.end())
            or denies_inside(match.group(), phrase=phrase, reading=reading)
        ):
            continue
        yield Finding(
            field=phrase.field,
            value=phrase.value,
            start=match.start(),
            end=match.end(),
            state=phrase.state,
            confidence=phrase.confidence,
            strength=phrase.strength,
            reason=_reason(phrase, match.group()),
        )


def denies_inside(words: str, *, phrase: Phrase, reading: Reading) -> bool:
    """Whether a loose phrase about people or review took in a denial: “hold no names”."""
    if phrase.field not in _DENIED_INSIDE or phrase.strength < STRONG:
        return False
    found = _DENIAL_INSIDE.search(words)
    return found is not None and not (reading.language == "pt" and found.group() == "no")


def _reason(phrase: Phrase, words: str) -> str | None:
    if phrase.state is ValueState.STATED:
        return None
    value = phrase.value[0] if isinstance(phrase.value, list) else phrase.value
    denied = " (denied)" if phrase.is_only_denied else ""
    return f"“{words.strip()}”{denied} suggests {value}"
