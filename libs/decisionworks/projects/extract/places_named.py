"""Reads where the system must run: region codes, cities, countries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from decisionworks.projects.extract.finding import EXPLICIT, FAIR, STRONG, WEAK, Finding, inferred, stated
from decisionworks.projects.extract.negation import is_denied
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.places import (
    AWS_REGIONS,
    KNOWN_REGIONS,
    REGION_OF_CITY,
    REGION_OF_COUNTRY,
    REGION_OF_NAME,
    REGION_OF_UNION,
)

_CODE = re.compile(
    r"(?<![a-zà-ÿ0-9_-])(?:"
    + "|".join(sorted((re.escape(code) for code in KNOWN_REGIONS), key=lambda c: (-len(c), c)))
    + r")(?![a-z0-9_-]|\.\w)"
)
# Only of interest where a place is said to host something, not where customers happen to live.
_HOSTING = re.compile(
    r"(?:host\w{0,24}|run\w{0,24}|region|deploy\w{0,24}|located|in|from|stay\w{0,24}|based|must"
    r"|data cent\w{1,24}|and|or|und|oder|et|y|e|&|\+|,|/|en|im|aus|dans|na|no|em|région|región|região"
    r"|betrieb\w{0,24}|で|に|の)\W*(?:the |der |den |la |el |o )?$"
)

# “Data must never leave Germany” denies nothing of Germany.
_LEAVING = re.compile(
    r"(?:leav(?:e|es|ing)|(?:go|goes|sent|move[ds]?|be) (?:out of|outside)(?: of)?|quitt\w{1,8}"
    r"|sort\w{1,6} (?:de|du|d')"
    r"|sal(?:ir|gan?|en|e) de|abandon\w{1,6}|sair d[eoa]|saiam d[eoa]|deixar)\W*(?:the |la |l'|le |les |el |o |a )?$"
)
_LEFT_AFTER = re.compile(r"^\s*(?:(?:nie(?:mals)?|nicht)\s+)?verl(?:assen|ässt)|^\s*(?:の外|から出|外に)")


def find_regions(reading: Reading) -> Iterator[Finding]:
    """Regions, by code or by the nearest one to a named place."""
    for match in _CODE.finditer(reading.folded):
        if not is_denied(reading, match.start(), match.end()):
            yield stated("regions", [match.group()], match.start(), match.end(), confidence=0.98, strength=EXPLICIT)
    for match in _NAME.finditer(reading.folded):
        yield stated("regions", [_NAMES[match.group()]], match.start(), match.end(), strength=EXPLICIT)
    yield from _places(reading, _CITY, REGION_OF_CITY, strength=STRONG, confidence=0.8)
    yield from _places(reading, _COUNTRY, REGION_OF_COUNTRY, strength=FAIR, confidence=0.65)
    yield from _places(reading, _UNION, REGION_OF_UNION, strength=WEAK, confidence=0.55)
    for loose, region in _LOOSE:
        for match in loose.finditer(reading.folded):
            yield _near(match, region, confidence=0.5, strength=WEAK - 5)


def _pattern(names: Mapping[str, str]) -> re.Pattern[str]:
    latin = sorted(
        (name for name in names if name.isascii() or max(name) < "\u3000"), key=lambda name: (-len(name), name)
    )
    wide = sorted((name for name in names if name not in latin), key=lambda name: (-len(name), name))
    choices = [rf"(?<![\w-])(?:{'|'.join(map(re.escape, latin))})(?![\w-])"] if latin else []
    return re.compile("|".join([*choices, *map(re.escape, wide)]))


# A region that the cloud itself calls by a country's name is as good as a city.
_NAMED_BY_COUNTRY = {
    name: region
    for name, region in REGION_OF_COUNTRY.items()
    if region == "eu-west-1" and name.startswith(("irl", "irel", "アイル"))
}
_CITY_NAMES: dict[str, str] = {**REGION_OF_CITY, **_NAMED_BY_COUNTRY}
_EU = re.compile(
    r"(?<![\w-])(?:in|within|inside|stay in|from|across|aus|in der|innerhalb der|dans|en|na|dentro da"
    r"|dentro de) (?:the |la |l'|der |a )?(?:eu|ue|eea)(?![\w-])|(?<!\w)"
                 r"(?:eu|ue)[- ](?:only|customers?|residen\w{1,24}|hosting|data|based)|eu内")  # fmt: skip
_US = re.compile(
    r"(?<!\w)(?:in|within|from|across|for) the (?:us|u\.s\.)(?![\w-])|(?<!\w)us(?:[- ](?:insurer|bank|hospital"
    r"|company|retailer|only|based|customers?|persons?|market))"
)
_UK = re.compile(
    r"(?<!\w)(?:in|within|from|across) (?:the )?uk(?!\w)|(?<!\w)uk[- ](?:only|bank|based|company|retailer|customers?"
    r"|insurer|hospital)"
)
# “us east one”, as people speak.
_SPOKEN_ENDS = {"1": "one", "2": "two", "3": "three"}
_SPOKEN = {
    said: code
    for code in AWS_REGIONS
    for said in (code.replace("-", " "), code[:-1].replace("-", " ") + _SPOKEN_ENDS.get(code[-1], code[-1]))
}
_NAMES = {**REGION_OF_NAME, **_SPOKEN}
_NAME = _pattern(_NAMES)
_CITY = _pattern(_CITY_NAMES)
_COUNTRY = _pattern({name: region for name, region in REGION_OF_COUNTRY.items() if name not in _NAMED_BY_COUNTRY})
_UNION = _pattern(REGION_OF_UNION)
_LOOSE: tuple[tuple[re.Pattern[str], str], ...] = ((_EU, "eu-west-1"), (_US, "us-east-1"), (_UK, "eu-west-2"))


def _places(
    reading: Reading, pattern: re.Pattern[str], names: Mapping[str, str], *, strength: int, confidence: float
) -> Iterator[Finding]:
    regions = {**names, **_NAMED_BY_COUNTRY}
    for match in pattern.finditer(reading.folded):
        if is_denied(reading, match.start(), match.end()) and not _is_never_left(reading, match):
            continue
        region = regions[match.group()]
        hosted = _HOSTING.search(reading.before(match.start(), chars=24)) is not None
        yield _near(
            match,
            region,
            confidence=confidence if hosted else confidence - 0.15,
            strength=strength if hosted or strength == WEAK else strength - 10,
        )


def _is_never_left(reading: Reading, match: re.Match[str]) -> bool:
    before, after = reading.before(match.start(), chars=30), reading.after(match.end(), chars=24)
    return _LEAVING.search(before) is not None or _LEFT_AFTER.search(after) is not None


def _near(match: re.Match[str], region: str, *, confidence: float, strength: int) -> Finding:
    reason = f"“{match.group().strip()}”: the nearest region with a full service list is {region}; to be confirmed"
    return inferred(
        "regions",
        [region],
        match.start(),
        match.end(),
        reason=reason,
        confidence=round(confidence, 2),
        strength=strength,
    )
