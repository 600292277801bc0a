"""Reads the time of day by which results are needed, however the hour is said. Units: hours."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decisionworks.projects.extract.finding import FAIR, Finding, inferred
from decisionworks.projects.extract.numbers import SMALL_NUMBER_WORDS, parse_number
from decisionworks.projects.extract.reading import Reading

_HOUR_WORDS = "|".join(
    sorted(word for word in SMALL_NUMBER_WORDS if len(word) > 2 and not word.startswith(("un", "ein")))
)
_HOUR = rf"(?P<hour>0{{0,40}}\d{{1,2}}|(?:{_HOUR_WORDS})(?!\w))(?:[:.h](?P<minute>\d{{2}}))?"
_LATIN = re.compile(
    rf"(?<!\w)(?P<lead>before|by|until|till|at|ready (?:at|by)|vor|bis|um|gegen|avant|à|pour|vers|dès|antes de las?"
    rf"|para las?|a las?|hacia las?|antes das?|até (?:às|as)|às|as|pelas|até)\s{_HOUR}"
    r"(?P<half>\s?(?:am|a\.m\.|pm|p\.m\.|o'clock|uhr|heures?|h(?!\w)|horas?|in the (?:morning|afternoon|evening)"
    r"|sharp|de la (?:mañana|tarde|noche|madrugada)|d[ae] (?:manhã|tarde|noite|madrugada)|du (?:matin|soir)"
    r"|früh|morgens|nachmittags|abends|nachts))*(?![\w%$€£]|[.,]\d)"
)
_JAPANESE = re.compile(
    r"(?P<lead>朝|午前|早朝|翌朝|毎朝|翌日|午後)?(?:の)?0{0,40}(?P<hour>\d{1,2})時(?P<minute>半)?"
    r"[^。、,\n\d]{0,14}?(?:まで|前に|に(?:は|必要|間に合|届|ほし|欲し|出|配))"
)
_LATE = re.compile(r"pm|p\.m\.|afternoon|evening|nachmittag|abend|soir|tarde|noche|noite|午後")
# Bare numbers are hours behind these alone: “a las 5”, “às 6”.
_HOURS_FOLLOW = re.compile(r"(?:a|para|hacia) las?|antes d[ea]s?(?: las?)?|às|as|até (?:às|as)|pelas")
_EARLY = re.compile(
    r"morning|dawn|before (?:work|the shift|opening)|early|früh|morgen|schicht|matin|aube|tôt|mañana|madrugada"
    r"|temprano|manhã|cedo|朝"
)
_READY = re.compile(
    r"text\w*|transcri\w+|文字|ready|done|finished|there|available|need\w*|must|should|want\w*|would like"
    r"|list\w*|results?|scores?|report|plan"
    r"|forecasts?|predictions?|figures|file|on (?:the|my|his|her|their) (?:desk|screen|table)|sent|have to|has to"
    r"|fertig|vorlieg\w*|bereit|da sein|muss|müssen|soll\w*|brauch\w*|will|wollen|liste\w*|ergebnis\w*|bericht"
    r"|prognose\w*|vorhersage\w*|zahlen|tisch|prêt\w*|disponible\w*|doit|doivent|faut|fau\w+|besoin|liste\w*"
    r"|résultat\w*"
    r"|rapport|prévision\w*|bureau|lista\w*|listo\w*|estar|debe\w*|tiene que|neces\w+|quer\w+|resultado\w*|informe"
    r"|previsi\w+|pronóstico\w*|mesa|saia|sair|pronto\w*|pronta\w*|deve\w*|tem que|precis\w+|relatório|previs\w+"
    r"|必要|欲しい|ほしい|たい|間に合|揃|できて|出て|一覧|リスト|結果|予測|レポート|報告|計画|表|配|届"
)
# When people work, calls come in or data arrive is no deadline.
_OTHER_HOURS = re.compile(
    r"open(?:s|ing)?(?: hours)?|from\s\S{1,6}\s?(?:am|h)?\s?(?:to|until|till|-)|between"
    r"|von \S{1,5} (?:uhr )?bis|zwischen"
    r"|de \S{1,4} (?:h |heures )?à|entre|desde|das \S{1,4} (?:h )?às|de \S{1,4} a \S{1,4}|on call|support"
    r"|shift (?:from|is)"
    r"|arriv\w+|comes? in|uploaded?|export\w*|lands?|dropped|kommen|kommt|geliefert|arrivent|llegan|chegam|recebemos"
    r"|bedienzeit|öffnungszeit\w*|ouvert\w*|abierto|horario|horário|営業時間|から[^。]{0,6}時|届きます|届く"
)
HOURS_A_DAY = 24


def find_clock_deadlines(reading: Reading) -> Iterator[Finding]:
    """Hours after midnight by which something has to be ready; firmer readings of the same win."""
    pattern = _JAPANESE if reading.language == "ja" else _LATIN
    for match in pattern.finditer(reading.folded):
        sentence = reading.sentence(match.start())
        if not _READY.search(sentence.replace(match.group(), " ")) or _is_of_something_else(match, reading):
            continue
        hours = _hours(match, sentence=sentence, language=reading.language)
        if hours is None or not 0 < hours <= HOURS_A_DAY:
            continue
        reason = f"“{match.group().strip()}”: counted from midnight, when the day's data are complete"
        yield inferred(
            "batch_deadline_hours", hours, match.start(), match.end(), reason=reason, confidence=0.6, strength=FAIR - 8
        )
        return


def _hours(match: re.Match[str], *, sentence: str, language: str) -> float | None:
    whole = parse_number(match["hour"], language=language)
    if whole is None:
        return None
    hour = whole + (0.5 if match["minute"] == "半" else int(match["minute"] or 0) / 60)
    marks = match.group()
    is_late = _LATE.search(marks) is not None
    is_marked = "half" in match.groupdict() and match["half"] is not None
    is_bare = not is_marked and match["minute"] is None and "half" in match.groupdict()
    # “At 5” may be anything unless a morning is spoken of.
    if is_bare and not _HOURS_FOLLOW.fullmatch(match["lead"]) and not (hour <= 12 and _EARLY.search(sentence)):
        return None
    value = hour + 12 if is_late and hour < 12 else hour
    return int(value) if float(value).is_integer() else round(value, 2)


def _is_of_something_else(match: re.Match[str], reading: Reading) -> bool:
    near = reading.before(match.start(), chars=28) + " " + reading.after(match.end(), chars=12)
    return _OTHER_HOURS.search(near) is not None
