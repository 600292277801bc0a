"""Tells the rate of each of many things from that of all: “five pictures a second from each of the 300 cameras”."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from decisionworks.projects.extract.finding import Finding
from decisionworks.projects.extract.numbers import NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.word_groups import Place
from decisionworks.projects.model import ValueState

RATES = frozenset({"throughput_rps_peak", "throughput_rps_avg", "stream_events_per_sec"})
FEWEST_THINGS = 2
REACH_CHARS = 70
_THING = (
    r"(?:cameras?|sensors?|devices?|machines?|vehicles?|meters?|gateways?|pumps?|turbines?|stations?|trucks?|lines?"
    r"|kameras?|sensoren|geräte?n?|maschinen?|fahrzeugen?|zählern?|pumpen?|turbinen?|stationen|anlagen?|kühlschränken?"
    r"|caméras?|capteurs?|appareils?|véhicules?|compteurs?|pompes?|éoliennes?|cámaras?|sensores|dispositivos|aparatos"
    r"|máquinas?|vehículos?|contadores|bombas?|câmeras?|câmaras?|aparelhos|veículos?|medidores|turbinas?)"
)
_COUNT = re.compile(rf"(?P<n>{NUMBER})\s(?:[a-zà-ÿ-]{{2,20}}\s){{0,2}}?{_THING}(?!\w)|(?P<m>{NUMBER})\s?台")
_EACH_BEFORE = re.compile(
    rf"(?<!\w)(?:(?:each|every|jede[rsmn]?|chaque|cada|toda?) {_THING}"
    r"|each(?: one| of (?:them|these|which|those))?(?= (?:we|sends?|gives?|delivers?|makes?|reports?|with"
    r"|at)(?!\w)|,? ?$)"
    r"|every single one|je(?= ?$)|jeweils|jede[rsmn]?(?= (?:sendet|schickt|liefert|meldet|misst|gibt|wollen"
    r"|mit)(?!\w)|,? ?$)|chacune?|cada un[oa]|cada uma?)(?!\w)"
    rf"|(?<!\w)(?:per|pro|par|por) {_THING}(?!\w)|(?:1|一)台(?:あたり|につき|当たり)|それぞれ"
    r"|各(?:カメラ|センサー|装置|機器|端末)"
)
_EACH_AFTER = re.compile(
    r"^ ?,? ?(?:(?:each|apiece|jeweils|chacune?|cada un[oa]|cada uma?)(?!\w)"
    rf"|(?:per|pro|je|par|por|a|from each) {_THING}(?!\w))"
)


def of_all(rates: Sequence[Finding], reading: Reading) -> list[Finding]:
    """The rates with those of one thing left out where that of all is said, else counted up. Units: per second."""
    shares = [one for one in rates if one.field in RATES and is_of_each((one.start, one.end), reading)]
    if not shares:
        return list(rates)
    totals = [one for one in rates if one.field in RATES and one not in shares]
    kept = []
    for one in rates:
        if one not in shares:
            kept.append(one)
        elif not any(_is_more(other, one) for other in totals):
            kept.append(_times(one, reading))
    return kept


def is_of_each(place: Place, reading: Reading) -> bool:
    """Whether a rate is that of one of several things."""
    before = re.split(r"[;()]|[,:] (?=\w+ \w+ )", reading.before(place[0], chars=REACH_CHARS))[-1]
    return bool(_EACH_BEFORE.search(before) or _EACH_AFTER.match(reading.after(place[1], chars=REACH_CHARS)))


def _is_more(total: Finding, share: Finding) -> bool:
    return (
        isinstance(total.value, int | float)
        and isinstance(share.value, int | float)
        and total.value >= FEWEST_THINGS * share.value
    )


def _times(share: Finding, reading: Reading) -> Finding:
    """“900 sensors, each two readings a second” are 1,800."""
    start, _ = reading.sentence_at(share.start)
    counts = [
        parse_number(match["n"] or match["m"], language=reading.language) or 0.0
        for match in _COUNT.finditer(reading.folded, start, share.start)
    ]
    number = next((one for one in reversed(counts) if one >= FEWEST_THINGS), None)
    if number is None or not isinstance(share.value, int | float):
        return share
    reason = f"{share.value:g} a second from each of {number:g}"
    value = round(share.value * number, 3)
    whole = int(value) if float(value).is_integer() else value
    return replace(share, value=whole, state=ValueState.INFERRED, confidence=0.7, reason=reason)
