"""Sorts out the patterns that cannot match a text, by letters that each of them needs, before any is tried.

A text of some hundred letters has none of the words of most phrases; looking for all words at once is quicker than
trying every phrase in turn. Invariant: a pattern that matches anywhere in a text or a part of it is never left out.
"""

from __future__ import annotations

import importlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import add
from typing import Any

# The parser of the standard library reads patterns exactly as its compiler does.
_PARSER: Any = importlib.import_module("re._parser")
_LITERAL = importlib.import_module("re._constants").LITERAL
_GRAM = 4
_MOST_SPELLINGS = 96
_LONG = 6
# How many of a text's letters are a certain one, about. Only chooses between letters that are all needed.
_OFTEN, _SELDOM = 0.07, 0.01
Letters = frozenset[str]
_NOTHING: Letters = frozenset({""})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A part of a pattern: every spelling it may have, where they are few, and letters one of which it needs."""

    spellings: Letters | None = None
    needs: Letters | None = None


_ANYTHING, _NO_WIDTH = _Part(), _Part(spellings=_NOTHING)


class Sieve:
    """Patterns in their order, and which of them are worth trying on a text."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._always: set[int] = set()
        wanted: dict[str, list[int]] = {}
        for index, pattern in enumerate(patterns):
            needs = needed_letters(pattern)
            if needs is None:
                self._always.add(index)
            for letters in needs or ():
                wanted.setdefault(letters, []).append(index)
        common = Counter(gram for letters in wanted for gram in set(_grams(letters)))
        self._by_gram: dict[str, list[tuple[str, list[int]]]] = {}
        for letters, indices in wanted.items():
            rarest = min(_grams(letters), key=lambda gram: (common[gram], gram))
            self._by_gram.setdefault(rarest, []).append((letters, indices))

    def left(self, text: str) -> Sequence[int]:
        """The numbers of the patterns that may match, in their order."""
        found = set(self._always)
        for gram in self._by_gram.keys() & _grams_of_text(text):
            for letters, indices in self._by_gram[gram]:
                if letters == gram or letters in text:
                    found.update(indices)
        return sorted(found)


class Sought:
    """A pattern that is tried only where a text has letters of it."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern)

    @cached_property
    def _needs(self) -> tuple[str, ...] | None:
        needs = needed_letters(self._pattern.pattern)
        return None if needs is None else tuple(sorted(needs))

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Its matches, as the pattern alone would find them."""
        return self._pattern.finditer(text) if self._may_match(text) else iter(())

    def search(self, text: str) -> re.Match[str] | None:
        """Its first match."""
        return self._pattern.search(text) if self._may_match(text) else None

    def _may_match(self, text: str) -> bool:
        if self._needs is None:
            return True
        for letters in self._needs:  # noqa: SIM110, a generator would take most of the time that is saved
            if letters in text:
                return True
        return False


def needed_letters(pattern: str) -> Letters | None:
    """Letters one of which stands in everything that the pattern matches; None where none are certain.

    Raises: re.error, it is no pattern.
    """
    parsed = _PARSER.parse(pattern)
    return None if parsed.state.flags & re.IGNORECASE else _sequence(parsed).needs


def _sequence(items: Iterable[tuple[Any, Any]]) -> _Part:
    """Parts one after the other; the best letters are those of the rarest stretch without a gap."""
    run, word, needs, is_whole = _NOTHING, "", None, True
    for operation, argument in items:
        if operation is _LITERAL:
            word += chr(argument)
            continue
        part = _part(str(operation), argument)
        run, word = _joined(run, word), ""
        if part.spellings is not None and _is_worth_joining(run, part.spellings):
            run = frozenset(left + right for left in run for right in part.spellings)
            continue
        is_whole, needs = False, _rarer(_rarer(needs, run), part.needs)
        run = part.spellings or _NOTHING
    run = _joined(run, word)
    return _Part(spellings=run if is_whole else None, needs=_rarer(needs, run))


def _joined(run: Letters, word: str) -> Letters:
    return frozenset(left + word for left in run) if word else run


def _is_worth_joining(run: Letters, spellings: Letters) -> bool:
    """After long letters further choices would only multiply them."""
    return len(run) * len(spellings) <= _MOST_SPELLINGS and min(map(len, run)) < _LONG


def _part(operation: str, argument: Any) -> _Part:
    if operation == "IN":
        return _one_of(argument)
    if operation == "BRANCH":
        return _choice([_sequence(branch) for branch in argument[1]])
    if operation == "SUBPATTERN" and not argument[1]:
        return _sequence(argument[3])
    if operation == "ATOMIC_GROUP":
        return _sequence(argument)
    if operation.endswith("_REPEAT"):
        return _repeated(*argument)
    # What looks around takes no room: the letters before and after it touch.
    return _NO_WIDTH if operation in ("AT", "ASSERT", "ASSERT_NOT") else _ANYTHING


def _spelled(spellings: Iterable[str]) -> _Part:
    several = frozenset(spellings)
    return _Part(spellings=several, needs=several)


def _one_of(members: Iterable[tuple[Any, Any]]) -> _Part:
    chars: set[str] = set()
    for kind, value in members:
        if str(kind) == "LITERAL":
            chars.add(chr(value))
        elif str(kind) == "RANGE" and value[1] - value[0] < _MOST_SPELLINGS:
            chars.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return _ANYTHING
    return _spelled(chars) if len(chars) <= _MOST_SPELLINGS else _ANYTHING


def _choice(branches: Sequence[_Part]) -> _Part:
    spellings, needs = set[str](), set[str]()
    is_spelled = is_needed = True
    for branch in branches:
        is_spelled, is_needed = is_spelled and branch.spellings is not None, is_needed and branch.needs is not None
        spellings |= branch.spellings or set()
        needs |= branch.needs or set()
    is_spelled = is_spelled and len(spellings) <= _MOST_SPELLINGS
    return _Part(spellings=frozenset(spellings) if is_spelled else None, needs=frozenset(needs) if is_needed else None)


def _repeated(least: int, most: int, items: Any) -> _Part:
    part = _sequence(items)
    if least == 0 and most == 1 and part.spellings is not None:
        return _Part(spellings=part.spellings | _NOTHING)
    return part if least == most == 1 else _Part(needs=part.needs if least else None)


def _rarer(one: Letters | None, other: Letters | None) -> Letters | None:
    """The letters that fewer texts have; those with an empty spelling say nothing."""
    if not one or "" in one:
        return other if other and "" not in other else None
    return one if not other or "" in other or _frequency(one) <= _frequency(other) else other


def _frequency(letters: Letters) -> float:
    return sum((_OFTEN if one.isascii() else _SELDOM) ** min(len(one), _LONG) for one in letters)


def _grams(letters: str) -> Iterator[str]:
    """The stretches of up to four letters that are looked up."""
    width = min(_GRAM, len(letters))
    return (letters[start : start + width] for start in range(len(letters) - width + 1))


@lru_cache(maxsize=8)
def _grams_of_text(text: str) -> frozenset[str]:
    grams, found = list(text), set(text)
    for width in range(1, _GRAM):
        grams = list(map(add, grams, text[width:]))
        found.update(grams)
    return frozenset(found)
