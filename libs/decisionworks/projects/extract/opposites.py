"""Names pairs of statements that cannot both hold, whatever they are about: “no Kubernetes”, “it must run on EKS”."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.errors import InvalidCatalogue
from decisionworks.projects.extract.apart import is_about_another, share_a_subject
from decisionworks.projects.extract.corrections import CORRECTION
from decisionworks.projects.extract.finding import Finding
from decisionworks.projects.extract.negation import is_denied
from decisionworks.projects.extract.personal_lists import find_personal_lists
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.set_apart import is_set_apart
from decisionworks.projects.extract.sieve import Sieve
from decisionworks.projects.extract.vocabulary_file import word_pattern
from decisionworks.projects.model import Contradiction, ValueState

CORRECTION_REACH = 60
MOST_PLACES = 12
Place = tuple[int, int]


class _Read(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    value: bool | str | None = None


class _PairRecord(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    why: str
    one: list[str]
    other: list[str] = []
    other_is: _Read | None = None
    other_lists: Literal["personal"] | None = None
    unless: str | None = None
    one_unless: str | None = None
    must_share: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    field: str
    why: str
    one: re.Pattern[str]
    other: re.Pattern[str] | None
    read_as: str | None
    read_value: bool | str | None
    is_listed: bool
    unless: re.Pattern[str] | None
    one_unless: re.Pattern[str] | None
    must_share: bool


def find_opposites(reading: Reading, findings: Iterable[Finding]) -> Iterator[Contradiction]:
    """Contradictions whose two sides stand in sentences of their own; what a correction takes back is none."""
    read = [one for one in findings if one.state is ValueState.STATED]
    pairs, sieve = _pairs()
    for pair in (pairs[index] for index in sieve.left(reading.folded)):
        first = _firsts(pair, reading)
        if not first:
            continue
        clash = next(
            (
                (left, right)
                for right in _others(pair, reading, read)
                for left in first
                if reading.sentence_at(left[0]) != reading.sentence_at(right[0])
                and not _is_corrected(reading, max(left, right))
                and not any(is_about_another(reading, place) for place in (left, right))
                and (not pair.must_share or share_a_subject(reading, left, right))
            ),
            None,
        )
        if clash is not None:
            spans = tuple(reading.span(*place) for place in sorted(clash))
            quoted = " and ".join(f"“{span.text}”" for span in spans)
            yield Contradiction(fields=(pair.field,), spans=spans, why=f"{quoted}: {pair.why}")


def _firsts(pair: _Pair, reading: Reading) -> list[Place]:
    places = [match.span() for match in pair.one.finditer(reading.folded)][:MOST_PLACES]
    return [place for place in places if _counts(reading, place, unless=pair.one_unless)]


def _counts(reading: Reading, place: Place, *, unless: re.Pattern[str] | None) -> bool:
    sentence = reading.sentence(place[0])
    return not is_set_apart(sentence) and not (unless and unless.search(sentence))


def _others(pair: _Pair, reading: Reading, read: Iterable[Finding]) -> Iterator[Place]:
    """Where the second side is said, in words of its own or in what the rules have read."""
    places = [
        (one.start, one.end)
        for one in read
        if one.field == pair.read_as and (pair.read_value is None or one.value == pair.read_value)
    ]
    if pair.other is not None:
        places += [match.span() for match in pair.other.finditer(reading.folded)][:MOST_PLACES]
    if pair.is_listed:
        places += list(find_personal_lists(reading))[:MOST_PLACES]
    for place in places:
        if not is_denied(reading, *place) and _counts(reading, place, unless=pair.unless):
            yield place


def _is_corrected(reading: Reading, later: Place) -> bool:
    return CORRECTION.search(reading.folded[max(0, later[0] - CORRECTION_REACH) : later[0]]) is not None


@cache
def _pairs() -> tuple[tuple[_Pair, ...], Sieve]:
    """The pairs of the vocabulary.

    Raises: InvalidCatalogue, a pair speaks of an unknown field.
    """
    raw = resources.files("decisionworks.projects.extract").joinpath("vocabulary").joinpath("opposites.yaml")
    records = [_PairRecord.model_validate(entry) for entry in yaml.safe_load(raw.read_text("utf-8"))]
    known = load_constraint_catalogue().by_name
    for record in records:
        if record.field not in known:
            raise InvalidCatalogue(f"an opposition speaks of unknown {record.field}")
    pairs = tuple(
        _Pair(
            field=record.field,
            why=record.why,
            one=word_pattern(record.one, language="en"),
            other=word_pattern(record.other, language="en") if record.other else None,
            read_as=record.other_is.field if record.other_is else None,
            read_value=record.other_is.value if record.other_is else None,
            is_listed=record.other_lists is not None,
            unless=word_pattern([record.unless], language="en") if record.unless else None,
            one_unless=word_pattern([record.one_unless], language="en") if record.one_unless else None,
            must_share=record.must_share,
        )
        for record in records
    )
    return pairs, Sieve(pair.one.pattern for pair in pairs)
