"""Reads what no phrase names out of groups of words that meet in one sentence, in whatever words and order.

A rule knows no language: it names groups, and a new language adds words to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.errors import InvalidCatalogue
from decisionworks.projects.extract.clause import clause_around
from decisionworks.projects.extract.finding import FAIR, Finding, inferred
from decisionworks.projects.extract.group_line import DENIAL, GroupLine, parse_line
from decisionworks.projects.extract.heard import Heard
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.word_groups import Place, group_names, group_pattern
from decisionworks.projects.model import FieldType, Plain

# A sentence without a full stop is read around the word that it is about. Units: characters.
REACH_CHARS = 240


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
class _Rule:
    field: str
    value: Plain
    strength: int
    lines: tuple[GroupLine, ...]
    unless: frozenset[str]
    somewhere: tuple[str, ...]
    not_for: frozenset[str]
    is_one_of_many: bool


def find_gathered(reading: Reading, *, known: Sequence[Finding]) -> Iterator[Finding]:
    """What is gathered about fields of which nothing firm is known. Units: those of the fields."""
    firm = {one.field for one in known if one.strength >= FAIR}
    values = {(one.field, str(one.value)) for one in known if one.strength >= FAIR}
    modes = {str(one.value) for one in known if one.field == "inference_mode" and one.strength >= FAIR}
    uses = {str(one.value) for one in known if one.field == "use_case_type"}
    taken: set[str] = set()
    heard = Heard(reading, {})
    for rule in _rules():
        # On a device an answer comes at once: that it does so takes nothing away.
        is_open = rule.value == ["edge"] and modes <= {"['real_time']"}
        is_known = (rule.field, str(rule.value)) in values if rule.is_one_of_many else rule.field in firm
        if (is_known and not is_open) or rule.field in taken or firm & rule.unless or uses & rule.not_for:
            continue
        if not all(heard.has(group, (0, len(reading.folded))) for group in rule.somewhere):
            continue
        for line in rule.lines:
            place = _place(line, heard)
            if place is None:
                continue
            told = reading.span(*place).text
            reason = f"“{told}” speaks of {rule.field.replace('_', ' ')}"
            yield inferred(rule.field, rule.value, *place, reason=reason, confidence=0.55, strength=rule.strength)
            if not rule.is_one_of_many:
                taken.add(rule.field)
            break


def ready_words(language: str) -> None:
    """Have every group of words that a rule may look for at hand in one language."""
    for rule in _rules():
        for line in rule.lines:
            for group in (line.about, *line.with_, *line.without, *rule.somewhere):
                group_pattern(group, language)


def _place(line: GroupLine, heard: Heard) -> Place | None:
    """The words of a line, where all of its groups meet."""
    reading = heard.reading
    if not heard.may_hear(line.groups):
        return None
    for about in heard.all(line.about, (0, len(reading.folded))):
        start, end = reading.sentence_at(about[0])
        scope = max(start, about[0] - REACH_CHARS), min(end, about[1] + REACH_CHARS)
        found = [heard.nearest(group, scope, about[0]) for group in line.with_]
        if None in found or any(heard.has(group, scope) for group in line.without):
            continue
        if line.is_denied is not None and line.is_denied is not heard.has(DENIAL, clause_around(reading, scope, about)):
            continue
        places = [about, *(one for one in found if one)]
        return min(one[0] for one in places), max(one[1] for one in places)
    return None


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
    lines = tuple(map(parse_line, record.lines))
    strangers = set(record.somewhere) - group_names()
    if strangers:
        raise InvalidCatalogue(f"a rule speaks of unknown words {sorted(strangers)}")
    return _Rule(
        field=record.field, value=value, strength=record.strength, lines=lines, unless=frozenset(record.unless),
        somewhere=tuple(record.somewhere), not_for=frozenset(record.not_for), is_one_of_many=record.one_of_many,
    )  # fmt: skip


def _load(name: str) -> Any:
    raw = resources.files("decisionworks.projects.extract").joinpath("vocabulary").joinpath(name)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(raw.read_text("utf-8"), Loader=loader)  # noqa: S506, both are safe
