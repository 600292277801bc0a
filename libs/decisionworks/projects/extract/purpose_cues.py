"""Guesses the purpose from ideas that stand together, where no phrase of a vocabulary names it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

from decisionworks.projects.extract.finding import WEAK, Finding, inferred
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.sieve import Sieve
from decisionworks.projects.extract.vocabulary_file import word_pattern

MOST_HITS_PER_IDEA = 30
# How much a meeting counts by the number of sentences between the two ideas.
WEIGHT_AT = (1.0, 0.4, 0.2)
# Words that stand close belong together. Units: characters.
CLOSE_BONUS, CLOSE_CHARS = 0.4, 90
# What is wanted is usually said at the beginning.
EARLY_SENTENCES = 3
_WRITES_NOTHING = frozenset({"cnn_vision", "speech", "time_series", "linear_or_tree", "deep_tabular"})


# Who asks for a language model has it write, answer or read.
_WRITES = frozenset({"llm_api", "llm_self_hosted"})
_WRITTEN_USES = frozenset({"llm_chat_rag", "llm_generation", "llm_agent", "document_processing", "nlp_classification"})


class _Purpose(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    value: str
    of: tuple[str, str]
    weight: float = 1.0


class _CueFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    ideas: dict[str, list[str]]
    purposes: list[_Purpose]


@cache
def _cues() -> tuple[dict[str, re.Pattern[str]], Sieve, tuple[_Purpose, ...]]:
    file = resources.files("decisionworks.projects.extract").joinpath("vocabulary").joinpath("cues.yaml")
    record = _CueFile.model_validate(yaml.safe_load(file.read_text("utf-8")))
    ideas: dict[str, re.Pattern[str]] = {}
    for name, stems in record.ideas.items():
        wide = [stem for stem in stems if max(stem) >= "\u3040"]
        latin = word_pattern([stem for stem in stems if stem not in wide], language="en").pattern
        ideas[name] = re.compile("|".join([latin, *wide]))
    return ideas, Sieve(pattern.pattern for pattern in ideas.values()), tuple(record.purposes)


def ready_cues() -> None:
    """Have the ideas at hand."""
    _cues()


def find_purpose_by_cues(reading: Reading, *, family: str | None = None) -> Iterator[Finding]:
    """The purpose whose two ideas meet most often, in one sentence or in two that follow each other.

    A `family` of models that was named outright and writes nothing leaves out the purposes of language models.
    """
    ideas, sieve, purposes = _cues()
    if family in _WRITES:
        purposes = tuple(one for one in purposes if one.value in _WRITTEN_USES)
    if family in _WRITES_NOTHING:
        purposes = tuple(one for one in purposes if not one.value.startswith("llm_"))
    left = set(sieve.left(reading.folded))
    places = {
        name: _places(pattern, reading) if index in left else [] for index, (name, pattern) in enumerate(ideas.items())
    }
    best: tuple[float, _Purpose, tuple[int, int]] | None = None
    for purpose in purposes:
        score, span = _meeting(places[purpose.of[0]], places[purpose.of[1]])
        score *= purpose.weight
        if span is not None and (best is None or score > best[0]):
            best = (score, purpose, span)
    if best is None:
        return
    _, purpose, (start, end) = best
    yield inferred(
        "use_case_type",
        purpose.value,
        start,
        end,
        reason=f"{purpose.of[0].replace('_', ' ')} and {purpose.of[1].replace('_', ' ')} are spoken of together",
        confidence=0.5,
        strength=WEAK,
    )


def _places(pattern: re.Pattern[str], reading: Reading) -> list[tuple[int, int, int]]:
    """Sentence, start and end of each hit."""
    found: list[tuple[int, int, int]] = []
    for match in pattern.finditer(reading.folded):
        if len(found) >= MOST_HITS_PER_IDEA:
            break
        found.append((bisect_right(reading.starts, match.start()), match.start(), match.end()))
    return found


def _meeting(
    left: list[tuple[int, int, int]], right: list[tuple[int, int, int]]
) -> tuple[float, tuple[int, int] | None]:
    """How often two ideas meet: fully in one sentence, by half in neighbouring ones; early sentences count more."""
    score, first = 0.0, None
    for sentence, start, end in left:
        near = [
            (abs(sentence - other), begin, until)
            for other, begin, until in right
            if abs(sentence - other) < len(WEIGHT_AT) and (until <= start or begin >= end)
        ]
        if not near:
            continue
        distance, begin, until = min(near, key=lambda one: (one[0], max(one[1] - end, start - one[2], 0), one[1]))
        gap = max(begin - end, start - until, 0)
        closeness = 1.0 + CLOSE_BONUS * max(0.0, 1.0 - gap / CLOSE_CHARS)
        score += WEIGHT_AT[distance] * closeness * (1.5 if sentence <= EARLY_SENTENCES else 1.0)
        first = first or (min(start, begin), max(end, until))
    return score, first
