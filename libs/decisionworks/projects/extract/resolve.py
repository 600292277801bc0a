"""Chooses among findings: the strongest and first counts, corrections win, open disagreements are named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from decisionworks.projects.constraint_values import unsaid
from decisionworks.projects.extract.corrections import CORRECTION
from decisionworks.projects.extract.finding import STRONG, Finding
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.set_apart import is_set_apart
from decisionworks.projects.extract.word_groups import group_pattern
from decisionworks.projects.model import (
    ConstraintCatalogue,
    Constraints,
    ConstraintValue,
    Contradiction,
    Field,
    FieldType,
    Plain,
    ValueState,
)

# Two different statements about one of these cannot both hold; about the others people speak of several things.
_EXCLUSIVE = frozenset(
    {"budget_usd_month", "availability_slo_pct", "cloud", "team_size", "retraining_frequency",
    "llm_external_api_allowed",
    "ops_coverage"}
)  # fmt: skip
# “Two analysts help” beside “five engineers” is no contradiction; “just me” beside “a team of eight” is.
_FIRM_TEAM = STRONG + 2
_CHANGE_WITH_TIME = frozenset({"budget_usd_month", "retraining_frequency", "ops_coverage", "cloud"})
_WHOLE_TEAM = re.compile(
    r"\b(?:team|crew|we are|we're|wir sind|nous (?:ne )?sommes|somos|staff\w{0,4}|alone|just me|only me"
    r"|by myself|on my own|(?:will |to |who |that )?(?:run"
    r"|operate|build"
    r"|maintain|develop)s?(?: and \w+)? (?:it|this|the (?:system|service|platform|thing))"
    r"|mannschaft|allein\w?|besteht|betreiben|équipe|exploit\w+|seule?|equipo|sol[oa]|operan?|equipe|equipa|sozinh[oa]"
    r"|operam?)\b|チーム|体制|運用|一人で"
)
_PART_OR_OTHERS = re.compile(
    r"\b(?:of (?:them|us|whom|these)|more|another|additional|extra|later|next year|new|newly|hir\w+|help\w*|consult\w+"
    r"|freelanc\w+|users?|customers?|clients?|wider|company|department|sales|support|call|marketing|field|legal"
    r"|editorial"
    r"|security|not ours|not involved|otherwise|others?|besides|davon|weitere\w?|zusätzlich\w?|helfen"
    r"|unterstützen|vertrieb"
    r"|reads? (?:it|the|by)|read by|liest|lesen|lue?s? par|lisent|la lit|leen?|lida por|lido por|leem"
    r"|dont|autres?|aident|commercia\w+|ellos|otr[oa]s|ayudan|ventas|deles|outr[oa]s|ajudam|vendas)\b|うち|他|追加|支援|営業"
    r"|読み|読む|閲覧|看護"
)
# The part of a month that a service may be down is what availabilities differ in.
_PERCENT_FIELDS = frozenset({"availability_slo_pct"})
_PHASES = re.compile(
    r"\b(?:pilot\w*|first(?= [$€£\d])|at first|initially|zunächst|d'abord|al principio|no início|phases?|poc"
    r"|proof of concept|trial|first (?:year|months?|quarter)|later|eventually|in production"
    r"|production|from \w+ on(?:wards)?|after (?:go-live|the pilot|launch)|development|test(?:ing)? (?:stage"
    r"|system)|staging"
    r"|pilotphase|anfangs|später|produktiv\w*|au début|ensuite|pilote|producción|producción|piloto|más adelante"
    r"|produção"
    r"|depois|afterwards|thereafter|danach|par la suite|em seguida)\b|本番|試験|パイロット|当初|その後"
)
_STRICTER_IS_LOWER = frozenset({"budget_usd_month", "team_size"})
_STRICTEST_COUNTS = frozenset({"latency_p95_ms", "audit_retention_years", "stream_events_per_sec"})
# Number words stand as digits behind zeros in the folded text that reasons quote.
_PADDING = re.compile(r"(?<![\d.,-])0+(?=[1-9]\d)")
# How far two places of one sentence stand apart that belong together.
NEAR_CHARS = 60
CORRECTION_REACH = 60
FEW_CHARS = 40
RANGE_CHARS = 20
MOST_BY_RATE = 0.2
_CURRENCY = re.compile(
    r"us\$|r\$|[$€£¥]|usd|eur(?!o)|gbp|chf|brl|dollar|dólar|euro|pound|pfund|fran[ck]|real|reais|円|ドル|ユーロ"
)
TOLERANCE = 0.02


class Resolution:
    """One value per field of the catalogue out of the findings so far; new findings settle their own fields again."""

    def __init__(self, findings: Iterable[Finding], *, reading: Reading, catalogue: ConstraintCatalogue) -> None:
        self._reading, self._catalogue = reading, catalogue
        self._grouped: dict[str, list[Finding]] = {}
        self._disagreements: dict[str, Contradiction] = {}
        self.constraints: Constraints = {field.name: unsaid(field) for field in catalogue.fields}
        self.add(findings)

    @property
    def contradictions(self) -> list[Contradiction]:
        """The statements that cannot both hold, in the order of the catalogue."""
        order = (field.name for field in self._catalogue.fields)
        return [self._disagreements[name] for name in order if name in self._disagreements]

    def add(self, findings: Iterable[Finding]) -> None:
        """Let more findings count."""
        changed: dict[str, None] = {}
        for finding in findings:
            self._grouped.setdefault(finding.field, []).append(finding)
            changed[finding.field] = None
        for name in changed:
            self._resettle(name)

    def replace(self, finding: Finding) -> None:
        """Let a finding count alone for its field."""
        self.constraints[finding.field], _ = _settle(
            self._catalogue.by_name[finding.field], [finding], reading=self._reading
        )

    def _resettle(self, name: str) -> None:
        group = sorted(self._grouped[name], key=lambda one: (-one.strength, one.start, one.end))
        self.constraints[name], disagreement = _settle(self._catalogue.by_name[name], group, reading=self._reading)
        self._disagreements.pop(name, None)
        if disagreement is not None:
            self._disagreements[name] = disagreement


def _settle(field: Field, group: list[Finding], *, reading: Reading) -> tuple[ConstraintValue, Contradiction | None]:
    said, group = group, [one for one in group if _is_possible(field, one.value)]
    if not group:
        return (_impossible(field, said[0], reading=reading) if said else unsaid(field)), None
    if field.type is FieldType.LIST:
        return _union(field, group, reading=reading), None
    corrected = _correction(group, reading=reading)
    if corrected is not None:
        return _value(corrected, reading=reading, note="corrected in the text"), None
    best = _strictest(group) if field.name in _STRICTEST_COUNTS else group[0]
    rival = _rival(field, best, group, reading=reading) if field.name in _EXCLUSIVE else None
    if rival is None:
        return _value(best, reading=reading), None
    return _disagreement(field, best, rival, reading=reading)


def _is_possible(field: Field, value: Plain) -> bool:
    """Whether a number lies within what its field can hold: nothing answers in 0 ms, no plan costs 0 dollars."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    return (field.minimum is None or value >= field.minimum) and (field.maximum is None or value <= field.maximum)


def _impossible(field: Field, said: Finding, *, reading: Reading) -> ConstraintValue:
    """The field left open, with a note of what was said."""
    words = reading.span(said.start, said.end).text
    limits = f"between {field.minimum:g} and {field.maximum:g} {field.unit or ''}".strip()
    return replace(unsaid(field), reason=f"“{words}” cannot be kept: it has to be {limits}")


def _strictest(group: list[Finding]) -> Finding:
    """Of response times said equally firmly the shortest counts, of retention times and event rates the largest."""
    firm = [one for one in group if one.strength == group[0].strength and one.state is group[0].state]
    lowest = group[0].field == "latency_p95_ms"
    return min(firm, key=lambda one: (_number(one) if lowest else -_number(one), one.start))


def _number(finding: Finding) -> float:
    return finding.value if isinstance(finding.value, int | float) else 0.0


def _value(finding: Finding, *, reading: Reading, note: str | None = None) -> ConstraintValue:
    reason = "; ".join(part for part in (finding.reason, note) if part) or None
    reason = _PADDING.sub("", reason) if reason else None
    return ConstraintValue(
        value=finding.value,
        state=finding.state,
        span=reading.span(finding.start, finding.end) if finding.end > finding.start else None,
        confidence=round(finding.confidence, 2),
        reason=reason,
    )


def _union(field: Field, group: list[Finding], *, reading: Reading) -> ConstraintValue:
    """All stated items; inferred ones only where nothing was stated more strongly."""
    firm = [one for one in group if one.state is ValueState.STATED or one.strength >= STRONG]
    chosen = firm or [one for one in group if one.strength >= group[0].strength - 5]
    if field.name == "regions":
        chosen = _regions(chosen, group, reading=reading)
    found: list[str] = []
    for one in sorted(chosen, key=lambda one: one.start):
        found.extend(item for item in _items(one.value) if item not in found)
    if "none" in found and len(found) > 1:
        found.remove("none")
    ordered = [item for item in field.enum if item in found] if field.enum else found
    used = [one for one in chosen if any(item in ordered for item in _items(one.value))]
    first = next((one for one in used if one.state is ValueState.STATED), used[0])
    reason = "; ".join(dict.fromkeys(one.reason for one in used if one.reason)) or None
    span = reading.span(first.start, first.end) if first.end > first.start else None
    return ConstraintValue(
        value=ordered,
        state=first.state,
        span=span,
        confidence=round(min(one.confidence for one in used), 2),
        reason=reason,
    )


def _regions(chosen: list[Finding], group: list[Finding], *, reading: Reading) -> list[Finding]:
    """“Virginia, with a standby in Ohio”: two places of one sentence belong together.

    A city elsewhere in a text that names a region is where somebody sits: “Chicago. AWS us-east-1.”
    """
    named = [one for one in chosen if one.state is ValueState.STATED]
    homes = {reading.sentence_at(one.end - 1) for one in named or chosen}
    near = [one for one in group if one.strength >= STRONG - 10 and reading.sentence_at(one.end - 1) in homes]
    if named:
        near = [one for one in near if any(abs(one.start - other.start) <= NEAR_CHARS for other in named)]
    return [*(named or chosen), *(one for one in near if one not in (named or chosen))]


def _items(value: Plain) -> list[str]:
    return value if isinstance(value, list) else [str(value)]


def _correction(group: list[Finding], *, reading: Reading) -> Finding | None:
    """The last finding that words of correction lead up to, when something was said before it."""
    stated = sorted((one for one in group if one.state is ValueState.STATED), key=lambda one: one.start)
    for one in reversed(stated[1:]):
        begin = max(0, one.start - CORRECTION_REACH)
        cue = CORRECTION.search(reading.folded[begin : one.start])
        # What follows the corrected value is told beside it: “sorry, five, two of them new”.
        if cue and not any(begin + cue.start() < other.start < one.start for other in stated):
            return one
    return None


def _rival(field: Field, best: Finding, group: list[Finding], *, reading: Reading) -> Finding | None:
    if best.state is not ValueState.STATED:
        return None
    floor = max(best.strength - 5, _FIRM_TEAM if field.name == "team_size" else 0)
    others = [
        one
        for one in group
        if one.state is ValueState.STATED
        and (one.end <= best.start or one.start >= best.end)
        and not _agree(field, best.value, one.value)
        and not _are_of_two_times(field, best, one, reading=reading)
    ]
    if field.name == "cloud":
        others = [one for one in others if not any(_is_of_a_device(two, reading=reading) for two in (best, one))]
    if field.name == "team_size":
        others = [one for one in others if not _PART_OR_OTHERS.search(reading.sentence(one.start))]
    if field.name == "budget_usd_month":
        others = [one for one in others if not _is_excepted(best, one, reading=reading)]
        others = [one for one in others if not _are_ends_of_a_range(best, one, reading=reading)]
        others = [one for one in others if not _is_in_another_currency(best, one, reading=reading)]
        others = [one for one in others if not _are_phases(best, one, reading=reading)]
    firm = next((one for one in others if one.strength >= floor), None)
    if firm is None and field.name == "team_size":
        return next((one for one in others if _are_two_teams(best, one, reading=reading)), None)
    return firm


def _is_of_a_device(finding: Finding, *, reading: Reading) -> bool:
    """“On the computer on each crane, not in the cloud”: a device in the field, beside which a cloud may be."""
    if finding.value != "on_prem":
        return False
    sentence = reading.sentence(finding.start)
    patterns = (group_pattern(group, reading.language) for group in ("device", "ondevice"))
    return any(pattern is not None and pattern.search(sentence) for pattern in patterns)


def _is_in_another_currency(best: Finding, other: Finding, *, reading: Reading) -> bool:
    """“5,000 euros, 5,400 dollars at the rate of today”: one amount, told twice at a rate that is not ours."""
    named = [set(_CURRENCY.findall(reading.folded[one.start : one.end])) for one in (best, other)]
    high = max(_number(best), _number(other))
    return (
        bool(named[0])
        and bool(named[1])
        and not named[0] & named[1]
        and (abs(_number(best) - _number(other)) <= MOST_BY_RATE * high)
    )


def _are_ends_of_a_range(best: Finding, other: Finding, *, reading: Reading) -> bool:
    """“At least 300, at most 500 dollars a month.”"""
    low, high = sorted((best, other), key=_number)
    patterns = [group_pattern(group, reading.language) for group in ("atleast", "atmost")]
    leads = [reading.before(one.start, chars=RANGE_CHARS) for one in (low, high)]
    return all(
        pattern is not None and pattern.search(lead) is not None for pattern, lead in zip(patterns, leads, strict=True)
    )


def _is_excepted(best: Finding, other: Finding, *, reading: Reading) -> bool:
    """“No money but for 80 euros a month.”"""
    pattern = group_pattern("exception", reading.language)
    begin, end = min(best.end, other.end), max(best.start, other.start)
    return pattern is not None and pattern.search(reading.folded, begin, end) is not None and end - begin < FEW_CHARS


def _are_two_teams(best: Finding, other: Finding, *, reading: Reading) -> bool:
    """Two sentences that each count everybody who builds or runs the system, and count differently."""
    sentences = [reading.sentence(one.start) for one in (best, other)]
    if reading.sentence_at(best.start) == reading.sentence_at(other.start):
        return False
    return all(_WHOLE_TEAM.search(one) and not _PART_OR_OTHERS.search(one) for one in sentences)


def _are_of_two_times(field: Field, best: Finding, other: Finding, *, reading: Reading) -> bool:
    """“Today it is never retrained. From now on it must be, each week.”"""
    if field.name not in _CHANGE_WITH_TIME or reading.sentence_at(best.start) == reading.sentence_at(other.start):
        return False
    return any(is_set_apart(reading.sentence(one.start)) for one in (best, other))


def _are_phases(best: Finding, other: Finding, *, reading: Reading) -> bool:
    """“300 in the pilot, 1,500 in production”: two budgets, each for its own time."""
    first, second = sorted((best, other), key=lambda one: one.start)
    begin, _ = reading.sentence_at(first.start)
    _, end = reading.sentence_at(second.start)
    return len(_PHASES.findall(reading.folded[begin:end])) >= 2


def _agree(field: Field, left: Plain, right: Plain) -> bool:
    if field.name == "ops_coverage" and "on_call_24x7" not in (left, right):
        # Nobody at night is what office hours say too.
        return True
    if isinstance(left, int | float) and isinstance(right, int | float) and not isinstance(left, bool):
        if field.name in _PERCENT_FIELDS:
            left, right = 100 - left, 100 - right
        return abs(left - right) <= TOLERANCE * max(abs(left), abs(right))
    return left == right


def _disagreement(
    field: Field, best: Finding, rival: Finding, *, reading: Reading
) -> tuple[ConstraintValue, Contradiction]:
    first, second = sorted((best, rival), key=lambda one: one.start)
    stricter = _stricter(field, first, second)
    spans = (reading.span(first.start, first.end), reading.span(second.start, second.end))
    why = f"{field.name} is said twice and differently: “{spans[0].text}” and “{spans[1].text}”"
    value = ConstraintValue(
        value=stricter.value,
        state=ValueState.CONFLICTING,
        span=reading.span(stricter.start, stricter.end),
        confidence=0.4,
        reason=why,
    )
    return value, Contradiction(fields=(field.name,), spans=spans, why=why)


def _stricter(field: Field, first: Finding, second: Finding) -> Finding:
    left, right = first.value, second.value
    if isinstance(left, int | float) and isinstance(right, int | float):
        low, high = (first, second) if left <= right else (second, first)
        return low if field.name in _STRICTER_IS_LOWER else high
    return first


def values_of(constraints: Mapping[str, ConstraintValue]) -> dict[str, Plain]:
    """What was found so far, conflicting values included, for rules that build on other fields."""
    return {
        name: one.value
        for name, one in constraints.items()
        if one.value is not None and one.state in (ValueState.STATED, ValueState.INFERRED, ValueState.CONFLICTING)
    }
