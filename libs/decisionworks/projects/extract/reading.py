"""A request prepared for reading: folded to one spelling, cut into sentences, orders blanked out.

Invariant: `folded` has exactly the length of `text`, so that a place in one is the same place in the other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from decisionworks.projects.extract.accents import with_accents
from decisionworks.projects.extract.number_words import digits_for_words
from decisionworks.projects.model import Span

_SPECIAL = {
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u3000": " ", "\t": " ", "、": " ", "’": "'", "‘": "'", "`": "'", "“":
    '"',
    "”":
    '"',
    "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "‑": "-", "−": "-", "〜": "~", "～": "~", "*": " ", "|": ",",
    # “events_per_second: 6000”: a key is read like the words that it is made of.
    "_": " ",
}  # fmt: skip
# Mail programs wrap at 70 to 80 characters or more; a shorter line was ended on purpose.
WRAPPED_LINE_CHARS = 60
_OWN_LINE = re.compile(r"\s*(?:[-+>#,•・●○※]|\d{1,2}[.)]\s|[\w /().-]{1,30}\s*[:=]\s)")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？;\n]")
# A dot after these is not the end of a sentence.
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|incl|approx|ca|bzw|z\.b|etc|max|min|mio|tsd|no|nr|vs|p\.ej|aprox|env|u\.s))$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The text, its folded twin, its language and where its sentences start."""

    text: str
    folded: str
    language: str
    starts: tuple[int, ...]

    def sentence_at(self, position: int) -> tuple[int, int]:
        """Start and end of the sentence around a position."""
        index = bisect_right(self.starts, position) - 1
        start = self.starts[max(index, 0)]
        end = self.starts[index + 1] if index + 1 < len(self.starts) else len(self.folded)
        return start, end

    def sentence(self, position: int) -> str:
        """The folded sentence around a position."""
        start, end = self.sentence_at(position)
        return self.folded[start:end]

    def before(self, position: int, *, chars: int) -> str:
        """The folded words of the same sentence just before a position."""
        start, _ = self.sentence_at(max(position - 1, 0)) if position else (0, 0)
        return self.folded[max(start, position - chars) : position]

    def after(self, position: int, *, chars: int) -> str:
        """The folded words of the same sentence just after a position."""
        _, end = self.sentence_at(min(max(position - 1, 0), max(len(self.folded) - 1, 0)))
        return self.folded[position : min(end, position + chars)]

    def span(self, start: int, end: int) -> Span:
        """The words of the original text between two places, without surrounding blanks."""
        raw = self.text[start:end]
        start += len(raw) - len(raw.lstrip())
        raw = raw.strip()
        return Span(start=start, end=start + len(raw), text=raw)


def fold(text: str) -> str:
    """One spelling for matching: lower case, narrow characters, plain quotes and dashes; length kept."""
    return text.translate(_FOLDED)


class _Folded(dict[int, str]):
    """How each character is folded, worked out when it first comes up; there are few of them."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_char(chr(code))
        return folded


_FOLDED = _Folded()


def _fold_char(char: str) -> str:
    if char in _SPECIAL:
        return _SPECIAL[char]
    code = ord(char)
    if 0xFF01 <= code <= 0xFF5E:
        # Full-width Latin letters and digits, as Japanese text uses them.
        char = chr(code - 0xFEE0)
    lower = char.lower()
    return lower if len(lower) == 1 else char


# “Without exception” denies nothing.
_WITHOUT_FAIL = re.compile("例外な[くし]|間違いなく|滞りなく")


def prepare(text: str, *, language: str, blanked: Iterable[Span] = ()) -> Reading:
    """Make a reading; the blanked spans leave only line breaks, so that nothing is read out of them or across them."""
    folded = fold(text)
    for span in blanked:
        folded = folded[: span.start] + "\n" * (span.end - span.start) + folded[span.end :]
    folded = with_accents(_unwrapped(folded), language=language)
    folded = digits_for_words(folded, language=language)
    if language == "ja":
        folded = _WITHOUT_FAIL.sub(lambda found: "必" * len(found.group()), folded)
    return Reading(text=text, folded=folded, language=language, starts=sentence_starts(folded))


def _unwrapped(folded: str) -> str:
    """Line breaks that only wrap a long line become blanks; those of lists, tables and short lines stay."""
    lines = folded.split("\n")
    parts = [lines[0]]
    for above, line in pairwise(lines):
        is_wrap = len(above) >= WRAPPED_LINE_CHARS and line.strip() and not _OWN_LINE.match(line)
        parts.append((" " if is_wrap and not above.lstrip().startswith((",", "#")) else "\n") + line)
    return "".join(parts)


def sentence_starts(folded: str) -> tuple[int, ...]:
    """Where sentences start; line breaks and semicolons end one too."""
    starts = [0]
    for match in _SENTENCE_END.finditer(folded):
        if match.group() == "." and _ABBREVIATION.search(folded[max(0, match.start() - 6) : match.start()]):
            continue
        starts.append(match.end())
    return tuple(starts)
