"""Names statements about different fields that cannot both hold.

What only a price or a solver can refute (five milliseconds for fifty dollars) is found by the planner.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from decisionworks.projects.extract.apart import may_both_hold, share_a_subject
from decisionworks.projects.extract.bounds import find_crossed_bounds
from decisionworks.projects.extract.corrections import CORRECTION
from decisionworks.projects.extract.finding import Finding
from decisionworks.projects.extract.impossible import find_impossible
from decisionworks.projects.extract.kept_places import find_kept_and_put, regions_of_country
from decisionworks.projects.extract.money import BROUGHT_TO_A_MONTH
from decisionworks.projects.extract.negation import is_denied
from decisionworks.projects.extract.opposites import find_opposites
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.rivals import find_rivals
from decisionworks.projects.extract.set_apart import is_set_apart
from decisionworks.projects.extract.sides import find_sides
from decisionworks.projects.extract.sieve import Sought
from decisionworks.projects.extract.vocabulary_file import WORD_START
from decisionworks.projects.extract.word_groups import group_pattern
from decisionworks.projects.model import Constraints, ConstraintValue, Contradiction, Span, ValueState
from decisionworks.projects.places import AWS_REGIONS, REGION_OF_COUNTRY, REGIONS_OF_JURISDICTION

# A result that takes longer is not one in real time.
MOST_AT_ONCE_MS = 30_000
# Who asks for an answer as soon as this waits for it, whatever it is called.
AT_ONCE_MS = 500
# A budget of a year and one of a month that differ by no more are the same one, rounded.
MOST_ROUNDED = 0.25
# Names in scripts that write words together have no boundary.
WIDE, BOUND = "\u3000", r"(?!\w)"
_CLOUDS = ("aws", "azure", "gcp")
_AT_ONCE = re.compile(
    r"(?<!near )real[- ]?time|echtzeit|temps réel|tiempo real|tempo real|リアルタイム|online scoring|synchronous(?:ly)?"
)
_NEVER_AT_ONCE = Sought(
    r"\b(?:no|never any|without any|not any) (?:online|live|synchronous|on-demand|real-?time) "
    r"(?:calls?|scoring|requests?|answers?|inference|predictions?|lookups?)\b"
    r"|\b(?:only|exclusively|solely|nothing but) (?:in )?(?:nightly |overnight |weekly |daily )?batch(?:es)?\b"
    r"|\b(?:live|online|synchronous|on-demand|real-?time) (?:computation|scoring|calls?|calculations?|inference"
    r"|predictions?|answers?)"
    r" (?:is|are) (?:forbidden|not allowed|prohibited|ruled out|banned|out of the question)\b"
    r"|\bnever on (?:demand|request)\b|\bkeine (?:online|live|synchronen?)[- ]?(?:aufrufe|anfragen|bewertung\w*)\b"
    r"|\bausschließlich (?:\w+ ){0,2}(?:als |im )?(?:batch|stapel|nachtlauf)\w*"
    r"|\btagsüber wird nichts (?:\w+ )?(?:berechnet|gerechnet)\b|\b(?:uniquement|exclusivement) (?:en|par) lots?\b"
    r"|\baucun appel en ligne\b|\b(?:solo|sólo|únicamente|exclusivamente) (?:en|por) lotes?\b"
    r"|\b(?:só|apenas|somente|exclusivamente) em lotes?\b|バッチのみ|オンライン(?:呼び出し|推論)(?:は|を)(?:しない"
    r"|行わない"
    r"|禁止"
    r"|不要)"
)
# “Personal data stays in the CRM” names none that is used.
_PERSONAL_DATA = re.compile(r"personal(?:ly identifiable)? (?:data|information|details)$")
# “No real-time data” is about what comes in.
_WHAT_COMES_IN = re.compile(r"^[- ]?(?:data|feeds?|streams?|daten|strom|données|flux|datos|dados|training|データ)")


def find_contradictions(
    constraints: Constraints, findings: list[Finding], *, reading: Reading
) -> tuple[Constraints, list[Contradiction]]:
    """The constraints with refuted fields set to conflicting, and the contradictions between fields."""
    found: list[Contradiction] = []
    changed = dict(constraints)
    for check in (
        _residency_against_regions,
        _cloud_against_regions,
        _personal_data_denied,
        _api_forbidden,
        _at_once_and_never,
        _peak_below_average,
        _years_budget_against_months,
    ):
        contradiction = check(changed, findings, reading)
        if contradiction is not None:
            found.append(contradiction)
    named = {one.fields[-1] for one in found}
    named |= {name for name, one in constraints.items() if one.state is ValueState.CONFLICTING}
    for find in (find_opposites, find_sides, find_crossed_bounds, find_rivals, find_kept_and_put, find_impossible):
        for one in find(reading, findings):
            if one.fields[-1] in named:
                continue
            named.add(one.fields[-1])
            known = next((other for other in found if _are_the_same(one, other)), None)
            if known is None:
                found.append(one)
            elif one.fields[-1] not in known.fields:
                # The same two sentences put another field in doubt.
                found[found.index(known)] = replace(known, fields=(*one.fields, *known.fields))
    for contradiction in found:
        for name in named.intersection(contradiction.fields):
            doubted = replace(changed[name], state=ValueState.CONFLICTING, confidence=0.4, reason=contradiction.why)
            changed[name] = doubted
    return changed, found


def _are_the_same(one: Contradiction, other: Contradiction) -> bool:
    """Whether two contradictions lie between the same statements."""
    return all(any(a.start < b.end and b.start < a.end for b in other.spans) for a in one.spans)


def _stated(constraints: Mapping[str, ConstraintValue], name: str) -> ConstraintValue | None:
    value = constraints[name]
    return value if value.state is ValueState.STATED else None


def _contradiction(why: str, **values: ConstraintValue) -> Contradiction:
    spans = tuple(value.span for value in values.values() if value.span is not None)
    quoted = " and ".join(f"“{span.text}”" for span in spans)
    return Contradiction(fields=tuple(values), spans=spans, why=f"{quoted}: {why}")


def _residency_against_regions(
    constraints: Constraints, findings: list[Finding], reading: Reading
) -> Contradiction | None:
    residency, regions = _stated(constraints, "data_residency"), _stated(constraints, "regions")
    if residency is None or regions is None or not isinstance(regions.value, list):
        return None
    where, allowed = str(residency.value).upper(), REGIONS_OF_JURISDICTION.get(str(residency.value))
    if residency.value == "country" and residency.span is not None:
        where, allowed = _country_of(reading, residency.span.start)
    outside = [one for one in regions.value if allowed is not None and one in AWS_REGIONS and one not in allowed]
    if not outside:
        return None
    return _contradiction(f"{', '.join(outside)} lies outside {where}", data_residency=residency, regions=regions)


def _country_of(reading: Reading, position: int) -> tuple[str, tuple[str, ...] | None]:
    """The country that a sentence wants its data to stay in, and its regions; none where it has no region."""
    sentence = reading.sentence(position)
    for name, region in REGION_OF_COUNTRY.items():
        end = "" if name[0] > WIDE else BOUND
        if re.search(rf"{WORD_START}{re.escape(name)}{end}", sentence):
            return name, regions_of_country(name) or _same_continent(region)
    return "", None


def _same_continent(region: str) -> tuple[str, ...]:
    """Regions near enough to stand in for a country that has none of its own."""
    return tuple(one for one in AWS_REGIONS if one.split("-")[0] == region.split("-", maxsplit=1)[0])


def _cloud_against_regions(constraints: Constraints, findings: list[Finding], reading: Reading) -> Contradiction | None:
    cloud, regions = _stated(constraints, "cloud"), _stated(constraints, "regions")
    if cloud is None or regions is None or not isinstance(regions.value, list):
        return None
    if cloud.value not in ("on_prem", "azure", "gcp") or not all(one in AWS_REGIONS for one in regions.value):
        return None
    return _contradiction(f"{', '.join(regions.value)} is a region of AWS", regions=regions, cloud=cloud)


def _personal_data_denied(constraints: Constraints, findings: list[Finding], reading: Reading) -> Contradiction | None:
    """“No personal data”, and then patient names."""
    denied = next(
        (
            one
            for one in findings
            if one.field == "data_sensitivity"
            and one.value == "internal"
            and "no p" in reading.folded[one.start : one.end]
        ),
        None,
    )
    value = _stated(constraints, "data_sensitivity")
    if denied is None or value is None or value.span is None or value.value not in ("pii", "phi", "pci"):
        return None
    if _PERSONAL_DATA.match(value.span.text.lower()) or is_set_apart(reading.sentence(value.span.start)):
        return None
    if may_both_hold(reading, (denied.start, denied.end), (value.span.start, value.span.end)):
        return None
    spans = (reading.span(denied.start, denied.end), value.span)
    why = f"“{spans[0].text}” and “{spans[1].text}”: the second is personal data"
    return Contradiction(fields=("data_sensitivity",), spans=spans, why=why)


def _api_forbidden(constraints: Constraints, findings: list[Finding], reading: Reading) -> Contradiction | None:
    allowed, model = _stated(constraints, "llm_external_api_allowed"), _stated(constraints, "model_type")
    if allowed is None or model is None or allowed.value is not False or model.value != "llm_api":
        return None
    if allowed.span is not None and model.span is not None and not _concerns(reading, allowed.span, model.span):
        return None
    return _contradiction(
        "a model behind an outside API cannot be reached", llm_external_api_allowed=allowed, model_type=model
    )


def _concerns(reading: Reading, forbidden: Span, used: Span) -> bool:
    """“Contracts never leave our network” forbids no model that reads public laws."""
    sentence = reading.sentence(forbidden.start)
    patterns = (group_pattern(group, reading.language) for group in ("nothing", "everything", "outsideai"))
    if any(pattern is not None and pattern.search(sentence) for pattern in patterns):
        return True
    return share_a_subject(reading, (forbidden.start, forbidden.end), (used.start, used.end))


def _at_once_and_never(constraints: Constraints, findings: list[Finding], reading: Reading) -> Contradiction | None:
    """“Never in real time”, and then an answer in real time within 100 ms."""
    latency, modes = _stated(constraints, "latency_p95_ms"), constraints["inference_mode"]
    if latency is None or latency.span is None or modes.value is None:
        return None
    said = [
        one for one in _AT_ONCE.finditer(reading.folded) if not _WHAT_COMES_IN.match(reading.after(one.end(), chars=12))
    ]
    never = [one for one in said if is_denied(reading, one.start(), one.end())]
    never += [*_NEVER_AT_ONCE.finditer(reading.folded)]
    home = reading.sentence_at(latency.span.start)
    never = [one for one in never if not home[0] <= one.start() < home[1]] or never
    wanted = [one for one in said if one not in never and home[0] <= one.start() < home[1]]
    if not never or not isinstance(latency.value, int | float) or latency.value > MOST_AT_ONCE_MS:
        return None
    if wanted:
        second = reading.span(wanted[0].start(), wanted[0].end())
    elif latency.value <= AT_ONCE_MS and not home[0] <= never[0].start() < home[1]:
        second = latency.span
    else:
        return None
    spans = (reading.span(never[0].start(), never[0].end()), second)
    why = f"“{reading.sentence(never[0].start()).strip()}” and “{reading.sentence(second.start).strip()}”"
    return Contradiction(fields=("inference_mode",), spans=spans, why=f"{why}: one forbids what the other asks for")


def _peak_below_average(constraints: Constraints, findings: list[Finding], reading: Reading) -> Contradiction | None:
    average, peak = _stated(constraints, "throughput_rps_avg"), _stated(constraints, "throughput_rps_peak")
    if average is None or peak is None or average.span == peak.span:
        return None
    if not isinstance(average.value, int | float) or not isinstance(peak.value, int | float):
        return None
    if peak.value >= average.value:
        return None
    return _contradiction("a peak is not below its average", throughput_rps_avg=average, throughput_rps_peak=peak)


def _years_budget_against_months(
    constraints: Constraints, findings: list[Finding], reading: Reading
) -> Contradiction | None:
    """“12,000 dollars a year, that is 500 a month.”"""
    month = _stated(constraints, "budget_usd_month")
    if month is None or month.span is None or not isinstance(month.value, int | float):
        return None
    if CORRECTION.search(reading.folded[: month.span.start]):
        return None
    for one in findings:
        if one.field != "budget_usd_month" or BROUGHT_TO_A_MONTH not in (one.reason or ""):
            continue
        if not isinstance(one.value, int | float):
            continue
        if abs(one.value - month.value) > MOST_ROUNDED * one.value:
            spans = (reading.span(one.start, one.end), month.span)
            why = f"“{spans[0].text}” is {one.value:g} USD a month, not “{spans[1].text}”"
            return Contradiction(fields=("budget_usd_month",), spans=spans, why=why)
    return None
