"""Finds a least that lies above the most: “at least 500 dollars a month, at most 300”."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from decisionworks.projects.extract.apart import may_both_hold
from decisionworks.projects.extract.finding import Finding
from decisionworks.projects.extract.numbers import DIGITS, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.word_groups import Place, group_pattern
from decisionworks.projects.model import Contradiction

# What stands between the bound and its number: “at least a budget of 500”.
_GAP = r"[^.;\n\d]{0,24}?"
_UNITS: tuple[tuple[str, str, float, str], ...] = (
    (
        "budget_usd_month", "money", 1.0,
        r"[$€£¥]|usd|eur|gbp|chf|brl|jpy|dollars?|dólares?|euros?|pounds?|pfund|reais|francs?|franken|円|ドル|ユーロ",
    ),
    ("latency_p95_ms", "time", 1.0, r"ms|milli\w{0,8}|milise\w{0,8}|ミリ秒"),
    ("latency_p95_ms", "time", 1_000.0, r"s(?!\w)|sec\w{0,5}|sek\w{0,6}|seg\w{0,6}|秒"),
    ("availability_slo_pct", "share", 1.0, r"%|percent|prozent|pour cent|por ciento|por cento|パーセント"),
    ("data_volume_gb", "size", 1.0, r"gb|gigabytes?|go(?!\w)"),
    ("data_volume_gb", "size", 1_000.0, r"tb|terabytes?|to(?!\w)"),
    ("audit_retention_years", "years", 1.0, r"years?|jahren?|ans|années|años?|anos?|年"),
    (
        "team_size", "people", 1.0,
        r"people|persons?|engineers?|developers?|personen|leute|menschen|entwickler\w{0,4}|personnes|ingénieur\w{0,2}"
        r"|personas|ingenier\w{0,4}|pessoas|engenheir\w{0,4}|名|人",
    ),
)  # fmt: skip
_MONEY_WORD = "budget"
MOST_BOUNDS = 20
LINE_CHARS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bound:
    value: float
    kind: str | None
    field: str | None
    place: Place


def find_crossed_bounds(reading: Reading, findings: Iterable[Finding]) -> Iterator[Contradiction]:
    """Pairs of a least and a most of the same kind that leave nothing between them."""
    least = list(islice(_bounds(reading, "atleast"), MOST_BOUNDS))
    most = list(islice(_bounds(reading, "atmost"), MOST_BOUNDS)) if least else []
    named: set[str] = set()
    for low in least:
        for high in most:
            field = low.field or high.field or _budget_near(reading, low, high)
            if field is None or field in named or low.value <= high.value:
                continue
            if not _are_of_a_kind(low, high) or not _are_near(reading, low, high):
                continue
            if may_both_hold(reading, low.place, high.place):
                continue
            named.add(field)
            spans = tuple(reading.span(*place) for place in sorted((low.place, high.place)))
            why = f"“{spans[0].text}” and “{spans[1].text}”: the least lies above the most"
            yield Contradiction(fields=(field,), spans=spans, why=why)


def _bounds(reading: Reading, group: str) -> Iterator[_Bound]:
    pattern = _pattern(group, reading.language)
    for match in pattern.finditer(reading.folded) if pattern else ():
        number = parse_number(match["n"], language=reading.language)
        if number is None:
            continue
        end = match.end("after") if match["after"] else match.end()
        yield _bound(number, match["before"] or "", match["unit"] or "", (match.start(), end))


def _bound(number: float, sign: str, unit: str, place: Place) -> _Bound:
    for field, kind, factor, words in _UNITS:
        if re.match(rf"(?:{words})", (unit or sign).strip()):
            return _Bound(value=number * factor, kind=kind, field=field, place=place)
    return _Bound(value=number, kind=None, field=None, place=place)


@cache
def _pattern(group: str, language: str) -> re.Pattern[str] | None:
    cue = group_pattern(group, language)
    if cue is None:
        return None
    units = "|".join(words for _, _, _, words in _UNITS)
    number = rf"(?P<before>(?:[$€£¥]|usd|eur)\s?)?(?P<n>{DIGITS})\s?(?P<unit>{units})?"
    if language == "ja":
        return re.compile(rf"(?:{number}(?P<after>{cue.pattern}))")
    return re.compile(rf"{cue.pattern}{_GAP}{number}(?P<after>)")


def _are_of_a_kind(low: _Bound, high: _Bound) -> bool:
    return low.kind == high.kind or None in (low.kind, high.kind)


def _are_lines_of_one_list(reading: Reading, low: _Bound, high: _Bound) -> bool:
    first, second = sorted((low.place, high.place))
    between = reading.folded[first[0] : second[0]]
    return between.count("\n") == 1 and len(between) <= 2 * LINE_CHARS


def _are_near(reading: Reading, low: _Bound, high: _Bound) -> bool:
    """A bound without a unit takes that of its own sentence."""
    if None not in (low.kind, high.kind):
        return True
    is_one_sentence = reading.sentence_at(low.place[0]) == reading.sentence_at(high.place[0])
    return is_one_sentence or _are_lines_of_one_list(reading, low, high)


def _budget_near(reading: Reading, low: _Bound, high: _Bound) -> str | None:
    pattern = group_pattern(_MONEY_WORD, reading.language)
    sentence = reading.sentence(min(low.place, high.place)[0]) + reading.folded[: low.place[1]][-LINE_CHARS * 2 :]
    return "budget_usd_month" if pattern is not None and pattern.search(sentence) else None
