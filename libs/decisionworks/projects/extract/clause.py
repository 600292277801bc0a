"""Where a clause begins and ends: what one clause denies, the next one does not."""

from __future__ import annotations

import re

from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.word_groups import Place

WORDS_OF_A_LABEL = 2
_CLAUSE_END = re.compile(
    r"[,;()]\s|(?<=\w{3})\s?:\s|\s(?:and|but|so|as|since|because|und|aber|sondern|weil|denn|mais|car|donc|pero|sino|porque"
    r"|pues|mas|pois|wovon|et|y|e)\s"
)
# Japanese has no blanks but where a comma stood.
_CLAUSE_END_JA = re.compile(r"[\s,:()]")


def clause_around(reading: Reading, part: Place, about: Place) -> Place:
    """The clause of a part of a sentence in which some words stand. Units: places in the folded text."""
    end_of = _CLAUSE_END_JA if reading.language == "ja" else _CLAUSE_END
    ends = [one for one in end_of.finditer(reading.folded, *part) if not _ends_a_label(reading, part, one)]
    start = max((one.end() for one in ends if one.end() <= about[0]), default=part[0])
    end = min((one.start() + 1 for one in ends if one.start() >= about[1]), default=part[1])
    return start, end


def _ends_a_label(reading: Reading, part: Place, end: re.Match[str]) -> bool:
    """“Personal data: none” is one clause."""
    return (
        end.group().lstrip().startswith(":") and len(reading.folded[part[0] : end.start()].split()) <= WORDS_OF_A_LABEL
    )
