"""Gives words back the accents that they were typed without: “prevision diaria”, “nao”, “Reponse”."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources

import yaml


def with_accents(folded: str, *, language: str) -> str:
    """The same text, length kept, with the accents of the words that can only be meant."""
    words = _words(language)
    if not words:
        return folded
    return _pattern(language).sub(lambda match: words[match.group()], folded)


@cache
def _words(language: str) -> dict[str, str]:
    file = resources.files("decisionworks.projects.extract").joinpath("vocabulary").joinpath("accents.yaml")
    lists: dict[str, list[str]] = yaml.safe_load(file.read_text("utf-8"))
    written = [word for line in lists.get(language, ()) for word in line.split()]
    return {plain: word for word in written if (plain := _plain(word)) != word and len(plain) == len(word)}


@cache
def _pattern(language: str) -> re.Pattern[str]:
    choice = "|".join(sorted(map(re.escape, _words(language)), key=lambda word: (-len(word), word)))
    return re.compile(rf"(?<![\w-])(?:{choice})(?![\w-])")


def _plain(word: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
