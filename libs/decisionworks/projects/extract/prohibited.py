"""Finds uses that the law forbids, told in whatever words: groups of words that meet in neighbouring sentences.

A find says only that somebody has to look: the rule that reads it shows the words, and a person decides.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

from decisionworks.projects.extract.group_line import GroupLine, parse_line
from decisionworks.projects.extract.heard import Heard
from decisionworks.projects.extract.language import detect_language
from decisionworks.projects.extract.negation import is_denied
from decisionworks.projects.extract.reading import Reading, prepare
from decisionworks.projects.extract.word_groups import Place
from decisionworks.projects.model import ForbiddenUse


class _UseRecord(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    use: str
    lines: list[str]
    whose: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    name: str
    lines: tuple[GroupLine, ...]
    whose: tuple[str, str] | None


def find_forbidden_uses(reading: Reading) -> tuple[ForbiddenUse, ...]:
    """Each use that the text names, once, with the sentence that tells it."""
    heard = Heard(reading, {})
    found = ((use.name, _told(use, heard)) for use in _uses())
    return tuple(ForbiddenUse(use=name, span=reading.span(*place)) for name, place in found if place is not None)


def forbidden_uses_in(text: str) -> list[str]:
    """The names of the uses that a text tells of, in the order of the vocabulary."""
    return [one.use for one in find_forbidden_uses(prepare(text, language=detect_language(text)))]


def _told(use: _Use, heard: Heard) -> Place | None:
    whole = (0, len(heard.reading.folded))
    for line in use.lines:
        if not heard.may_hear(line.groups) or not all(heard.has(group, whole) for group in line.groups):
            continue
        for about in heard.all(line.about, whole):
            if is_denied(heard.reading, *about) or not _is_theirs(use, heard, about):
                continue
            if any(_meets(line, heard, scope) for scope in _scopes(heard.reading, about)):
                return heard.reading.sentence_at(about[0])
    return None


def _meets(line: GroupLine, heard: Heard, scope: Place) -> bool:
    return all(heard.has(group, scope) for group in line.with_) and not any(
        heard.has(group, scope) for group in line.without
    )


def _scopes(reading: Reading, about: Place) -> Iterator[Place]:
    """The sentence, and the sentence with those beside it."""
    index = max(bisect_right(reading.starts, about[0]) - 1, 0)
    yield reading.sentence_at(about[0])
    yield (
        reading.starts[max(index - 1, 0)],
        reading.starts[index + 2] if index + 2 < len(reading.starts) else len(reading.folded),
    )


def _is_theirs(use: _Use, heard: Heard, about: Place) -> bool:
    """Whether the people that the use is about stand nearer than others of whom it would be allowed."""
    if use.whose is None:
        return True
    _, scope = _scopes(heard.reading, about)
    theirs, others = (_distance(heard.all(group, scope), about) for group in use.whose)
    return theirs is not None and (others is None or theirs <= others)


def _distance(places: tuple[Place, ...], about: Place) -> int | None:
    return min((max(about[0] - end, start - about[1], 0) for start, end in places), default=None)


@cache
def _uses() -> tuple[_Use, ...]:
    """The forbidden uses of the vocabulary.

    Raises: InvalidCatalogue, one speaks of an unknown group of words.
    """
    raw = resources.files("decisionworks.projects.extract").joinpath("vocabulary").joinpath("prohibited.yaml")
    records = [_UseRecord.model_validate(entry) for entry in yaml.safe_load(raw.read_text("utf-8"))]
    return tuple(_Use(name=one.use, lines=tuple(map(parse_line, one.lines)), whose=one.whose) for one in records)
