"""Reads what no phrase names out of groups of words that meet in one sentence, in whatever words and order.

A rule knows no language: it names groups, and a new language adds words to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.errors import InvalidCatalogue
from decisionworks.projects.extract.finding import FAIR, Finding, inferred
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.vocabulary_file import VOCABULARIES, word_pattern
from decisionworks.projects.extract.word_groups import ANY_LANGUAGE, Place, group_names, group_pattern
from decisionworks.projects.model import FieldType, Plain

DENIED, EITHER_WAY = "not", "~"
LANGUAGE_MODEL = "languagemodel"
# In a long text the first mentions count.
MOST_MENTIONS = 16
# A sentence without a full stop is read around the word that it is about. Units: characters.
REACH_CHARS = 240
_CLAUSE_ENDS = re.compile(r"[,;:)]\s|\(|\s(?:and|but|und|aber|sondern|et|mais|y|e|pero|sino|mas)\s")


class _RuleRecord(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    value: bool | str
    lines: list[str]
    strength: int = FAIR
    unless: list[str] = []
    somewhere: list[str] = []
    not_for: list[str] = []
    one_of_many: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    about: str
    with_: tuple[str, ...]
    without: tuple[str, ...]
    is_denied: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    field: str
    value: Plain
    strength: int
    lines: tuple[_Line, ...]
    unless: frozenset[str]
    somewhere: tuple[str, ...]
    not_for: frozenset[str]
    is_one_of_many: bool


def find_gathered(reading: Reading, *, known: Sequence[Finding]) -> Iterator[Finding]:
    """What is gathered about fields of which nothing firm is known. Units: those of the fields."""
    firm = {one.field for one in known if one.strength >= FAIR}
    modes = {str(one.value) for one in known if one.field == "inference_mode" and one.strength >= FAIR}
    uses = {str(one.value) for one in known if one.field == "use_case_type"}
    taken: set[str] = set()
    for rule in _rules():
        # On a device an answer comes at once: that it does so takes nothing away.
        is_open = rule.value == ["edge"] and modes <= {"['real_time']"}
        if (rule.field in firm and not is_open) or rule.field in taken or firm & rule.unless or uses & rule.not_for:
            continue
        if not all(_nearest(group, reading, (0, len(reading.folded)), 0) for group in rule.somewhere):
            continue
        for line in rule.lines:
            place = _place(line, reading)
            if place is None:
                continue
            told = reading.span(*place).text
            reason = f"“{told}” speaks of {rule.field.replace('_', ' ')}"
            yield inferred(rule.field, rule.value, *place, reason=reason, confidence=0.55, strength=rule.strength)
            if not rule.is_one_of_many:
                taken.add(rule.field)
            break


def names_language_model(reading: Reading) -> bool:
    """Whether a language model is wanted, whichever."""
    return _place(_Line(about=LANGUAGE_MODEL, with_=(), without=(), is_denied=False), reading) is not None


def ready_words(language: str) -> None:
    """Have every group of words that a rule may look for at hand in one language."""
    for rule in _rules():
        for line in rule.lines:
            for group in (line.about, *line.with_, *line.without, *rule.somewhere):
                _pattern(group, language)


def _place(line: _Line, reading: Reading) -> Place | None:
    """The words of a line, where all of its groups meet."""
    about = _pattern(line.about, reading.language)
    if about is None:
        return None
    for match in islice(about.finditer(reading.folded), MOST_MENTIONS):
        start, end = reading.sentence_at(match.start())
        start, end = max(start, match.start() - REACH_CHARS), min(end, match.end() + REACH_CHARS)
        found = [_nearest(group, reading, (start, end), match.start()) for group in line.with_]
        if None in found or any(_nearest(group, reading, (start, end), match.start()) for group in line.without):
            continue
        if line.is_denied is not None and line.is_denied is not _is_denied(reading, (start, end), match.span()):
            continue
        places = [match.span(), *(one for one in found if one)]
        return min(one[0] for one in places), max(one[1] for one in places)
    return None


def _nearest(group: str, reading: Reading, scope: Place, at: int) -> Place | None:
    pattern = _pattern(group, reading.language)
    spans = (match.span() for match in pattern.finditer(reading.folded, *scope)) if pattern else iter(())
    return min(islice(spans, MOST_MENTIONS), key=lambda one: abs(one[0] - at), default=None)


def _is_denied(reading: Reading, scope: Place, about: Place) -> bool:
    """Whether the clause around the words holds a denial; a label before a colon belongs to what follows it."""
    pattern = group_pattern(DENIED, reading.language)
    ends = [*_CLAUSE_ENDS.finditer(reading.folded, *scope)] if reading.language != "ja" else []
    start = max((one.end() for one in ends if one.end() <= about[0] and one.group()[0] != ":"), default=scope[0])
    end = min((one.start() for one in ends if one.start() >= about[1] and one.group()[0] != ":"), default=scope[1])
    return pattern is not None and pattern.search(reading.folded, start, end) is not None


@cache
def _pattern(group: str, language: str) -> re.Pattern[str] | None:
    own = _words().get(group)
    if own is None:
        return group_pattern(group, language)
    alternatives = [own[one] for one in (language, ANY_LANGUAGE) if one in own]
    return word_pattern(alternatives, language=language) if alternatives else None


@cache
def _rules() -> tuple[_Rule, ...]:
    """The rules of the vocabulary.

    Raises: InvalidCatalogue, one speaks of an unknown field, value or group of words.
    """
    records = [_RuleRecord.model_validate(entry) for entry in _load("gathered.yaml")]
    return tuple(_rule(record) for record in records)


def _rule(record: _RuleRecord) -> _Rule:
    field = load_constraint_catalogue().by_name.get(record.field)
    if field is None or (field.enum and record.value not in field.enum):
        raise InvalidCatalogue(f"a gathered rule speaks of unknown {record.field}={record.value}")
    value: Plain = [str(record.value)] if field.type is FieldType.LIST else record.value
    lines = tuple(map(_line, record.lines))
    strangers = set(record.somewhere) - group_names() - _words().keys()
    if strangers:
        raise InvalidCatalogue(f"a rule speaks of unknown words {sorted(strangers)}")
    return _Rule(
        field=record.field, value=value, strength=record.strength, lines=lines, unless=frozenset(record.unless),
        somewhere=tuple(record.somewhere), not_for=frozenset(record.not_for), is_one_of_many=record.one_of_many,
    )  # fmt: skip


def _line(text: str) -> _Line:
    words = text.split()
    plain = [word for word in words if word not in (DENIED, EITHER_WAY) and not word.startswith("-")]
    without = tuple(word[1:] for word in words if word.startswith("-"))
    strangers = {*plain, *without} - group_names() - _words().keys()
    if strangers or not plain:
        raise InvalidCatalogue(f"“{text}” speaks of unknown words {sorted(strangers)}")
    is_denied = None if EITHER_WAY in words else DENIED in words
    return _Line(about=plain[0], with_=tuple(plain[1:]), without=without, is_denied=is_denied)


@cache
def _words() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = _load("gathered_words.yaml")
    known = {*VOCABULARIES, ANY_LANGUAGE}
    strangers = sorted(f"{name}.{one}" for name, spoken in loaded.items() for one in spoken if one not in known)
    if strangers:
        raise InvalidCatalogue(f"word groups in unknown languages: {strangers}")
    return loaded


def _load(name: str) -> Any:
    raw = resources.files("decisionworks.projects.extract").joinpath("vocabulary").joinpath(name)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(raw.read_text("utf-8"), Loader=loader)  # noqa: S506, both are safe
