"""Reads everything that the vocabularies know how to say."""

from __future__ import annotations

from collections.abc import Iterator

from decisionworks.projects.extract.finding import Finding
from decisionworks.projects.extract.negation import is_denied
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.vocabulary_file import VOCABULARIES, Phrase, vocabulary
from decisionworks.projects.model import ValueState

# A value said a hundred times is said; reading on would only cost time.
MAX_MATCHES_PER_PHRASE = 20


def find_phrases(reading: Reading) -> Iterator[Finding]:
    """Findings of the English vocabulary, whose technical words every language borrows, and of the text's own."""
    languages = ["en"] if reading.language not in VOCABULARIES or reading.language == "en" else ["en", reading.language]
    for language in languages:
        for phrase in vocabulary(language):
            yield from _matches(phrase, reading)


def _matches(phrase: Phrase, reading: Reading) -> Iterator[Finding]:
    for count, match in enumerate(phrase.pattern.finditer(reading.folded)):
        if count >= MAX_MATCHES_PER_PHRASE:
            return
        if match.start() == match.end() or (phrase.needs and not phrase.needs.search(reading.sentence(match.start()))):
            continue
        if phrase.is_only_denied:
            if not is_denied(reading, match.start(), match.end()):
                continue
        elif phrase.is_negatable and is_denied(reading, match.start(), match.end()):
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


def _reason(phrase: Phrase, words: str) -> str | None:
    if phrase.state is ValueState.STATED:
        return None
    value = phrase.value[0] if isinstance(phrase.value, list) else phrase.value
    denied = " (denied)" if phrase.is_only_denied else ""
    return f"“{words.strip()}”{denied} suggests {value}"
