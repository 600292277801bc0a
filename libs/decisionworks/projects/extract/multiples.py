"""Reads busy times that are told as a multiple of the usual: “five a second, ten times as many before Christmas”."""

from __future__ import annotations

import re
from dataclasses import replace

from decisionworks.projects.extract.finding import STRONG, Finding, inferred
from decisionworks.projects.extract.numbers import DIGITS, NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.scale import MOST_PEAK, tidy
from decisionworks.projects.extract.sieve import Sought
from decisionworks.projects.model import ValueState

_TWICE = r"twice|double|das doppelte|doppelt so|le double|deux fois plus|el doble|o dobro"
_THRICE = r"triple|treble|das dreifache|dreimal so|le triple|el triple|o triplo|el triplo"
_GERMAN = {"zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "acht": 8, "zehn": 10, "zwanzig": 20, "hundert": 100}
_TIMES = Sought(
    rf"(?<!\w)(?:(?P<n>{NUMBER})[ -]?(?:times|x(?!\w)|-?fold|-?mal so|-?fach\w{{0,2}}|fois (?:plus|autant)"
    rf"|veces (?:más|mayor|eso|lo normal|tant)|vezes (?:mais|maior|isso|o normal))"
    rf"|(?P<de>{'|'.join(_GERMAN)})(?:mal so|fach\w{{0,2}})|das (?P<de_n>{'|'.join(_GERMAN)})fache"
    rf"|(?P<twice>{_TWICE})|(?P<thrice>{_THRICE}))(?!\w)|(?P<m>{DIGITS})\s?倍"
)
_BUSY = re.compile(
    r"christmas|holiday|black friday|sales?(?!\w)|season|easter|summer|winter|peak|rush|weekend|mondays?|month[- ]end"
    r"|quarter[- ]end|year[- ]end|evenings?|busy|campaigns?|match days?|weihnacht|ostern|advent|ferien|saison|sommer"
    r"|spitze|stoßzeit|wochenende|montags?|monatsende|jahresende|aktion|abends|noël|soldes|fêtes|été|rentrée|pointe"
    r"|week-end|fin d[eu] (?:mois|l'année)|le soir|navidad|rebajas|temporada|verano|punta|pico|fin de (?:semana"
    r"|mes|año)"
    r"|lunes|natal|páscoa|saldos|época|verão|fim (?:de|do) (?:semana|mês|ano)|年末|年始|セール|繁忙|ピーク|週末"
    r"|月末|休暇|大型連休"
)
_USUAL = frozenset({"throughput_rps_avg", "throughput_rps_peak"})
# The multiple stands near what it multiplies. Units: characters.
REACH_CHARS = 160
BUSY_CHARS = 50


def with_multiples(findings: list[Finding], *, reading: Reading) -> list[Finding]:
    """The findings, with the peak that a multiple of the usual rate tells, where no peak is told in numbers."""
    rates = [one for one in findings if one.field in _USUAL]
    if any(one.field == "throughput_rps_peak" and one.state is ValueState.STATED for one in rates):
        return findings
    for match in _TIMES.finditer(reading.folded):
        near = reading.folded[max(0, match.start() - BUSY_CHARS) : match.end() + BUSY_CHARS]
        usual = _last_before(rates, match.start())
        factor = _factor(match, reading)
        if usual is None or not _BUSY.search(near) or not 1 < factor <= MOST_PEAK:
            continue
        rate = float(str(usual.value))
        reason = f"“{match.group().strip()}” the usual {rate:g} a second"
        peak = inferred(
            "throughput_rps_peak", tidy(factor * rate), match.start(), match.end(), reason=reason, strength=STRONG + 6
        )
        told = "a multiple of it is the peak: read as the average"
        return [
            *(replace(one, field="throughput_rps_avg", reason=told) if one is usual else one for one in findings),
            peak,
        ]
    return findings


def _last_before(rates: list[Finding], place: int) -> Finding | None:
    """The rate told last before a place, the average of several."""
    near = [one for one in rates if place - REACH_CHARS <= one.start and one.end <= place]
    return max(near, key=lambda one: (one.field == "throughput_rps_avg", one.start), default=None)


def _factor(match: re.Match[str], reading: Reading) -> float:
    if match["twice"] or match["thrice"]:
        return 2.0 if match["twice"] else 3.0
    if german := match["de"] or match["de_n"]:
        return float(_GERMAN[german])
    return parse_number(match["n"] or match["m"], language=reading.language) or 0.0
