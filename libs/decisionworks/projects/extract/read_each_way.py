"""What a request would say if only one of two statements that exclude each other stood in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from decisionworks.projects.extract.extract_constraints import extract_constraints
from decisionworks.projects.extract.language import detect_language
from decisionworks.projects.extract.reading import Reading, prepare
from decisionworks.projects.extract.word_groups import Place
from decisionworks.projects.model import ConstraintCatalogue, Constraints, Plain

# Each side is one more reading of the whole text.
MOST_CONTRADICTIONS = 3
MOST_SIDES = 2

Json = Mapping[str, Any]


def read_each_way(
    request: str,
    contradictions: Sequence[Json],
    *,
    data: Mapping[str, Plain | None] | None,
    catalogue: ConstraintCatalogue,
) -> list[dict[str, Any]]:
    """The contradictions, each with `readings`: for each of its statements the values that hold if it alone counts.

    The text is read again without the sentence of the other side, so that nothing is taken from how they clashed.
    Fields without a value in a reading are None there. A contradiction without two places in the text has no readings.
    """
    reading = prepare(request, language=detect_language(request))
    told = []
    for number, one in enumerate(contradictions):
        places = [(int(span["start"]), int(span["end"])) for span in one.get("spans") or ()][:MOST_SIDES]
        if number >= MOST_CONTRADICTIONS or len(places) < MOST_SIDES:
            told.append(dict(one))
            continue
        sides = [
            extract_constraints(
                _without(request, place, other, reading=reading), data=data, on_missing="assume", catalogue=catalogue
            ).constraints
            for place, other in ((places[0], places[1]), (places[1], places[0]))
        ]
        values = [_values(side, one["fields"]) for side in sides]
        if values[0] == values[1]:
            differing = [name for name in sides[0] if _value(sides[0], name) != _value(sides[1], name)]
            values = [_values(side, [name for name in differing if name != "use_case_summary"]) for side in sides]
        told.append({**one, "readings": values})
    return told


def _without(request: str, kept: Place, left_out: Place, *, reading: Reading) -> str:
    """The text without the sentence of one side; where both stand in one sentence, without its words alone."""
    start, end = reading.sentence_at(left_out[0])[0], reading.sentence_at(max(left_out[0], left_out[1] - 1))[1]
    if start <= kept[0] < end or start < kept[1] <= end:
        start, end = left_out
    blank = "".join(char if char == "\n" else " " for char in request[start:end])
    return request[:start] + blank + request[end:]


def _values(side: Constraints, fields: Sequence[str]) -> dict[str, Plain | None]:
    return {name: _value(side, name) for name in fields if name in side}


def _value(side: Constraints, name: str) -> Plain | None:
    return side[name].value if side[name].is_known else None
