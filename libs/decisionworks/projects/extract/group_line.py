"""A line of the vocabularies written in groups of words: which of them have to meet, and which must be absent.

“human reviews every -some” is about `human`: words of `human`, `reviews` and `every` stand together, none of `some`.
`not` asks for a denial beside them, `~` takes either, `!` wants the whole part of the sentence without one; without a
mark nothing beside them may deny it.
"""

from __future__ import annotations

from dataclasses import dataclass

from decisionworks.projects.errors import InvalidCatalogue
from decisionworks.projects.extract.word_groups import group_names

DENIAL, EITHER_WAY, ALL_AFFIRMED = "not", "~", "!"
_ABSENT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """The groups that must meet, the first of them what it is about, and those that must be absent.

    `groups` are all that must meet; `is_denied` is None where a denial makes no difference.
    """

    about: str
    with_: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    is_denied: bool | None = False
    is_all_affirmed: bool = False
    groups: frozenset[str] = frozenset()


def parse_line(text: str) -> GroupLine:
    """Read a line.

    Raises: InvalidCatalogue, it speaks of an unknown group of words, or of none.
    """
    words = text.split()
    marks = (DENIAL, EITHER_WAY, ALL_AFFIRMED)
    plain = [word for word in words if word not in marks and not word.startswith(_ABSENT)]
    without = tuple(word.removeprefix(_ABSENT) for word in words if word.startswith(_ABSENT))
    strangers = {*plain, *without} - group_names()
    if strangers or not plain:
        raise InvalidCatalogue(f"“{text}” speaks of unknown words {sorted(strangers)}; name groups of *_words.yaml")
    return GroupLine(
        about=plain[0],
        with_=tuple(plain[1:]),
        without=without,
        is_denied=None if EITHER_WAY in words else DENIAL in words,
        is_all_affirmed=ALL_AFFIRMED in words,
        groups=frozenset(plain),
    )
