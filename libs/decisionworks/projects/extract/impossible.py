"""Finds demands that sizes and times rule out: a run longer than its window, a model larger than its memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from decisionworks.projects.extract.apart import may_both_hold, share_a_subject
from decisionworks.projects.extract.finding import FAIR, Finding
from decisionworks.projects.extract.numbers import NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.word_groups import Place, group_pattern
from decisionworks.projects.model import Contradiction, ValueState

MOST_FOUND = 12
# Times and sizes that differ by less are the same, rounded.
MARGIN = 1.2
# “Not a minute later” is no window. Units: hours.
LEAST_WINDOW = 0.1
# A first day that is said twice may be told in weeks and in months.
FAR_APART = 1.6
_HOURS = (
    (1.0, r"hours?|hrs?|stunden?|heures?|horas?|時間|h(?!\w)"),
    (24.0, r"days?|tagen?|tage|jours?|días?|dias?|日"),
)
_WEEKS = (
    (1.0, r"weeks?|wochen?|semaines?|semanas?|週間?"),
    (4.345, r"months?|monaten?|monate|mois|meses|mes(?!\w)|mês|か月|ヶ月|ヵ月"),
    (52.0, r"years?|jahren?|ans?(?!\w)|années?|años?|anos?|年(?!度)"),
)
_SECONDS = (
    (0.001, r"ms(?!\w)|millis?(?:econds?|ekunden?|econdes?)|milisegundos?|milissegundos?|ミリ秒"),
    (1.0, r"seconds?|secs?|sekunden?|secondes?|segundos?|秒|s(?!\w)"),
)
_GB = ((0.001, r"mb|mo(?!\w)|megabytes?"), (1.0, r"gb|go(?!\w)|gigabytes?"), (1_000.0, r"tb|terabytes?"))

# “At 2”, “à 1 h”, “um 8 Uhr”, and no number of hours.
_CLOCK = (
    r"[^.;!?\n]{0,24}?(?:\b(?:at|by|à|a las|às|um|bis|ab)\b|に|までに)?\s?"
    r"(?P<at>midnight|mitternacht|minuit|medianoche|meia-noite"
    r"|(?<!\d)\d{1,2}(?=(?:[:h.]\d\d)?(?: ?(?:h|am|uhr|heures?|horas?|o'clock|時))?(?![\w%])"
    r"(?! (?:\w+ )?(?:hours?|stunden?|heures? de|horas? de|people|days?))))"
)
_BEGINS_AT = re.compile(
    r"(?:starts?|begins?|kicks off|startet|beginnt|läuft an|démarre|commence|arranca|empieza|comienza|começa|inicia"
    r"|始ま|開始)" + _CLOCK
)
_DONE_AT = re.compile(
    r"(?:ready|done|finished|displayed|shown|printed|on the (?:desk|table|screen)|out|fertig|vorlieg\w{1,3}|angezeigt"
    r"|aushäng\w{1,3}|affiché\w{0,2}|prêts?|prêtes?|disponibles?|sur le bureau|list[oa]s?|en la mesa|public\w{1,5}"
    r"|pront[oa]s?|na mesa|完了|出そろ)" + _CLOCK
)
_FAR_DAYS = (
    (26.0, re.compile(r"half a year|half-year|halbe[nsm]? jahr\w{0,2}|demi-année|medio año|meio ano|半年")),
    (
        10.0,
        re.compile(
            r"(?:spring|summer|autumn|winter|fall|frühjahr|frühling|sommer|herbst|printemps|été|automne|hiver|primavera"
            r"|verano|otoño|invierno|verão|outono|inverno) (?:of |de |do |del |de l'|d'|des )?"
            r"(?:next year|(?:the )?year after|(?:nächste|kommende|übernächste)\w? jahr\w{0,2}|an(?:née)? prochaine?"
            r"|año que viene|próximo año|ano que vem|próximo ano)|来年の?(?:春|夏|秋|冬)|再来年"
        ),
    ),
)
# A first day lies ahead in any case.
_STILL_TO_COME = frozenset({"future", "willbe", "now"})
_ANOTHER_START = re.compile(
    r"\b(?:second|third|zweite\w?|dritte\w?|deuxième|seconde?|segund[oa]|phase (?:2|two)"
    r"|(?:next|later|another|other) \w+|rest|remaining|übrige\w?|andere\w?|autres?|otr[oa]s?|outr[oa]s?)\b"
    r"|第二|二番目|次の|別の|残り"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    value: float
    place: Place


def find_impossible(reading: Reading, findings: Iterable[Finding]) -> Iterator[Contradiction]:
    """One contradiction for each kind of demand that another one rules out."""
    yield from _runs_longer_than_it_may(reading, findings)
    yield from _is_larger_than_its_memory(reading)
    yield from _goes_live_twice(reading)
    yield from _runs_longer_than_by_the_clock(reading)
    yield from _answers_in_two_times(reading)


def _runs_longer_than_it_may(reading: Reading, findings: Iterable[Finding]) -> Iterator[Contradiction]:
    windows = [
        _Measured(value=float(one.value), place=(one.start, one.end))
        for one in findings
        if one.field == "batch_deadline_hours"
        and isinstance(one.value, int | float)
        and one.end > one.start
        # A deadline that is only guessed, or counted from an hour of the day, rules nothing out.
        and one.strength >= FAIR
        and one.state is ValueState.STATED
    ]
    training = group_pattern("training", reading.language)
    for window in windows:
        if window.value < LEAST_WINDOW:
            continue
        for run in _measured(reading, "lasts", _HOURS):
            is_other = run.place[1] <= window.place[0] or window.place[1] <= run.place[0]
            if training is not None and training.search(reading.sentence(run.place[0])):
                continue
            if is_other and run.value > MARGIN * window.value and not may_both_hold(reading, run.place, window.place):
                yield _contradiction(
                    reading, "batch_deadline_hours", run.place, window.place, why="the one does not fit into the other"
                )
                return


def _runs_longer_than_by_the_clock(reading: Reading) -> Iterator[Contradiction]:
    """“It starts at midnight, takes eight hours and is shown at one.”"""
    start, end = _BEGINS_AT.search(reading.folded), _DONE_AT.search(reading.folded)
    if start is None or end is None or start.end() > end.start():
        return
    hours = (_hour(end["at"]) - _hour(start["at"])) % 24
    for run in _measured(reading, "lasts", _HOURS):
        if hours and run.value > MARGIN * hours and not may_both_hold(reading, run.place, end.span()):
            why = "the one does not fit between the other's hours"
            yield _contradiction(reading, "batch_deadline_hours", run.place, end.span(), why=why)
            return


def _answers_in_two_times(reading: Reading) -> Iterator[Contradiction]:
    """The same answer within 40 ms and within 900; the first word of one and the whole of it are two."""
    stages = [group_pattern(group, reading.language) for group in ("stagesof", "part", "wish", "average", "worst")]
    times = [
        one
        for one in _measured(reading, "replies", _SECONDS)
        if not any(group is not None and group.search(reading.sentence(one.place[0])) for group in stages)
    ]
    for index, first in enumerate(times):
        for second in times[index + 1 :]:
            low, high = sorted((first.value, second.value))
            if high <= 2 * FAR_APART * low or may_both_hold(reading, first.place, second.place):
                continue
            if reading.sentence_at(first.place[0]) != reading.sentence_at(second.place[0]) and share_a_subject(
                reading, first.place, second.place
            ):
                why = "one time for the same answer is not the other"
                yield _contradiction(reading, "latency_p95_ms", first.place, second.place, why=why)
                return


def _hour(told: str) -> int:
    return int(told) if told.isdecimal() else 0


def _is_larger_than_its_memory(reading: Reading) -> Iterator[Contradiction]:
    device = group_pattern("device", reading.language)
    models = list(_measured(reading, "network", _GB))
    for memory in _measured(reading, "memory", _GB):
        if any(size.value <= memory.value and size.place != memory.place for size in _measured(reading, "device", _GB)):
            # A small one was made for it.
            continue
        for model in models:
            if memory.place == model.place or model.value <= MARGIN * memory.value:
                continue
            if device is None or not device.search(reading.folded) or may_both_hold(reading, memory.place, model.place):
                continue
            yield _contradiction(
                reading, "model_size_gb", memory.place, model.place, why="the model does not fit into the memory"
            )
            return


def _goes_live_twice(reading: Reading) -> Iterator[Contradiction]:
    wish = group_pattern("wish", reading.language)
    days = [
        one
        for one in (*_measured(reading, "golive", _WEEKS), *_days_in_words(reading))
        if wish is None or not wish.search(reading.sentence(one.place[0]))
    ]
    for index, first in enumerate(days):
        for second in days[index + 1 :]:
            low, high = sorted((first.value, second.value))
            if high <= FAR_APART * low or may_both_hold(reading, first.place, second.place, despite=_STILL_TO_COME):
                continue
            if _is_the_same_start(reading, first.place, second.place):
                why = "one first day is not the other"
                yield _contradiction(reading, "deadline_weeks", first.place, second.place, why=why)
                return


def _days_in_words(reading: Reading) -> Iterator[_Measured]:
    """“Half a year”, “autumn next year”: at least that many weeks."""
    golive = group_pattern("golive", reading.language)
    for value, words in _FAR_DAYS:
        for match in islice(words.finditer(reading.folded), MOST_FOUND):
            if golive is not None and golive.search(reading.sentence(match.start())):
                yield _Measured(value=value, place=match.span())


def _is_the_same_start(reading: Reading, first: Place, second: Place) -> bool:
    sentences = [reading.sentence(place[0]) for place in (first, second)]
    if any(_ANOTHER_START.search(one) for one in sentences):
        return False
    patterns = (group_pattern(group, reading.language) for group in ("nothing", "pronoun"))
    if any(pattern is not None and pattern.search(one) for pattern in patterns for one in sentences):
        return True
    return share_a_subject(reading, first, second)


def _measured(reading: Reading, group: str, units: tuple[tuple[float, str], ...]) -> Iterator[_Measured]:
    """Numbers in these units close to a word of the group, in one sentence."""
    pattern = _near(group, reading.language, units)
    seen: set[Place] = set()
    for match in islice(pattern.finditer(reading.folded), MOST_FOUND) if pattern else ():
        side = "1" if match["n1"] else "2"
        number = parse_number(match[f"n{side}"], language=reading.language)
        factor = next((one for one, words in units if re.match(rf"(?:{words})", match[f"u{side}"])), None)
        place = (match.start(f"n{side}"), match.end(f"u{side}"))
        if number is not None and factor is not None and place not in seen:
            seen.add(place)
            yield _Measured(value=number * factor, place=place)


@cache
def _near(group: str, language: str, units: tuple[tuple[float, str], ...]) -> re.Pattern[str] | None:
    words = group_pattern(group, language)
    if words is None:
        return None
    unit = "|".join(one for _, one in units)
    gap = r"[^.;!?\n\d]{0,40}?"
    return re.compile(
        rf"(?:{words.pattern}){gap}(?<![\w.,])(?P<n1>{NUMBER})\s?(?P<u1>{unit})"
        rf"|(?<![\w.,])(?P<n2>{NUMBER})\s?(?P<u2>{unit}){gap}(?:{words.pattern})"
    )


def _contradiction(reading: Reading, field: str, here: Place, there: Place, *, why: str) -> Contradiction:
    first, second = sorted((here, there))
    spans = (reading.span(*first), reading.span(*second))
    quoted = " and ".join(f"“{reading.sentence(span.start).strip()}”" for span in spans)
    return Contradiction(fields=(field,), spans=spans, why=f"{quoted}: {why}")
