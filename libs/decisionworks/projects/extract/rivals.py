"""Finds two values for one thing: a field read twice, or a noun counted twice, and nothing that tells them apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.extract.apart import may_both_hold, share_a_subject
from decisionworks.projects.extract.finding import FAIR, STRONG, Finding
from decisionworks.projects.extract.numbers import DIGITS, parse_number
from decisionworks.projects.extract.rates_of_each import is_of_each
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.word_groups import Place, group_pattern
from decisionworks.projects.model import Contradiction, FieldType, ValueState

# Numbers that differ by less are the same one, rounded.
MOST_ROUNDED = 0.15
# What an availability leaves over is what differs.
_SHARES = frozenset({"availability_slo_pct"})
# Both numbers of such a field may stand in one text: an average and a peak are apart already, stages of a wait are not.
_LEFT_OUT = frozenset({"throughput_rps_avg", "llm_tokens_in", "llm_tokens_out", "rpo_minutes", "team_size"})
# A choice of which only one can hold; about the others people speak of several things.
_CHOICES = frozenset(
    {"data_residency", "traffic_pattern", "edge_connectivity", "open_source_preference", "human_review_required",
    "explainability_required", "multi_region", "labelling_needed", "llm_external_api_allowed"}
)  # fmt: skip
_NOTHING_OF = ("compliance", "existing_platform")
_STEM = 5
RATE_CHARS = 16
# In a long text the first numbers count.
MOST_NUMBERS = 40
LEAST_BETWEEN = 25
_COUNTED = re.compile(rf"(?<![\w.,-])(?P<n>{DIGITS})\s?(?:de |d'|of )?(?P<noun>[^\W\d_]{{3,24}})")
_COUNTED_AS = (("device", "edge_devices"), ("clients", "tenants"), ("texts", "corpus_documents"))
_DEFINITE = re.compile(
    r"(?:\b(?:the|these|those|our|its|their|die|der|den|unsere\w?|diese\w?|les|des|nos|ces|los|las|nuestr[oa]s|est[oa]s"
    r"|[oa]s|noss[oa]s|est[ea]s)\s)$"
)
_COUNTED_JA = re.compile(
    rf"(?P<noun>[\u3040-\u30ff\u3400-\u9fff]{{2,6}}?)(?:は|が|を)?(?P<n>{DIGITS})(?P<unit>[^\W\d]{{1,2}})"
)


def find_rivals(reading: Reading, findings: Iterable[Finding]) -> Iterator[Contradiction]:
    """Contradictions between two numbers; a correction, a range, a part or another time is none."""
    fields = load_constraint_catalogue().by_name
    findings = list(findings)
    numeric = [
        one
        for one in findings
        if fields[one.field].type in (FieldType.NUMBER, FieldType.INTEGER)
        and one.field not in _LEFT_OUT
        and one.strength >= (FAIR - 10 if one.field == "latency_p95_ms" else FAIR)
        and isinstance(one.value, int | float)
        and one.end > one.start
        and "\n" not in reading.folded[one.start : one.end]
        and (one.field != "budget_usd_month" or one.strength >= STRONG)
    ]
    numeric = numeric[:MOST_NUMBERS]
    named: set[str] = set()
    firm = [one for one in findings if one.state is ValueState.STATED and one.strength >= STRONG][:MOST_NUMBERS]
    chosen = [one for one in firm if one.field in _CHOICES]
    for first, second in (*_pairs(numeric), *_pairs(chosen), *_nothing_and_some(firm)):
        if first.field in named or not _differ(first, second) or not _are_alike(reading, first, second):
            continue
        if _fits_into(reading, first, second) or _are_of_two_kinds(first, second):
            continue
        named.add(first.field)
        yield _contradiction(reading, first.field, (first.start, first.end), (second.start, second.end))
    for field, here, there in _counted_twice(reading, numeric):
        if field not in named:
            named.add(field)
            yield _contradiction(reading, field, here, there)


def _fits_into(reading: Reading, first: Finding, second: Finding) -> bool:
    """A least below a most, and a server that is already paid for below what may be spent."""
    small, large = sorted(
        (first, second), key=lambda one: float(one.value) if isinstance(one.value, int | float) else 0
    )
    low, high = reading.sentence(small.start), reading.sentence(large.start)
    if _has("atleast", low, reading) and _has("atmost", high, reading):
        return True
    return first.field == "budget_usd_month" and _has("spent", low, reading) and not _has("spent", high, reading)


def _are_of_two_kinds(first: Finding, second: Finding) -> bool:
    """“By 5 in the morning” beside “the window is 8 hours”: a time of day and how long it takes."""
    return first.field == "batch_deadline_hours" and first.state is not second.state


def _pairs(numeric: list[Finding]) -> Iterator[tuple[Finding, Finding]]:
    ordered = sorted(numeric, key=lambda one: (one.start, one.end))
    for index, first in enumerate(ordered):
        for second in ordered[index + 1 :]:
            if first.field == second.field and second.start >= first.end:
                yield first, second


def _nothing_and_some(firm: list[Finding]) -> Iterator[tuple[Finding, Finding]]:
    """“No regulation applies”, and a regulation by its name."""
    for field in _NOTHING_OF:
        named = [one for one in firm if one.field == field]
        nothing = [one for one in named if one.value in ("none", ["none"])]
        for first in nothing:
            yield from ((first, one) for one in named if one not in nothing)


def _differ(first: Finding, second: Finding) -> bool:
    if isinstance(first.value, bool | str | list) or isinstance(second.value, bool | str | list):
        return first.value != second.value
    one, other = float(first.value), float(second.value)
    if first.field in _SHARES:
        one, other = 100 - one, 100 - other
    return abs(one - other) > MOST_ROUNDED * max(abs(one), abs(other))


def _are_alike(reading: Reading, first: Finding, second: Finding) -> bool:
    here, there = (first.start, first.end), (second.start, second.end)
    if reading.sentence_at(first.start) == reading.sentence_at(second.start):
        return False
    return _speak_of_the_same(reading, here, there)


def _counted_twice(reading: Reading, numeric: list[Finding]) -> Iterator[tuple[str, Place, Place]]:
    """“Forty shops … in each of the sixty shops”, where a rule took one of them for a field."""
    pattern = _COUNTED_JA if reading.language == "ja" else _COUNTED
    counted = [
        (match.span(), match["noun"], parse_number(match["n"], language=reading.language))
        for match in islice(pattern.finditer(reading.folded), MOST_NUMBERS)
    ]
    for index, (here, noun, number) in enumerate(counted):
        for there, other_noun, other in counted[index + 1 :]:
            if noun[:_STEM] != other_noun[:_STEM] or number is None or other is None or _is_plain(noun, reading):
                continue
            field = _field_at(numeric, here) or _field_at(numeric, there) or _field_of_all(reading, here, there)
            if _is_product(counted, noun, number, other):
                continue
            if field is None or not MOST_ROUNDED * max(number, other) < abs(number - other):
                continue
            if _speak_of_the_same(reading, here, there):
                yield field, here, there


def _is_product(counted: Sequence[tuple[Place, str, float | None]], noun: str, number: float, other: float) -> bool:
    """“300 cameras, 5 pictures a second each (1,500 pictures)”: one of each, and all of them."""
    small, large = sorted((number, other))
    counts = [count for _, of, count in counted if of[:_STEM] != noun[:_STEM] and count is not None and count > 1]
    return small > 0 and any(abs(small * count - large) <= 0.01 * large for count in counts)


def _field_of_all(reading: Reading, here: Place, there: Place) -> str | None:
    """What all of something counts for: “all 300 traps”, and “in each of the 2,500 traps”."""
    if not any(_has("total", reading.sentence(place[0]), reading) for place in (here, there)):
        return None
    if not all(_is_definite(reading, place) for place in (here, there)):
        return None
    noun = reading.folded[slice(*here)]
    return next((field for group, field in _COUNTED_AS if _has(group, noun, reading)), "batch_records_per_run")


def _is_definite(reading: Reading, place: Place) -> bool:
    sentence = reading.sentence(place[0])
    before = reading.before(place[0], chars=16)
    return _has("total", sentence, reading) or _DEFINITE.search(before) is not None


def _is_plain(noun: str, reading: Reading) -> bool:
    """Units and people are counted of many things."""
    pattern = group_pattern("everywhere", reading.language)
    return pattern is not None and pattern.match(noun) is not None


def _field_at(numeric: list[Finding], place: Place) -> str | None:
    return next((one.field for one in numeric if one.start < place[1] and place[0] < one.end), None)


def _speak_of_the_same(reading: Reading, here: Place, there: Place) -> bool:
    if may_both_hold(reading, here, there):
        return False
    sentences = [reading.sentence(place[0]) for place in (here, there)]
    if any(_has(group, one, reading) for group in ("part", "wish") for one in sentences):
        return False
    if _has("twothings", reading.folded, reading) or _is_a_rate(reading, here) != _is_a_rate(reading, there):
        return False
    if _is_a_rate(reading, here) and is_of_each(here, reading) != is_of_each(there, reading):
        return False
    if reading.sentence_at(here[0]) == reading.sentence_at(there[0]) and not _are_told_apart(reading, here, there):
        return False
    return share_a_subject(reading, here, there)


def _is_a_rate(reading: Reading, place: Place) -> bool:
    return _has("rate", reading.folded[place[0] : place[1]] + reading.after(place[1], chars=RATE_CHARS), reading)


def _are_told_apart(reading: Reading, here: Place, there: Place) -> bool:
    """Whether two numbers of one sentence stand in clauses of their own, and neither is an average or a peak."""
    between = reading.folded[min(here[1], there[1]) : max(here[0], there[0])]
    sentence = reading.sentence(here[0])
    return len(between) >= LEAST_BETWEEN and not any(_has(group, sentence, reading) for group in ("average", "worst"))


def _has(group: str, text: str, reading: Reading) -> bool:
    pattern = group_pattern(group, reading.language)
    return pattern is not None and pattern.search(text) is not None


def _contradiction(reading: Reading, field: str, here: Place, there: Place) -> Contradiction:
    spans = (reading.span(*here), reading.span(*there))
    why = f"{field} is said twice and differently: “{spans[0].text}” and “{spans[1].text}”"
    return Contradiction(fields=(field,), spans=spans, why=why)
