"""Finds data that may lie in one place alone, and are put into another one all the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from decisionworks.projects.extract.apart import may_both_hold, share_a_subject
from decisionworks.projects.extract.finding import Finding
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.word_groups import Place, group_pattern
from decisionworks.projects.model import Contradiction
from decisionworks.projects.places import (
    AWS_REGIONS,
    COUNTRY_WITHOUT_REGION,
    KNOWN_REGIONS,
    REGION_OF_CITY,
    REGION_OF_COUNTRY,
    REGION_OF_NAME,
)

MOST_PLACES = 24
LABEL_CHARS = 24
# States and continents that no region is named after, as people write them.
_AMERICA = "us-east-1"
_ALSO = {
    **dict.fromkeys(
        ("texas", "california", "kalifornien", "californie", "florida", "floride", "virgínia", "virginie", "oregón",
         "new york", "nueva york", "nova york", "illinois", "georgia", "arizona", "washington", "nevada", "colorado",
         "テキサス", "カリフォルニア", "フロリダ"),
        _AMERICA,
    ),
    "bavaria": "eu-central-1", "bayern": "eu-central-1", "bavière": "eu-central-1",
    "england": "eu-west-2", "angleterre": "eu-west-2", "inglaterra": "eu-west-2", "schottland": "eu-west-2",
    "swiss soil": "eu-central-2", "swiss border": "eu-central-2", "german soil": "eu-central-1",
    "french soil": "eu-west-3", "french territory": "eu-west-3",
    # Where AWS has a region that is not planned in by default.
    **dict.fromkeys(("spain", "españa", "spanien", "espagne", "espanha", "madrid", "barcelona"), "eu-south-2"),
}  # fmt: skip
# Regions that are one country's.
_ONE_COUNTRY = (
    ("us-",),
    ("ca-",),
    ("eu-central-1", "eusc-de-"),
    ("ap-northeast-1", "ap-northeast-3"),
    ("ap-south-",),
    ("ap-southeast-2", "ap-southeast-4"),
)
_BREAK = re.compile(r"[,;:()]\s|[,;()]$|\s(?:and|but|und|aber|et|mais|y|pero|e|mas)\s")
_REGION = re.compile(
    r"(?<!\w)(?:aws[- ]?)?(?:regions?|regionen|régions?|regi[oó]n|regiones|região|regiões)(?!\w)|リージョン"
)
_BREAK_JA = re.compile(r"[\s,:()]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    where: str
    place: Place
    clause: Place


def find_kept_and_put(reading: Reading, findings: Iterable[Finding]) -> Iterator[Contradiction]:
    """One contradiction where a place is said to be the only one and another one is used."""
    named = [one for _, one in zip(range(MOST_PLACES), _named(reading), strict=False)]
    for kept in named:
        if not _is_the_only_one(reading, kept):
            continue
        for used in named:
            if (
                used.where == kept.where
                or _is_as_near_as_may_be(reading, kept, used)
                or used.clause == kept.clause
                or not _is_used(reading, used)
            ):
                continue
            if not _are_the_same_data(reading, kept, used):
                continue
            if not may_both_hold(reading, kept.place, used.place):
                spans = tuple(reading.span(*one.clause) for one in sorted((kept, used), key=lambda one: one.place))
                quoted = " and ".join(f"“{span.text}”" for span in spans)
                why = f"{quoted}: one is to be the only place, the other is another one"
                yield Contradiction(fields=("data_residency", "regions"), spans=spans, why=why)
                return


def _named(reading: Reading) -> Iterator[_Named]:
    for match in _names().finditer(reading.folded):
        where = _country(_region_of(match.group()))
        yield _Named(where=where, place=match.span(), clause=_clause(reading, match.span()))


@cache
def _names() -> re.Pattern[str]:
    known = sorted(
        {*REGION_OF_NAME, *REGION_OF_CITY, *REGION_OF_COUNTRY, *KNOWN_REGIONS, *_ALSO}, key=lambda one: (-len(one), one)
    )
    latin = [re.escape(one) for one in known if max(one) < "\u3000"]
    wide = [re.escape(one) for one in known if max(one) >= "\u3000"]
    return re.compile(rf"(?<![a-zà-ÿ0-9_-])(?:{'|'.join(latin)})(?![a-zà-ÿ0-9_-])|{'|'.join(wide)}")


def _region_of(name: str) -> str:
    for names in (_ALSO, REGION_OF_NAME, REGION_OF_CITY, REGION_OF_COUNTRY):
        if name in names:
            return names[name]
    return name


def _country(region: str) -> str:
    return next((group[0] for group in _ONE_COUNTRY if region.startswith(group)), region)


def regions_of_country(name: str) -> tuple[str, ...] | None:
    """The regions of a country; None where it has none of its own."""
    if name in COUNTRY_WITHOUT_REGION:
        return None
    home = _country(_region_of(name))
    return tuple(one for one in AWS_REGIONS if _country(one) == home)


def _clause(reading: Reading, place: Place) -> Place:
    home = reading.sentence_at(place[0])
    end_of = _BREAK_JA if reading.language == "ja" else _BREAK
    ends = list(end_of.finditer(reading.folded, *home))
    start = max((one.end() for one in ends if one.end() <= place[0]), default=home[0])
    return start, min((one.start() for one in ends if one.start() >= place[1]), default=home[1])


def _are_the_same_data(reading: Reading, kept: _Named, used: _Named) -> bool:
    """Photos may lie where the readings may not."""
    if reading.sentence_at(kept.place[0]) == reading.sentence_at(used.place[0]):
        return True
    is_all = _is_the_home(reading, used) or _has(reading, ("everything", "every"), reading.sentence_at(used.place[0]))
    return is_all or share_a_subject(reading, kept.place, used.place)


def _is_the_only_one(reading: Reading, named: _Named) -> bool:
    """“Only in Ireland”, “must not leave Ireland”, “not processed outside Ireland”, “no copy elsewhere”."""
    if not _has(reading, ("stays", "leaves", "keeps", "datanoun"), reading.sentence_at(named.place[0])):
        return False
    if _has(reading, ("only",), named.clause):
        return True
    if _has(reading, ("leaves",), named.clause):
        return _has(reading, ("not",), named.clause)
    return _has(reading, ("elsewhere_not",), reading.sentence_at(named.place[0])) and _has(
        reading, ("stays",), named.clause
    )


def _is_the_home(reading: Reading, named: _Named) -> bool:
    """“Region: us-west-2” is where all of it runs."""
    is_code = reading.folded[slice(*named.place)] in KNOWN_REGIONS
    return is_code and _REGION.search(reading.before(named.place[0], chars=LABEL_CHARS)) is not None


def _is_as_near_as_may_be(reading: Reading, kept: _Named, used: _Named) -> bool:
    """A country without a region of its own: that a region nearby is none in it has a rule of its own."""
    is_homeless = reading.folded[slice(*kept.place)] in COUNTRY_WITHOUT_REGION
    return is_homeless and used.where.split("-", maxsplit=1)[0] == kept.where.split("-", maxsplit=1)[0]


def _is_used(reading: Reading, named: _Named) -> bool:
    if _has(reading, ("not", "leaves", "persons"), named.clause):
        return False
    if _is_the_home(reading, named):
        return True
    return _has(reading, ("stays", "runs", "copies"), named.clause)


def _has(reading: Reading, groups: Iterable[str], part: Place) -> bool:
    patterns = (group_pattern(group, reading.language) for group in groups)
    return any(pattern is not None and pattern.search(reading.folded, *part) for pattern in patterns)
