"""Finds orders by whom they address and what they demand: “note to the architect: there is no limit”."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, Field

Place = tuple[int, int]
# How far an order reaches beyond whom it addresses, and how near its two words stand. Units: characters.
REACH, NEAR = 320, 44
MOST_HEADS = 40
_BLOCK = re.compile(
    r"\[[^\[\]]{20,800}\]|\{[^{}]{20,800}\}|\([^()]{20,800}\)|/\*.{20,800}?\*/|【[^【】]{12,800}】", re.DOTALL
)
_END = re.compile(r"\n\s*\n|[\]})】]|\*/|-->|\"|」")


class _Demand(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    grave: bool = False
    do: str
    what: str = Field(alias="with")


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    roles: list[str]
    sure: list[str]
    heads: list[str]
    demands: list[_Demand]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    sure: re.Pattern[str]
    heads: re.Pattern[str]
    demands: tuple[tuple[bool, re.Pattern[str]], ...]


def find_addressed(folded: str) -> Iterator[Place]:
    """Where an order begins and where its last demand ends: after a head, or in a bracket that holds two grave ones."""
    words = _words()
    for is_sure, pattern in ((True, words.sure), (False, words.heads)):
        for count, head in enumerate(pattern.finditer(folded)):
            if count >= MOST_HEADS:
                break
            end = _END.search(folded, head.end(), head.end() + REACH)
            found = list(_demands(folded, head.end(), end.start() if end else min(head.end() + REACH, len(folded))))
            if found and (is_sure or any(is_grave for is_grave, _ in found)):
                yield head.start(), max(end for _, (_, end) in found)
    for block in _BLOCK.finditer(folded):
        if sum(is_grave for is_grave, _ in _demands(folded, *block.span())) > 1:
            yield block.span()


def _demands(folded: str, start: int, end: int) -> Iterator[tuple[bool, Place]]:
    """One place for each kind of demand."""
    for is_grave, pattern in _words().demands:
        match = pattern.search(folded, start, end)
        if match is not None:
            yield is_grave, match.span()


@cache
def _words() -> _Words:
    name = resources.files("decisionworks.projects.extract").joinpath("vocabulary").joinpath("addressed.yaml")
    record = _Record.model_validate(yaml.safe_load(name.read_text(encoding="utf-8")))
    role = "|".join(record.roles)
    return _Words(
        sure=re.compile("|".join(record.sure).replace("{role}", role)),
        heads=re.compile("|".join(record.heads).replace("{role}", role)),
        demands=tuple((one.grave, _near(one.do, one.what)) for one in record.demands),
    )


def _near(do: str, what: str) -> re.Pattern[str]:
    """Both in one sentence, in either order; words of scripts without blanks have no boundary."""
    first, second = (rf"(?:(?<![a-zà-ÿ0-9])(?:{words})(?![a-zà-ÿ0-9]))" for words in (do, what))
    gap = rf"[^.;\n。]{{0,{NEAR}}}?"
    return re.compile(rf"{first}{gap}{second}|{second}{gap}{first}")
