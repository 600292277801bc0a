"""From a request to the solver's problem: gates, points, needs, bans and slots, all pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from decisionworks.patterns.bans import derive_bans
from decisionworks.patterns.gate import OFF_PATH, gate
from decisionworks.patterns.model import Pattern, PatternCatalogue, Problem, Score, Situation
from decisionworks.patterns.needs import derive_needs, derive_slots
from decisionworks.patterns.score import score
from decisionworks.patterns.situation import is_llm


def pose_problem(
    situation: Situation, *, catalogue: PatternCatalogue, objections: Sequence[Mapping[str, str]] = ()
) -> Problem:
    """Judge every pattern of the catalogue against a situation."""
    known = situation.known
    return Problem(
        situation=situation,
        gates={
            pattern.id: gate(pattern, known, is_off_path=is_off_path(pattern.id, situation))
            for pattern in catalogue.patterns
        },
        scores={pattern.id: _fair_score(pattern, situation) for pattern in catalogue.patterns},
        needs=derive_needs(situation),
        bans=derive_bans(situation),
        slots=derive_slots(situation),
        objections=tuple(objections),
    )


def _fair_score(pattern: Pattern, situation: Situation) -> Score:
    """Points of a pattern; what only prepares answers beside the path is not blamed for being no answer itself."""
    found = score(pattern, situation.working)
    if found.points < 0 and pattern.id in OFF_PATH and is_off_path(pattern.id, situation):
        return Score(points=0, because=())
    return found


def is_off_path(pattern: str, situation: Situation) -> bool:
    """Whether a pattern stands beside the path that answers the caller, whose latency then does not bind it."""
    modes = situation.working.get("inference_mode")
    online = isinstance(modes, list) and any(mode in modes for mode in ("real_time", "streaming", "edge", "async"))
    if pattern in OFF_PATH:
        return online
    # A stated p95 of a mixed request is about its fastest mode; a queue beside it answers in its own time.
    mixed = isinstance(modes, list) and "async" in modes and any(mode in modes for mode in ("real_time", "streaming"))
    return pattern == "serve-gpu-async" and mixed and not is_llm(situation.working)
