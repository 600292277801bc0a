"""What a rule saw, in words: fields as the requester would say them, measures of the plan as sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping

from decisionworks.projects.tell_values import in_words, name_field

_MEASURES: Mapping[str, str] = {
    "plan.low_confidence_share": "{0:.0%} of the sum rests on prices of low confidence",
    "plan.cost_usd_month": "the plan costs {0:,.2f} USD a month",
    "plan.burden_sum": "the parts weigh {0:g} in operation",
    "plan.burden_capacity": "the team carries {0:g}",
    "plan.latency_floor_ms": "the quickest that the path answers is {0:g} ms",
    "plan.llm_own_usd_month": "a language model of one's own costs {0:,.2f} USD a month",
    "plan.llm_api_usd_month": "one behind an API would cost {0:,.2f} USD a month",
    "request.ccs": "{0:g} of 100 of what matters is known",
}
_SEVERAL = "{0:g} statements of the request are excluded by others of it"
_ONE = "two statements of the request exclude each other"
_MEASURE = re.compile(r"\b((?:plan|request)\.[a-z_]+) = (-?[\d.,]*\d)(?![\w.])")
_NOT_KNOWN = re.compile(r"\b([a-z]+(?:_[a-z0-9]+)*) = not known")


def in_plain_words(text: object, values: Mapping[str, object]) -> str:
    """A sentence of a rule or a reviewer with its fields and measures said in words."""
    told = _MEASURE.sub(_measured, str(text))
    return _NOT_KNOWN.sub(lambda match: f"not known: {name_field(match[1])}", in_words(told, values))


def _measured(match: re.Match[str]) -> str:
    number = float(match[2].replace(",", ""))
    if match[1] == "request.contradictions":
        return _ONE if number == 1 else _SEVERAL.format(number)
    phrase = _MEASURES.get(match[1])
    return match[0] if phrase is None else phrase.format(number)
