"""Reads availability, and how long decisions must be kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decisionworks.projects.extract.finding import FAIR, STRONG, Finding, inferred, stated
from decisionworks.projects.extract.numbers import NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.sieve import Sought

_PERCENT = re.compile(
    r"(?<![a-zà-ÿ0-9_.,])0{0,40}(?P<n>\d{2,3}(?:[.,]\d{1,4})?)\s?(?:(?=uptime"
    r"|availab)|(?<=availability \d\d\.\d)(?!\d)|(?<=availability: \d\d\.\d)(?!\d)|(?<=availability \d\d\.\d\d)(?!\d)"
    r"|%|percent|prozent|pour cent|por ciento|por cento|パーセント)"
)
# “Eight engineers. 99.95. Budget …”: nothing else is told in such figures.
_BARE_NINES = re.compile(
    r"(?:^|[.,;|\n]\s?(?:[-•+>]\s)?)(?P<n>99[.,]\d{1,3})(?=\s?(?:[.;|\n]|,\s|$|\s?(?:is|are|was|in|ist|sind|steht|est|es"
    r"|está|é)\s))"
)
_AVAILABILITY = re.compile(
    r"availab\w{1,24}|up-?time|sla\b|slo\b|verfügbar\w{0,24}|disponib\w{1,24}|可用性|稼働率|up\b"
)
_NOT_AVAILABILITY = re.compile(
    r"accura\w{1,24}|precision|recall|confiden\w{1,24}|f1|auc|coverage|of (?:the |all |our )?(?:cases|traffic"
    r"|users|calls|time)|percentile|genauigkeit|précision|precisión|"
                               r"precisão|精度|discount|margin|cpu|test")  # fmt: skip
_NINES = {"two": 99.0, "three": 99.9, "four": 99.99, "five": 99.999, "zwei": 99.0, "drei": 99.9,
          "vier": 99.99, "fünf": 99.999,
    "2": 99.0,
    "3": 99.9,
    "4": 99.99,
    "5": 99.999,
    "tres": 99.9,
    "cuatro": 99.99,
          "trois": 99.9, "quatre": 99.99, "três": 99.9, "quatro": 99.99}  # fmt: skip
_NINE_WORDS = re.compile(rf"(?<!\w)(?P<n>{'|'.join(_NINES)})[ -](?:nines|neunen|nueves|neufs|noves)(?!\w)")
_YEARS = r"(?:years?|yrs?|jahre?n?|ans|années|años|anos|年)"
_KEEP = re.compile(
    r"keep\w{0,24}|kept|retain\w{0,24}|retention|stor(?:e|ed|age)|registros?|protokolle?\w?|journal\w{0,4}"
    r"|on file|nachweis\w{0,4}|garde\w{0,3}|残[しすさ]|archiv\w{0,24}|aufbewahr\w{0,24}"
    r"|aufhebe\w{0,4}|aufgehoben|aufzubewahren|of (?:\w{1,20} )?(?:records|logs)|records|guarda\w{0,4}"
    r"|conserv\w{1,24}|retenção|guard\w{1,24}|(?<!re)gard(?:e|er|ent|ons|é|ées?|és)(?!\w)|traces? |aufzeichnung\w{0,2}"
    r"|nachweis\w{0,2}|vor(?:ge|zu)?halten|保存|保管|保持|残す|残して|audit"
)
_RETENTION = Sought(
    rf"(?P<n>{NUMBER})[ -]?(?P<unit>(?:{_YEARS}|months|monate|mois|meses)(?![^\W\u3040-\u30ff\u3400-\u9fff])|ヶ月"
    rf"|年(?!度|齢|収))"
)
_NOT_RETENTION = re.compile(
    r"^\s?(?:of )?(?:history|data|old|experience|ago|sales|erfahrung|historie|d'historique|de historia|de histórico)"
)


def find_reliability(reading: Reading) -> Iterator[Finding]:
    """Availability and retention. Units: percent, years."""
    yield from _availability(reading)
    for match in _RETENTION.finditer(reading.folded):
        around = reading.before(match.start(), chars=45) + " " + reading.after(match.end(), chars=45)
        number = parse_number(match["n"], language=reading.language)
        after = reading.after(match.end(), chars=24)
        if number is None or number > 100 or _NOT_RETENTION.match(after) or not _KEEP.search(around):
            continue
        is_years = re.fullmatch(_YEARS, match["unit"]) is not None
        if is_years:
            yield stated("audit_retention_years", _tidy(number), match.start(), match.end(), confidence=0.85)
        elif number >= 6:
            reason = f"“{match.group()}” in years"
            yield inferred("audit_retention_years", _tidy(number / 12), match.start(), match.end(), reason=reason)


def _availability(reading: Reading) -> Iterator[Finding]:
    for match in _PERCENT.finditer(reading.folded):
        value = float(match["n"].replace(",", "."))
        around = reading.before(match.start(), chars=30) + " " + reading.after(match.end(), chars=30)
        named = _AVAILABILITY.search(around) is not None
        if not 90 <= value < 100 or (_NOT_AVAILABILITY.search(around) and not named):
            continue
        if re.search(r"(?:p|top |perzentil )$", reading.before(match.start(), chars=10)):
            continue
        if named or value >= 99:
            strength = STRONG + 5 if named else FAIR
            yield stated(
                "availability_slo_pct",
                value,
                match.start(),
                match.end(),
                confidence=0.95 if named else 0.75,
                strength=strength,
            )
    for match in _BARE_NINES.finditer(reading.folded):
        value = float(match["n"].replace(",", "."))
        yield stated("availability_slo_pct", value, match.start(), match.end(), confidence=0.7, strength=FAIR)
    for match in _NINE_WORDS.finditer(reading.folded):
        value = _NINES[match["n"]]
        reason = f"“{match.group()}” is {value:g} percent"
        yield inferred(
            "availability_slo_pct", value, match.start(), match.end(), reason=reason, confidence=0.9, strength=STRONG
        )


def _tidy(value: float) -> int | float:
    rounded = round(value, 2)
    return int(rounded) if float(rounded).is_integer() else rounded
