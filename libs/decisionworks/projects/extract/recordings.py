"""Reads how much is spoken: hours of recordings a month, or calls a day and how long each is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decisionworks.projects.extract.finding import STRONG, Finding, inferred, stated
from decisionworks.projects.extract.numbers import DIGITS, NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading

DAYS_PER_MONTH = 30.4
WEEKS_PER_MONTH = 4.345
# A call or a memo whose length nobody said. Units: seconds.
USUAL_LENGTH_S = 300.0
_MONTHLY = (
    r"(?:per|a|each|every|/|im|pro|par|al|por|ao|cada)\s?(?:month|monat|mois|mes|mês)(?!\w)|monthly|monatlich"
    r"|mensuel\w{0,4}|mensua\w{1,4}|mensa\w{1,3}"
)
_HOURS = re.compile(
    rf"(?P<n>{NUMBER}|une vingtaine|une centaine|una veintena|un centenar|umas duas dezenas)\s?(?:hours?|hrs?|stunden"
    rf"|heures?|d'heures|horas?)\s"
    rf"(?:[\w'-]{{1,24}}\s){{0,4}}?(?:{_MONTHLY})"
)
# “Every month about 600 hours of audio come in.”
_HOURS_AFTER = re.compile(
    rf"(?<!\w)(?:every month|each month|monthly|per month|jeden monat|im monat|monatlich|pro monat|chaque mois"
    rf"|tous les mois"
    rf"|par mois|cada mes|al mes|todos los meses|todo mês|cada mês|por mês"
    rf"|todos os meses)\W{{1,3}}(?:[\w'-]{{1,24}}\s){{0,4}}?"
    rf"(?P<n>{NUMBER})\s?(?:hours?|hrs?|stunden|heures?|d'heures|horas?)(?!\w)"
)
_HOURS_WEEKLY = re.compile(
    rf"(?P<n>{NUMBER}|une vingtaine|une centaine|una veintena|un centenar|umas duas dezenas)\s?(?:hours?|hrs?|stunden"
    rf"|heures?|d'heures|horas?)\s(?:[\w'-]{{1,24}}\s){{0,4}}?"
    r"(?:(?:per|a|each|every|/|die|in der|pro|par|a la|por|cada) ?(?:week|woche|semaine|semana)(?!\w)|weekly"
    r"|wöchentlich)"
)
_HOURS_JA = re.compile(rf"(?:月に?|毎月|月間|1か月に?)(?:約|およそ)?(?P<n>{DIGITS})\s?時間")
_SPOKEN = (
    r"(?:calls?|recordings?|memos?|interviews?|meetings?|lectures?|hearings?|sessions?|sermons?|podcasts?|episodes?"
    r"|voice (?:messages?|notes?)|voicemails?|conversations?"
    r"|anrufe?n?|aufnahmen|gespräche?n?|telefonate?n?"
    r"|sprachnachrichten|vorlesungen|sitzungen|sendungen|verhandlungen|folgen|appels?|enregistrements?|mémos?"
    r"|émissions?|cours|audiences?|conférences?|entretiens?|réunions?|llamadas?|grabaciones|clases|audiencias"
    r"|programas|episodios|entrevistas?"
    r"|reuniones|notas de voz|ligações|chamadas"
    r"|gravações|aulas|audiências|episódios|reuniões|áudios?)"
)
_WEEK = (
    r"(?:per|a|each|every|/|die|pro|par|la|por|cada)\s?(?:week|woche|semaine|semana)(?!\w)|weekly|wöchentlich"
    r"|hebdomadaires?|semana(?:l|is|les)"
)
_DAY = r"(?:per|a|each|every|/|am|pro|par|al|por|ao|cada)\s?(?:day|tag|jour|día|dia)(?!\w)|daily|täglich|diari\w{1,6}"
_PIECES = re.compile(
    rf"(?P<n>{NUMBER})\s(?:[\w-]{{1,24}}\s){{0,2}}?(?P<what>{_SPOKEN})?\s?(?:[\w-]{{1,24}}\s){{0,2}}?(?:{_DAY}"
    rf"|(?P<weekly>{_WEEK}))"
)
_PIECES_JA = re.compile(
    rf"(?:1日(?:あたり|に)?|毎日)(?:約|およそ)?(?P<n>{DIGITS})\s?(?:件の?)?(?P<what>通話|録音|会議|音声)"
)
_UNIT = r"seconds?|secs?|sekunden|secondes|segundos|秒|minutes?|mins?|minuten|minutos|分"
_LENGTH = re.compile(
    rf"(?:each|average|avg|about|around|of|je|jeweils|im schnitt|durchschnittlich|chacun\w?|en moyenne|moyenne"
    rf"|cada un[oa]|de media|promedio|cada uma?|em média|平均|約|\()"
    rf"\W{{0,2}}(?:about |around |etwa |rund |de |d'|unos |cerca de )?(?P<n>{NUMBER})[ -]?(?P<unit>{_UNIT})"
    rf"|(?P<m>{NUMBER})[ -]?(?P<unit_m>{_UNIT})\s(?:each|apiece|long|jeweils|lang|chacune?|cada un[oa]|cada uma?)"
)
_WORDS = {
    "une vingtaine": 20.0,
    "une centaine": 100.0,
    "una veintena": 20.0,
    "un centenar": 100.0,
    "umas duas dezenas": 20.0,
}


def find_recordings(reading: Reading) -> Iterator[Finding]:
    """Hours of recordings a month. Units: hours/month."""
    for pattern in (_HOURS, _HOURS_AFTER, _HOURS_JA, _HOURS_WEEKLY):
        for match in pattern.finditer(reading.folded):
            hours = _WORDS.get(match["n"]) or parse_number(match["n"], language=reading.language)
            if hours and pattern is _HOURS_WEEKLY:
                hours *= WEEKS_PER_MONTH
            if hours:
                yield stated("audio_hours_month", _tidy(hours), match.start(), match.end(), strength=STRONG + 5)
    for pattern in (_PIECES, _PIECES_JA):
        for match in pattern.finditer(reading.folded):
            yield from _pieces(match, reading)


def _pieces(match: re.Match[str], reading: Reading) -> Iterator[Finding]:
    """So many a day, each as long as is said nearby."""
    number = parse_number(match["n"], language=reading.language)
    around = reading.folded[max(0, match.start() - 60) : match.end() + 60]
    if not number or not (match["what"] or re.search(_SPOKEN, around)):
        return
    length = _LENGTH.search(reading.folded, match.start(), min(len(reading.folded), match.end() + 60))
    seconds = USUAL_LENGTH_S
    if length is not None:
        each = parse_number(length["n"] or length["m"], language=reading.language) or 0.0
        unit = length["unit"] or length["unit_m"]
        seconds = each * (1.0 if unit.startswith(("s", "秒")) else 60.0)
    is_weekly = bool(match.groupdict().get("weekly"))
    hours = number * seconds / 3600 * (WEEKS_PER_MONTH if is_weekly else DAYS_PER_MONTH)
    told = f"{seconds:g} seconds each" if length else f"taken to be {seconds:g} seconds each"
    reason = f"“{match.group().strip()}”, {told}: {hours:,.0f} hours a month"
    confidence = 0.75 if length else 0.4
    yield inferred("audio_hours_month", _tidy(hours), match.start(), match.end(), reason=reason, confidence=confidence)


def _tidy(value: float) -> int | float:
    rounded = float(f"{value:.4g}")
    return int(rounded) if rounded.is_integer() else rounded
