"""Groups of words by language: whether one of them stands in a part of a text, and where."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources

import yaml

from decisionworks.projects.extract.numbers import SMALL_NUMBER_WORDS
from decisionworks.projects.extract.sieve import Sieve
from decisionworks.projects.extract.vocabulary_file import VOCABULARIES, word_source

ANY_LANGUAGE = "any"
_FILES = ("side_words.yaml", "prohibited_words.yaml", "gathered_words.yaml", "needs_words.yaml")
_ARTICLES = {"un", "une", "una", "uno", "ein", "eine", "einem", "einer", "um", "uma", "one"}
_NUMBER_WORDS = "|".join(sorted(SMALL_NUMBER_WORDS - _ARTICLES, key=lambda word: (-len(word), word)))
Place = tuple[int, int]


@cache
def group_pattern(name: str, language: str) -> re.Pattern[str] | None:
    """The words of a group in a language and in all of them; None where it has none.

    Raises: KeyError, no group has this name.
    """
    source = _source(name, language)
    return None if source is None else re.compile(source)


@lru_cache(maxsize=8)
def groups_left(text: str, language: str) -> frozenset[str]:
    """The groups that a text may have words of; it has none of the others."""
    names, sieve = _sieve(language)
    return frozenset(names[index] for index in sieve.left(text))


@cache
def _sieve(language: str) -> tuple[tuple[str, ...], Sieve]:
    sources = {name: _source(name, language) for name in sorted(_groups())}
    spoken = {name: source for name, source in sources.items() if source is not None}
    return tuple(spoken), Sieve(spoken.values())


def _source(name: str, language: str) -> str | None:
    spoken = _groups()[name]
    alternatives = [_with_number_words(spoken[one]) for one in (language, ANY_LANGUAGE) if one in spoken]
    return word_source(alternatives, language=language) if alternatives else None


def _with_number_words(words: str) -> str:
    """“Ten years” where the vocabulary has a number of years."""
    return words.replace(r"\d+ ", rf"(?:\d{{1,9}}|{_NUMBER_WORDS}) ")


def group_names() -> frozenset[str]:
    """Every group that there is."""
    return frozenset(_groups())


@cache
def _groups() -> dict[str, dict[str, str]]:
    folder = resources.files("decisionworks.projects.extract").joinpath("vocabulary")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, dict[str, str]] = {}
    for name in _FILES:
        groups = yaml.load(folder.joinpath(name).read_text("utf-8"), Loader=loader)  # noqa: S506, both are safe
        if loaded.keys() & groups:
            raise ValueError(f"groups of words told twice: {sorted(loaded.keys() & groups)}")
        loaded |= groups
    known = {*VOCABULARIES, ANY_LANGUAGE}
    strangers = sorted(f"{name}.{one}" for name, spoken in loaded.items() for one in spoken if one not in known)
    if strangers:
        raise ValueError(f"word groups in unknown languages: {strangers}")
    return loaded
