"""Finds questions in which a request takes two sides that exclude each other, in whatever words and order.

A side is taken where several groups of words meet in one part of a sentence: somebody, who reviews, every, result.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from operator import itemgetter

import yaml
from pydantic import BaseModel, ConfigDict

from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.errors import InvalidCatalogue
from decisionworks.projects.extract.apart import CORRECTS, may_both_hold, share_a_subject
from decisionworks.projects.extract.clause import clause_around
from decisionworks.projects.extract.finding import Finding
from decisionworks.projects.extract.group_line import DENIAL, GroupLine, parse_line
from decisionworks.projects.extract.heard import Heard
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.word_groups import Place, group_names, group_pattern
from decisionworks.projects.model import Contradiction, ValueState

DENIED_SUBJECT, TURN = "nothing", "contrast"
LONGEST_QUOTE = 140
_RESTRICTED = re.compile(
    r"\s(?:that|which|running|sitting|idling|standing|qui|que|tournant|rodando|corriendo|funcionando|ejecutándose)(?!\w)"
    r"|,\s(?:die|der|das|den|welche\w?)\s"
)
# What somebody else wrote says nothing about this system.
_QUOTATION = re.compile(r"「[^」]{30,}」|\n[^「」\n]{10,}」|\"[^\"]{40,400}\"")


class _Read(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    value: bool | str | None = None
    at_most: float | None = None

    def takes(self, finding: Finding) -> bool:
        """Whether a rule has read what takes this side."""
        if finding.field != self.field or (self.value is not None and finding.value != self.value):
            return False
        if self.at_most is None:
            return True
        return isinstance(finding.value, int | float) and finding.value <= self.at_most


class _SideRecord(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    lines: list[str] = []
    reads: _Read | None = None


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    why: str
    one: _SideRecord
    other: _SideRecord
    about: list[str] = []
    same: str | None = None
    despite: list[str] = []
    must_share: bool = False


def find_sides(reading: Reading, findings: Iterable[Finding]) -> Iterator[Contradiction]:
    """Contradictions whose two sides are taken in two places of the text that nothing sets apart."""
    heard = Heard(reading, {})
    parts = tuple(_parts(reading))
    read = [one for one in findings if one.state is ValueState.STATED]
    quotations = [match.span() for match in _QUOTATION.finditer(reading.folded)]
    for question, one, other in _questions():
        first = [*_taken(one, heard, parts), *_read_as(question.one, read)]
        if not first:
            continue
        second = [*_taken(other, heard, parts), *_read_as(question.other, read)]
        pairs = ((left, right) for left in first for right in second if not _is_quoted((left, right), quotations))
        clash = next((pair for pair in pairs if _exclude(heard, question, parts, *pair)), None)
        if clash is not None:
            spans = tuple(reading.span(*place) for place in _quoted(clash, parts))
            quoted = " and ".join(f"“{span.text}”" for span in spans)
            yield Contradiction(fields=(question.field,), spans=spans, why=f"{quoted}: {question.why}")


def _is_quoted(places: Iterable[Place], quotations: Sequence[Place]) -> bool:
    """Whether one of them is quoted alone; two quotations may well be rules that clash."""
    return sum(any(start <= place[0] < end for start, end in quotations) for place in places) == 1


def _parts(reading: Reading) -> Iterator[Place]:
    """The sentences of the text, cut where one part is set against the other."""
    turn = group_pattern(TURN, reading.language)
    for index, start in enumerate(reading.starts):
        end = reading.starts[index + 1] if index + 1 < len(reading.starts) else len(reading.folded)
        turns = [match.start() for match in turn.finditer(reading.folded, start + 1, end)] if turn else []
        yield from pairwise((start, *turns, end))


def _taken(lines: Iterable[GroupLine], heard: Heard, parts: Sequence[Place]) -> Iterator[Place]:
    whole = (0, len(heard.reading.folded))
    for line in lines:
        if not heard.may_hear(line.groups) or not all(heard.has(group, whole) for group in line.groups):
            continue
        for about in heard.all(line.about, whole):
            place = _meets(line, heard, _part_of(about, parts), about)
            if place is not None:
                yield place


def _meets(line: GroupLine, heard: Heard, part: Place, about: Place) -> Place | None:
    """The words of a line in the clause around one of them, or else in the whole part of the sentence."""
    clause = clause_around(heard.reading, part, about)
    if line.is_denied is not None and line.is_denied is not _is_denied(heard, part, clause, about, line.is_denied):
        return None
    if line.is_all_affirmed and heard.has(DENIAL, part):
        return None
    for scope in (clause, _segment(heard.reading, part, about), part):
        near = [heard.nearest(group, scope, about[0]) for group in line.with_]
        if None in near or any(heard.has(group, scope) for group in line.without):
            continue
        found = [about, *(one for one in near if one)]
        return min(one[0] for one in found), max(one[1] for one in found)
    return None


def _segment(reading: Reading, part: Place, about: Place) -> Place:
    """From comma to comma."""
    start = max(reading.folded.rfind(", ", *(part[0], about[0])) + 1, part[0])
    end = reading.folded.find(", ", about[1], part[1])
    return start, end if end >= 0 else part[1]


def _is_denied(heard: Heard, part: Place, clause: Place, about: Place, is_wanted: bool) -> bool:
    """Whether the clause denies it; where a denial is looked for, “nothing” may stand earlier in the sentence."""
    if is_wanted and _RESTRICTED.match(heard.reading.folded, about[1], part[1]):
        # “No GPU that idles on Sundays” leaves room for one that does not.
        return False
    if heard.has(DENIAL, clause):
        return True
    return is_wanted and heard.has(DENIED_SUBJECT, (part[0], about[0]))


def _read_as(side: _SideRecord, read: Iterable[Finding]) -> list[Place]:
    if side.reads is None:
        return []
    return [(one.start, one.end) for one in read if side.reads.takes(one)]


def _exclude(heard: Heard, question: _Question, parts: Sequence[Place], left: Place, right: Place) -> bool:
    reading = heard.reading
    first, second = sorted((left, right))
    if first[1] > second[0] or (
        _part_of(first, parts) == _part_of(second, parts)
        and clause_around(reading, _part_of(first, parts), first)
        == clause_around(reading, _part_of(second, parts), second)
    ):
        return False
    if question.about and not _are_about_the_same(heard, question.about, parts, left, right):
        return False
    if question.same and not _names(question.same, reading, left) & _names(question.same, reading, right):
        return False
    if question.must_share and not _share(heard, parts, left, right):
        return False
    # A limit that is corrected to none leaves no value; one that is named after all does.
    despite = frozenset(question.despite) - (set() if right < left else {CORRECTS})
    return not may_both_hold(reading, left, right, despite=despite)


def _share(heard: Heard, parts: Sequence[Place], left: Place, right: Place) -> bool:
    """Whether both name a thing in common, or one of them names all things or points back to the other's."""
    later = max(left, right)
    if heard.has("pronoun", clause_around(heard.reading, _part_of(later, parts), later)):
        return True
    for place in (left, right):
        if heard.has("everything", place) or heard.has(DENIED_SUBJECT, _part_of(place, parts)):
            return True
    return share_a_subject(heard.reading, left, right)


def _names(group: str, reading: Reading, place: Place) -> set[str]:
    """The words of a group that stand in a place."""
    pattern = group_pattern(group, reading.language)
    return {match.group() for match in pattern.finditer(reading.folded, *place)} if pattern else set()


def _are_about_the_same(heard: Heard, groups: Sequence[str], parts: Sequence[Place], left: Place, right: Place) -> bool:
    """Where both name what they keep or delete, it has to be the same."""
    if _part_of(left, parts) == _part_of(right, parts):
        named = [_named_last(heard, groups, parts, place) for place in (left, right)]
    else:
        named = [_named(heard, groups, parts, place) for place in (left, right)]
    return not all(named) or bool(named[0] & named[1])


def _named_last(heard: Heard, groups: Sequence[str], parts: Sequence[Place], place: Place) -> set[str]:
    """What a clause is about; where it names nothing, what was named last before it: “photos (of dogs) are deleted”."""
    part = _part_of(place, parts)
    clause = clause_around(heard.reading, part, (place[0], place[0] + 1))
    for near in (clause, place):
        here = {group for group in groups if heard.has(group, near)}
        if here:
            return here
    before = [(one[0], group) for group in groups for one in heard.all(group, part) if one[0] < place[0]]
    if before:
        return {max(before)[1]}
    home = parts.index(part)
    return {group for group in groups if home and heard.has(group, parts[home - 1])}


def _named(heard: Heard, groups: Sequence[str], parts: Sequence[Place], place: Place) -> set[str]:
    """What a part of a sentence is about; where it names nothing, what the part before it is about."""
    home = parts.index(_part_of(place, parts))
    here = {group for group in groups if heard.has(group, parts[home])}
    return here or {group for group in groups if home and heard.has(group, parts[home - 1])}


def _part_of(place: Place, parts: Sequence[Place]) -> Place:
    return parts[max(bisect_right(parts, place[0], key=itemgetter(0)) - 1, 0)]


def _quoted(clash: tuple[Place, Place], parts: Sequence[Place]) -> Iterator[Place]:
    """Each sentence where it is short and has one of the two alone, else the words that matter."""
    homes = [_part_of(place, parts) for place in sorted(clash)]
    for place, home in zip(sorted(clash), homes, strict=True):
        yield home if home[1] - home[0] <= LONGEST_QUOTE and homes.count(home) == 1 else place


@cache
def _questions() -> tuple[tuple[_Question, tuple[GroupLine, ...], tuple[GroupLine, ...]], ...]:
    """The questions of the vocabulary.

    Raises: InvalidCatalogue, one speaks of an unknown field or group of words.
    """
    raw = resources.files("decisionworks.projects.extract").joinpath("vocabulary").joinpath("sides.yaml")
    questions = [_Question.model_validate(entry) for entry in yaml.safe_load(raw.read_text("utf-8"))]
    known = load_constraint_catalogue().by_name
    for one in questions:
        strangers = {*one.about, *one.despite, *([one.same] if one.same else [])} - group_names()
        if one.field not in known or strangers:
            raise InvalidCatalogue(f"a question speaks of unknown {one.field} or words {sorted(strangers)}")
    return tuple((one, _lines(one.one), _lines(one.other)) for one in questions)


def _lines(side: _SideRecord) -> tuple[GroupLine, ...]:
    return tuple(map(parse_line, side.lines))
