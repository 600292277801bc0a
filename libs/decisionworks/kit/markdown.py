"""Text from anywhere as Markdown in which nothing of it is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_NAME = re.compile(r"[\w.:/ -]+")
# What makes a list or a heading only where a line begins; a rule or an underline is the whole line.
_BLOCK = re.compile(r"^(?=[-+](?: |$)|[-=][-= ]*$)|(?<=^\d)(?=[.)](?: |$))|(?<=^\d\d)(?=[.)](?: |$))")
_MARKDOWN = re.compile(r"([\\`*\[\]<>#|~${}]|(?<!\w)_|_(?!\w))")


def plain_text(text: str) -> str:
    """Text without control characters, with one kind of line end."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def md(value: object) -> str:
    """One line of Markdown text in which nothing is markup."""
    return _BLOCK.sub(r"\\", _MARKDOWN.sub(r"\\\1", " ".join(plain_text(str(value)).split())))


def code(value: object) -> str:
    """A Markdown code span for a name; anything that is more than a name is escaped as text."""
    text = str(value)
    return f"`{text}`" if _NAME.fullmatch(text) else md(text)


def quoted_md(value: object) -> str:
    """A Markdown block quote of text over several lines, nothing in it markup."""
    lines = plain_text(str(value)).strip().splitlines() or [""]
    return "\n".join(f"> {md(line)}".rstrip() for line in lines)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Iterable[int] = ()) -> list[str]:
    """The lines of a table whose cells are Markdown already; `right` are the columns of numbers."""
    rules = ["---:" if number in set(right) else "---" for number in range(len(headings))]
    return [f"| {' | '.join(cells)} |" for cells in (headings, rules, *rows)]
