"""Words by which people take back what they just said, and the number that then stands in for the first one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from decisionworks.projects.extract.finding import EXPLICIT, Finding, stated
from decisionworks.projects.extract.numbers import NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.sieve import Sought

_CUE = (
    r"(?:actually|no,? wait|wait,? no|correction|scratch that|i meant?(?: to say)?|make (?:it|that)|or rather|sorry,"
    r"|on second thoughts?|update:|edit:|strike that|let me correct|should (?:be|read)|not \S{1,12},? but|now it is"
    r"|eigentlich|besser gesagt|vielmehr|korrektur|nein,|quatsch|pardon|moment,|stimmt nicht|ich meine|richtig ist"
    r"|en fait|plutôt|rectification|correctif|non,|je voulais dire|je corrige|erratum"
    r"|mejor dicho|en realidad|perdón|corrección|corrijo|rectifico|quiero decir|no, (?:son|es)|digo,"
    r"|na verdade|aliás|ou melhor|correção|corrigindo|quero dizer|digo|desculpe?"
    r"|やはり|やっぱり|訂正|いや|いえ|失礼|正しくは|間違え\S{0,6}|ではなく)"
)
#: Matches a text that leads up to the corrected value.
CORRECTION = Sought(rf"{_CUE}[^.\n]{{0,40}}$")
_BARE = re.compile(rf"{_CUE}(?P<gap>[^.\n\d]{{0,30}}?)(?<![\w-])(?P<n>{NUMBER})(?P<unit>\s?[%a-zà-ÿ$€£/]{{0,12}})")
REACH_CHARS = 200
# “It should be live in ten weeks” corrects no number of people.
_COUNTS = frozenset({"team_size", "batch_records_per_run", "corpus_documents", "edge_devices", "tenants"})
_OTHER_UNIT = re.compile(
    r"weeks?|days?|months?|years?|hours?|minutes?|min|sec\w*|ms|%|percent|gb|tb|mb|tokens?|wochen?|tagen?"
    r"|monaten?|jahren?|stunden?"
    r"|semaines?|jours?|mois|ans|heures?|semanas?|días?|meses|años?|horas?|dias?|anos?|週|日|ヶ月|か月|年|時間|分|秒"
)
# Money corrects money alone, and that is read elsewhere.
_MONEY = re.compile(
    r"[$€£]|usd|eur|gbp|dollar|dólar|dolar|euro|pound|pfund|libra|livre|franc|frank|yen|reais|real\b|bucks|grand"
)
# Fields whose numbers people correct; others are names or choices.
_NUMERIC = frozenset(
    {
        "throughput_rps_peak", "throughput_rps_avg", "latency_p95_ms", "stream_events_per_sec", "team_size",
        "data_volume_gb", "batch_records_per_run", "llm_requests_per_day", "corpus_documents", "edge_devices",
        "tenants", "batch_deadline_hours", "availability_slo_pct", "data_growth_gb_month", "label_delay_days",
    }
)  # fmt: skip


def find_corrected(reading: Reading, findings: Sequence[Finding]) -> Iterator[Finding]:
    """The number after words of correction, in the unit of the number before them. Units: those of its field."""
    numeric = [one for one in findings if one.field in _NUMERIC and isinstance(one.value, int | float)]
    starts = {one.start for one in numeric}
    for match in _BARE.finditer(reading.folded):
        at = match.start("n")
        if any(start <= at <= start + 3 for start in starts) or _MONEY.match(match["unit"].strip()):
            continue
        before = [one for one in numeric if not (one.field in _COUNTS and _OTHER_UNIT.match(match["unit"].strip()))]
        before = [one for one in before if one.end <= match.start() and match.start() - one.end <= REACH_CHARS]
        if not before:
            continue
        last = max(before, key=lambda one: (one.end, one.strength))
        if any(one.field == "budget_usd_month" and last.end <= one.start < match.start() for one in findings):
            # “500 dollars a month. No wait, it is 1,500.”
            continue
        first = re.search(NUMBER, reading.folded[last.start : last.end])
        said = parse_number(first.group(), language=reading.language) if first else None
        number = parse_number(match["n"], language=reading.language)
        if not said or not number or not isinstance(last.value, int | float):
            continue
        value = float(f"{last.value * number / said:.10g}")
        yield stated(
            last.field,
            int(value) if value.is_integer() else value,
            at,
            match.end("n"),
            reason=f"corrects “{reading.span(last.start, last.end).text}”",
            confidence=0.8,
            strength=EXPLICIT + 5,
        )
