"""From the text of an answer to a checked object, or to sentences that say what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from decisionworks.llm.model import Finish, StructuredQuestion, VendorAnswer
from decisionworks.llm.prompting import leaks

_MOST_CHARS = 200_000


def read_answer(question: StructuredQuestion, answer: VendorAnswer) -> tuple[Mapping[str, Any] | None, list[str]]:
    """The content, or what is wrong: a missing end, no JSON, another shape, something that the asker refuses."""
    text = answer.text.strip()
    if answer.finish is Finish.TOO_LONG:
        return None, [f"it was cut off at {question.pack.max_output_tokens} tokens; answer more briefly"]
    if not text:
        return None, ["it is empty"]
    if len(text) > _MOST_CHARS:
        return None, [f"it has {len(text)} characters; answer more briefly"]
    if leaks(question, text):
        return None, ["it repeats the instructions; they are not part of an answer"]
    return read_text(question, text)


def read_text(question: StructuredQuestion, text: str) -> tuple[Mapping[str, Any] | None, list[str]]:
    """The content of a text, or what is wrong with it."""
    try:
        raw = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return None, [f"it is not one JSON object: {error}"]
    if "\\u0000" in text or "\x00" in text:
        return None, ["it contains a NUL character"]
    try:
        parsed = question.shape.model_validate(raw)
    except ValidationError as error:
        return None, [_said(dict(item)) for item in error.errors(include_url=False, include_input=False)]
    problems = list(question.check(parsed))
    return (None, problems) if problems else (parsed.model_dump(mode="json"), [])


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _said(item: Mapping[str, Any]) -> str:
    return f"/{'/'.join(map(str, item['loc']))}: {item['msg']}"
