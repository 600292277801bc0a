"""Finds lists of what is known about people: “columns: surname, passport number, e-mail”."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

import yaml
from pydantic import BaseModel, ConfigDict

from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.vocabulary_file import word_pattern

# What stands between two entries of one list: “surname, the passport number”.
MOST_BETWEEN = 14
# A signature names its writer and nobody in the data.
_SIGNATURE = re.compile(r"@|\+\d{2}[\d ]{5}|\b(?:contact|kontakt|contacto|contato|regards|grüße)\b")


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    telling: list[str]
    vague: list[str]
    where: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    telling: re.Pattern[str]
    either: re.Pattern[str]
    where: re.Pattern[str]


def find_personal_lists(reading: Reading) -> Iterator[tuple[int, int]]:
    """Where two attributes of people are listed side by side, at least one of which things do not have."""
    words = _words()
    found = [match.span() for match in words.either.finditer(reading.folded)]
    for first, second in pairwise(found):
        if second[0] - first[1] > MOST_BETWEEN or reading.sentence_at(first[0]) != reading.sentence_at(second[0]):
            continue
        sentence, spoken = reading.sentence(first[0]), (reading.folded[slice(*first)], reading.folded[slice(*second)])
        if spoken[0] == spoken[1] or _SIGNATURE.search(sentence) or not words.where.search(sentence):
            continue
        if any(words.telling.fullmatch(one) for one in spoken):
            yield first[0], second[1]


@cache
def _words() -> _Words:
    raw = resources.files("decisionworks.projects.extract").joinpath("vocabulary").joinpath("personal.yaml")
    record = _Record.model_validate(yaml.safe_load(raw.read_text("utf-8")))
    return _Words(
        telling=word_pattern(record.telling, language="en"),
        either=word_pattern([*record.telling, *record.vague], language="en"),
        where=word_pattern(record.where, language="en"),
    )
