"""What a planner process is asked and answers: one JSON object on a line each way.

ask      {"id": 1, "task": "preview", "material": {...}}
answer   {"id": 1, "content": {...}}  or  {"id": 1, "problem": {"kind": "invalid", "message": ..., "problems": [...]}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from decisionworks.kit.errors import Broken, DecisionworksError, FieldProblem, Invalid
from decisionworks.policy import PolicyTerms, Waiver
from decisionworks.previews.errors import PlannerFailed

LONGEST_LINE = 32 * 1024 * 1024
READY = b'{"ready":true}\n'


def encoded(value: Mapping[str, Any]) -> bytes:
    """One line."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def problem_json(error: DecisionworksError) -> dict[str, Any]:
    """An error as the other side can raise it again."""
    problems = [one.to_json() for one in error.problems] if isinstance(error, Invalid) else []
    kind = "broken" if isinstance(error, Broken) else "invalid"
    return {
        "kind": kind,
        "code": error.code,
        "message": error.message,
        "remedy": error.remedy,
        "problems": problems,
    }


def raised(problem: Mapping[str, Any]) -> DecisionworksError:
    """The error of an answer."""
    if problem["kind"] != "invalid":
        return PlannerFailed(str(problem["message"]), remedy=problem["remedy"])
    fields = tuple(FieldProblem(**one) for one in problem["problems"])
    return Invalid(str(problem["message"]), problems=fields, remedy=problem["remedy"])


def terms_to_json(terms: PolicyTerms) -> dict[str, Any]:
    """What a project decided about its rules, for a question."""
    return {"waivers": [asdict(one) for one in terms.waivers], "thresholds": dict(terms.thresholds)}


def terms_from_json(told: Mapping[str, Any]) -> PolicyTerms:
    """The terms of a question."""
    waivers = tuple(Waiver(**one) for one in told.get("waivers") or ())
    return PolicyTerms(waivers=waivers, thresholds=dict(told.get("thresholds") or {}))
