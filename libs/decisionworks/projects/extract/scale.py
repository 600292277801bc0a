"""Reads rates: requests, events and LLM calls per second, minute, hour or day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from decisionworks.projects.extract.finding import STRONG, Finding, inferred, stated
from decisionworks.projects.extract.numbers import DIGITS, NUMBER, parse_number
from decisionworks.projects.extract.rates_of_each import of_all
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.sieve import Sought
from decisionworks.projects.model import ValueState

_REQUESTS = (
    r"(?:requests?|calls?|transactions?|predictions?|queries|inferences?|scores?|hits|lookups?|payments?|images?"
    r"|checks?|anfragen|transaktionen|vorhersagen|"
    r"aufrufe|requêtes|appels|transactions|prédictions|peticiones|solicitudes|llamadas|transacciones|requisições"
    r"|chamadas|transações|previsões|"
    r"solicitações|consultas|pedidos|pagos|pagamentos|paiements|zahlungen|abfragen|aufrufen|zugriffe|reqs?"
    r"|リクエスト|件|回|トランザクション)"
)
_EVENTS = (
    r"(?:(?:log |sensor |click |iot |telemetry )?events?|messages?|readings?|records|data points|measurements"
    r"|values|samples|signals|pings|clicks|positions|packets|ticks|log lines|beacons|telegrams|tag reads"
    r"|ereigniss?e?n?|messwerte?n?|messungen|meldungen|nachrichten|werte?n?|signale?n?|klicks|positionen|datenpunkte?n?"
    r"|telegramme?n?|pakete?n?|événements?|messages|mesures|relevés|valeurs|clics|positions|trames|signaux"
    r"|eventos?|mensajes|lecturas|valores|clics|posiciones|señales|tramas|mediciones|mensagens|leituras|cliques"
    r"|posições|sinais|medições|イベント|メッセージ|計測値|測定値|クリック)"
)
_JA_EVENTS = re.compile(r"イベント|計測|測定|メッセージ|ログ|データ|センサー")
_EVENT_WORD, _REQUEST_WORD = re.compile(rf"(?<!\w){_EVENTS}(?!\w)"), re.compile(rf"(?<!\w){_REQUESTS}(?!\w)")
_PER_SECOND = (
    r"(?:(?:per|a|each|every|pro|in der|je|par|por|à la|al|cada|chaque|jede|in jeder|toda)\s|/\s?)(?:second|sec"
    r"|s|sekunde|seconde|segundo)(?!\w)"
    r"|(?:/|每|毎)秒"
)
_SHORT = r"(?:rps|tps|qps|req/s|requests/s|tx/s)(?!\w)"
_RATE = re.compile(
    rf"(?P<n>{NUMBER})(?!\d|\s?(?:ミリ|秒|分|時(?!間)|ms"
    rf"|%))\s?(?:[^\W\d]\w{{0,23}}\s){{0,2}}?(?:\w{{1,24}}(?=/))??(?:(?P<kind>{_REQUESTS}"
    rf"|{_EVENTS})\s?(?:{_PER_SECOND})|{_SHORT}"
    rf"|(?:{_PER_SECOND}))"
)
_RATE_JA = re.compile(
    rf"(?:毎秒|秒間|[1１一]秒(?:あたり|に|間に))(?:最大|平均|約)?(?P<n>{DIGITS})\s?(?P<kind>(?:件"
    rf"|回)?の?(?:イベント|計測|測定|メッセージ|ログ|データ|センサー)"
    rf"|{_REQUESTS}|{_EVENTS})?"
)
# “Every second 5,000 events come in.”
_RATE_AFTER = Sought(
    rf"(?<!\w)(?:per|each|every|pro|jede|in jeder|par|chaque|por|cada|a cada) (?:second|sekunde|seconde|segundo)"
    rf" (?:[a-zà-ÿ]{{1,12}} ){{0,4}}?(?P<n>{NUMBER}) (?P<kind>{_EVENTS}|{_REQUESTS})(?!\w)"
)
_UNMARKED = re.compile(
    rf"(?:[,;]|(?<!\w)(?:and|but|und|aber|et|mais|y|pero|e|mas))\s(?:[\w'-]{{1,24}}\s){{0,6}}?(?P<n>{NUMBER})"
    rf"(?=\s?(?:[.,;)]|$|when|wenn|quand|lors|cuando|quando|at |on |in |during |am |beim |an |zur |au |aux |à "
    rf"|pendant |al |en |a la |ao |à |na |no |nos |nas |{_PER_SECOND}|(?:{_REQUESTS})\s?(?:{_PER_SECOND})))"
)
_NO_UNIT = (
    r"(?!\s?(?:%|ms\b|gb\b|tb\b|mb\b|s\b|sec|sek|seg|min|h\b|usd|eur|ミリ|万?円|ドル|[$€£]|days?|hours?|percent"
    r"|prozent|stunden|uhr|heures|horas|people|personen|jahre|years?|ans\b|años|anos\b))"
)
# A bare number led up to by a bound, or followed by when it is reached.
_OCCASION = re.compile(
    rf"(?:up to|as (?:many|much) as|bis(?: zu)?|auch mal|mal|jusqu'à|jusqu'à|hasta|até|quasi|almost|nearly|fast"
    rf"|to)\s(?P<n>{NUMBER}){_NO_UNIT}"
    rf"|(?:saturdays?|sundays?|mondays?|fridays?|weekends?|evenings?|holidays?|christmas|new year|black friday"
    rf"|sale days?|samstags|sonntags"
    rf"|wochenende|abends|samedis?|dimanches?|week-end|sábados?|domingos?|fins? de semana|週末"
    rf"|土日)[:,]? (?P<k>{NUMBER}){_NO_UNIT}"
    rf"|(?P<m>{NUMBER}){_NO_UNIT}\s?(?:(?:at|on|in|during|when|after|before|around|over|for|am|im|an|zu|zur|zum|bei"
    rf"|beim|nach|vor|wenn|während"
    r"|à|au|aux|en|lors|pendant|quand|le|les|al|a la|durante|cuando|por|no|na|nos|nas|ao|aos|à|às|quando|durante"
    r"|em)\s(?!average|avg|moyenne|media|média|schnitt|mittel|total|all\b)[a-zà-ÿ]|l'[a-zà-ÿ])"
)
# A peak is larger than its average, but hardly a hundred times.
LEAST_PEAK, MOST_PEAK = 1.2, 100.0
# “Medio acceso por segundo”, “half a request a second”.
_HALF_RATE = re.compile(
    rf"(?<!\w)(?:half an?|(?:eine? )?halbe[rn]?|un demi|une demi-?e?|medi[oa]"
    rf"|mei[oa])[ -]?[a-zà-ÿ-]{{2,20}}\s(?:{_PER_SECOND})"
)
_SHORT_RATE = re.compile(rf"\d\s?{_SHORT}")
# How far from its pair a number without a unit may stand. Units: characters.
PAIR_REACH = 120
_PEAK_WORDS = (
    r"peaks?|topping out|tops? out|busiest|rush|burst\w{0,24}|max(?:imum)?\b|spitze\w{0,24}|lastspitze\w{0,24}"
    r"|heures? de pointe|pointe|pics?\b"
    r"|horas? (?:punta|pico)|punta\b|picos?\b|ピーク|最大|混雑時|繁忙|セール(?:時|期間|中)|年末年始"
)
PEAK = re.compile(
    rf"{_PEAK_WORDS}|at most|up to|höchstens|bis zu|jusqu'à|hasta|até|no máximo|como máximo|au maximum|au plus"
)
_AVERAGE_WORDS = (
    r"averages?|avg|mean\b|normally|typical\w{0,24}|usual\w{0,24}|durchschnitt\w{0,24}|im schnitt|im mittel"
    r"|üblich\w{0,24}"
    r"|moyenne|normale?(?:ment)?|promedio|de media|en media|media\b|média|em média|d'habitude|habituel\w{0,24}"
    r"|as a rule|in der regel|en général|por término medio|por regla general|em regra|por norma"
    r"|en temps normal|lo normal|o normal|otherwise|sonst|normalerweise|normalmente|habitual\w{0,24}|de ordinario"
    r"|平均|通常|普段"
)
_AVERAGE_BEFORE = re.compile(rf"(?:{_AVERAGE_WORDS})(?:は|が|で|して)?\W{{0,3}}(?:毎秒|秒間)?(?:\w{{1,6}} )?$")
_AVERAGE = re.compile(rf"{_AVERAGE_WORDS}|normal|about|around|roughly|in total")
_MARK = rf"(?P<which>{_AVERAGE_WORDS}|{_PEAK_WORDS})"
# Records of a plan, looked up or sensed: they are events where something measures or streams.
# Messages are sent by people as well as by sensors.
_LOOKED_UP = re.compile(
    r"lecturas|leituras|records|readings|messages?|meldungen|nachrichten|mensajes|mensagens|(?:の)?メッセージ"
)
_MEASURED = re.compile(
    r"signals?\b|signale?n?\b|signaux|señales|sinais|信号|sensor\w{0,4}|capteur\w{0,2}|センサー|iot\b|telemetr\w{1,6}|télémétr\w{1,6}|meters?\b|gateways?|mqtt"
    r"|kafka|kinesis"
    r"|streams?\b|streaming"
    r"|devices?|wearables?|zähler\w{0,3}|contadores|medidores|compteurs|monitors?\b|collars?|turbin\w{1,4}"
)
_OWN_MARK = re.compile(rf"\s?(?:on |at |in |im |en |no |na )?(?:{_AVERAGE_WORDS}|{_PEAK_WORDS})(?!\w)")
_KEYED = re.compile(
    rf"(?P<which>average|avg|mean|peak|max)[_ ](?:rps|qps|tps|rate|requests|load"
    rf"|calls)(?:_per_second)?\W{{1,4}}(?P<n>{NUMBER})"
)
# “events_per_second_peak: 6000”: a key, its blanks for underscores.
_EVENTS_KEYED = Sought(
    rf"(?:{_EVENTS}) (?:per|pro|par|por) (?:second|sec|s|sekunde|seconde|segundo)(?: (?:peak|max|at peak|avg|average"
    rf"|spitze|pic|pico))?\W{{1,4}}(?P<n>{NUMBER})"
)
_RATE_HEAD = Sought(
    rf"(?:{_REQUESTS}\s?(?:{_PER_SECOND})|(?<!\w)(?:rps|qps|tps)|load|last|charge"
    rf"|carga)\s?[:=,]\s{{0,12}}(?=\D{{0,14}}\d)"
)
_IN_ROW = re.compile(
    rf"(?P<before>(?:{_AVERAGE_WORDS}|{_PEAK_WORDS})(?:[^\w,;]{{1,3}}| , ))?(?P<n>{NUMBER})(?!\s?(?:%|ms|s\b|gb|mb|tb))"
    rf"(?P<after>\s?(?:on |at |in |im |en |no |na )?(?:{_AVERAGE_WORDS}|{_PEAK_WORDS}))?"
)
_OTHER_END = Sought(
    rf"(?P<n>{NUMBER})\s?(?:at|in|on|en|na|no|im|zur|zu|der|à|a|de|em)?\s?(?:the |der |la |el |los |as |l'"
    rf"|den )?{_MARK}"
)
_MARKED = Sought(
    rf"{_MARK}\s?(?:[:=]|(?<=\s),|時(?:は|に|で)?|of|is|are|at|was|um|bei|von|de|à|a|im|por|:|son|es|é|são|sont|est|sind"
    rf"|ist)?\s?(?:about |around |etwa "
    rf"|rund |um die |gegen |circa |environ |autour de |unos |unas |cerca de |uns |umas |約)?"
    rf"(?P<n>{NUMBER})(?!\s?(?:%|ms|gb|tb|mb|s\b|sec|min|h\b|usd|eur|ミリ|万?円|ドル|[$€£]|days?|hours?"
    rf"|percent|prozent))"
)
# “Una previsión diaria” is one kind of thing, not one of them.
ARTICLES = frozenset({"a", "an", "un", "una", "une", "um", "uma", "ein", "eine", "einer", "einem"})
# “3 per second at the peak”, where the peak has no number of its own.
_AT_PEAK = re.compile(rf"^[^,;.\d]{{0,16}}(?:{_PEAK_WORDS})[^\W\d]{{0,6}}\s?(?:$|[.;,)])")


def find_rates(reading: Reading) -> Iterator[Finding]:
    """Request and event rates that are said per second. Units: requests/s, events/s."""
    rates = [
        finding
        for match in chain(
            _RATE.finditer(reading.folded), _RATE_JA.finditer(reading.folded), _RATE_AFTER.finditer(reading.folded)
        )
        for finding in _rate(match, reading)
    ]
    yield from _two_plain_rates(of_all(rates, reading))
    for match in chain(_OTHER_END.finditer(reading.folded), _MARKED.finditer(reading.folded)):
        yield from _end_of_pair(match, reading)
    for head in _RATE_HEAD.finditer(reading.folded):
        yield from _rates_of_row(head, reading)
    for match in _HALF_RATE.finditer(reading.folded):
        is_peak = PEAK.search(re.split(r"[,;.]", reading.after(match.end(), chars=24))[0]) is not None
        field = "throughput_rps_peak" if is_peak else "throughput_rps_avg"
        yield stated(field, 0.5, match.start(), match.end(), strength=STRONG + 7)
    for match in _EVENTS_KEYED.finditer(reading.folded):
        number = parse_number(match["n"], language=reading.language)
        if number is not None:
            yield stated("stream_events_per_sec", tidy(number), match.start(), match.end())
    for match in _KEYED.finditer(reading.folded):
        number = parse_number(match["n"], language=reading.language)
        if number is not None:
            field = "throughput_rps_peak" if match["which"] in ("peak", "max") else "throughput_rps_avg"
            yield stated(field, tidy(number), match.start(), match.end(), strength=STRONG + 6)


def _rates_of_row(head: re.Match[str], reading: Reading) -> Iterator[Finding]:
    """“Requests per second: 35 average, 150 peak”: the unit stands in the head of the row."""
    row = reading.after(head.end(), chars=70)
    for match in _IN_ROW.finditer(row):
        number = parse_number(match["n"], language=reading.language)
        words = (match["before"] or "") + " " + (match["after"] or "")
        if number is None or not words.strip():
            continue
        words = match["after"] if match["after"] and "," in (match["before"] or "") else words
        field = "throughput_rps_avg" if re.search(_AVERAGE_WORDS, words) else "throughput_rps_peak"
        start, end = head.end() + match.start("n"), head.end() + match.end("n")
        yield stated(field, tidy(number), start, end, strength=STRONG + 6)


def _two_plain_rates(rates: list[Finding]) -> list[Finding]:
    """“2 a second, in the morning 15 a second”: of two rates without a mark the smaller is the usual one."""
    plain = [one for one in rates if one.field == "throughput_rps_peak" and one.state is ValueState.INFERRED]
    marked = [one for one in rates if one.field == "throughput_rps_peak" and one.state is ValueState.STATED]
    if len(plain) == len(marked) == 1 and len(rates) == 2 and _is_pair(plain[0], marked[0]):
        told = "beside a peak: read as the average"
        return [replace(plain[0], field="throughput_rps_avg", reason=told), marked[0]]
    values = sorted({one.value for one in plain if isinstance(one.value, int | float)})
    if len(rates) != len(plain) or len(values) != 2 or not LEAST_PEAK <= values[1] / max(values[0], 1e-9) <= MOST_PEAK:
        return rates
    told = f"{values[0]:g} and {values[1]:g} a second: the smaller is read as the average, the larger as the peak"
    return [
        replace(one, reason=told, field="throughput_rps_avg" if one.value == values[0] else one.field) for one in plain
    ]


def _is_pair(usual: Finding, peak: Finding) -> bool:
    low, high = usual.value, peak.value
    return (
        isinstance(low, int | float) and isinstance(high, int | float) and LEAST_PEAK * low <= high <= MOST_PEAK * low
    )


def _named_before(match: re.Match[str], reading: Reading) -> str:
    """“Readings come in all the time, some 9,000 per second”: what the bare rate counts."""
    before = reading.before(match.start(), chars=60)
    if re.search(
        r"ログ|ストリーミング|流れて|click ?stream"
        r"|event stream",
        before[-24:] + reading.after(match.end(), chars=8),
    ):
        return "events"
    named = [*_EVENT_WORD.finditer(before), *_REQUEST_WORD.finditer(before)]
    return max(named, key=lambda one: one.start()).group() if named else ""


def _end_of_pair(match: re.Match[str], reading: Reading) -> Iterator[Finding]:
    """“450 en pointe”, “peak 2200”: the other end of a rate whose unit was said nearby."""
    around = reading.folded[max(0, match.start() - PAIR_REACH) : match.end() + PAIR_REACH]
    number = parse_number(match["n"], language=reading.language)
    if number is None or not any(
        _is_request_rate(one)
        for one in chain(_RATE.finditer(around), _RATE_JA.finditer(around), _SHORT_RATE.finditer(around))
    ):
        return
    if match.start("which") < match.start("n") and _OWN_MARK.match(reading.after(match.end(), chars=24)):
        # “180 average, 500 peak”: what stands before the comma marks the number before it.
        return
    is_average = re.match(_AVERAGE_WORDS, match["which"]) is not None
    field = "throughput_rps_avg" if is_average else "throughput_rps_peak"
    yield stated(field, tidy(number), match.start(), match.end(), strength=STRONG + 4)


def _unmarked_peak(average: re.Match[str], rate: float, reading: Reading) -> Iterator[Finding]:
    """“60 calls a second on average and 250 on sale days”: the larger number is the peak."""
    for match in _UNMARKED.finditer(reading.folded, average.end(), average.end() + PAIR_REACH):
        number = parse_number(match["n"], language=reading.language)
        if number is not None and LEAST_PEAK * rate <= number <= MOST_PEAK * rate:
            reason = f"“{match.group().strip(' ,;')}” after an average of {rate:g} a second: read as the peak"
            yield inferred(
                "throughput_rps_peak", tidy(number), match.start("n"), match.end("n"), reason=reason, confidence=0.65
            )
            return
    beside = _peak_beside(average, rate, reading)
    if beside is not None:
        yield beside


def _is_request_rate(match: re.Match[str]) -> bool:
    kind = match.groupdict().get("kind")
    return not (kind and re.fullmatch(_EVENTS, kind))


def _rate(match: re.Match[str], reading: Reading) -> Iterator[Finding]:
    number = parse_number(match["n"], language=reading.language)
    if number is None:
        return
    named = _named_before(match, reading)
    kind = named if match["kind"] in (None, "件", "回") and named else match["kind"] or named
    if kind and _LOOKED_UP.fullmatch(kind) and not _MEASURED.search(reading.folded):
        kind = ""
    if kind and (re.fullmatch(_EVENTS, kind) or _JA_EVENTS.search(kind)):
        yield stated("stream_events_per_sec", tidy(number), match.start(), match.end())
        return
    before, after = reading.before(match.start(), chars=28), reading.after(match.end(), chars=24)
    after = re.split(r"[,;/()]|\d| (?:and|und|et|y|e) |\s(?=ピーク|最大|混雑|繁忙|平均|通常|普段)", after)[0]
    earlier, _, nearest = before.rpartition(_last_break(before))
    before = nearest if re.search(r"\d", earlier) else before
    before += match.group()[: match.start("n") - match.start()]
    if _AVERAGE_BEFORE.search(before) and not _AT_PEAK.match(reading.after(match.end(), chars=36)):
        yield stated("throughput_rps_avg", tidy(number), match.start(), match.end(), strength=STRONG + 5)
        yield from _unmarked_peak(match, number, reading)
    elif PEAK.search(after) or (PEAK.search(before) and not _AVERAGE.search(after)):
        yield stated("throughput_rps_peak", tidy(number), match.start(), match.end(), strength=STRONG + 5)
    elif _AVERAGE.search(after) or _AVERAGE.search(before[-22:]):
        yield stated("throughput_rps_avg", tidy(number), match.start(), match.end(), strength=STRONG + 5)
        yield from _unmarked_peak(match, number, reading)
    elif peak := _peak_beside(match, number, reading):
        yield stated("throughput_rps_avg", tidy(number), match.start(), match.end(), confidence=0.8)
        yield peak
    else:
        reason = f"“{match.group()}” names neither average nor peak: planned for as the peak"
        yield inferred("throughput_rps_peak", tidy(number), match.start(), match.end(), reason=reason, confidence=0.7)


def _last_break(before: str) -> str:
    """The last comma or conjunction, which parts one rate from the next."""
    breaks = re.findall(r"[,;/]\s?|\. | (?:and|but|und|aber|et|mais|y|pero|e|mas) ", before)
    return breaks[-1] if breaks else "\n"


def _peak_beside(usual: re.Match[str], rate: float, reading: Reading) -> Finding | None:
    """“220 requests a second, 700 at month end”: a larger bare number that goes with an occasion is the peak."""
    _, end = reading.sentence_at(usual.start())
    for match in _OCCASION.finditer(reading.folded, usual.end(), min(end, usual.end() + PAIR_REACH)):
        words = match["n"] or match["m"] or match["k"]
        number = parse_number(words, language=reading.language)
        if number is not None and LEAST_PEAK * rate <= number <= MOST_PEAK * rate:
            place = next(name for name in ("n", "m", "k") if match[name])
            return stated(
                "throughput_rps_peak",
                tidy(number),
                match.start(place),
                match.end(place),
                reason=f"“{match.group().strip(' ,;')}” beside {rate:g} a second",
                confidence=0.8,
                strength=STRONG + 4,
            )
    return None


def tidy(value: float) -> int | float:
    rounded = float(f"{value:.4g}") if value < 1000 else round(value)
    return int(rounded) if float(rounded).is_integer() else rounded
