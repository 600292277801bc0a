"""One decision record for the plan, and one for each choice that had a rival."""

from __future__ import annotations

import re
from collections.abc import Mapping

from decisionworks.decisions.documents.model import Json, PlanContent
from decisionworks.decisions.documents.money import by_capability
from decisionworks.kit.markdown import code, md, table
from decisionworks.projects import load_constraint_catalogue
from decisionworks.projects.conditions import holds
from decisionworks.projects.model import Field
from decisionworks.projects.tell_values import tell_value

# Whoever reads on wants the choices that shape everything else first.
# A number belongs to a capability, so that a record keeps its name from revision to revision.
_LEADING = (
    "serving", "orchestration", "training", "ingestion", "processing", "registry", "feature_store", "vector_store",
    "disaster_recovery", "connectivity",
)  # fmt: skip
_AS_WRITTEN = ("use_case_summary",)
_FIRST_NUMBER = 2
_MOST_RECORDS = 12


def decision_records(content: PlanContent) -> dict[str, tuple[str, str]]:
    """The records as `{path: (title, text)}`, the plan's own first."""
    records = {"adr/0001-approved-plan.md": ("The approved plan", _whole(content))}
    contested = [pattern for pattern in content.patterns if isinstance(pattern.get("runner_up"), Mapping)]
    contested.sort(key=lambda pattern: _rank(str(pattern.get("capability"))))
    for pattern in contested[:_MOST_RECORDS]:
        number = _FIRST_NUMBER + _rank(str(pattern.get("capability")))
        title = f"{_words(pattern.get('capability'))}: {pattern.get('name') or pattern['id']}"
        path = f"adr/{number:04d}-{_slug(str(pattern.get('capability')))}-{_slug(str(pattern['id']))}.md"
        records[path] = (title, _choice(number, title, pattern, content))
    return records


def _rank(capability: str) -> int:
    return _LEADING.index(capability) if capability in _LEADING else len(_LEADING)


def _applies(field: Field, values: Json) -> bool:
    return field.applies_when is None or holds(field.applies_when, values)


def _whole(content: PlanContent) -> str:
    assumed = {str(one.get("field")) for one in content.plan.get("assumptions") or () if isinstance(one, Mapping)}
    applicable = {field.name for field in load_constraint_catalogue().fields if _applies(field, content.values)}
    facts = [
        (code(field), md(value if field in _AS_WRITTEN else tell_value(field, value)))
        for field, value in content.values.items()
        if value not in (None, []) and field in applicable and field not in assumed
    ]
    chosen = [
        f"- {code(pattern['id'])} ({md(pattern.get('capability', ''))}): {md(pattern.get('reason') or 'required')}"
        for pattern in content.patterns
    ]
    lines = [
        "# 1. The approved plan",
        "",
        f"Status: accepted with plan {code(content.short_hash)}.",
        "",
        "## Context",
        "",
        *table(("fact", "value"), facts),
        "",
        "What nobody said is assumed; it stands with its effect under Assumptions in [plan.md](../plan.md).",
        "",
        "## Decision",
        "",
        *chosen,
        "",
        "## Consequences",
        "",
        "- Changing a pattern means a new plan and a new record beside this one, not an edit here.",
        "- Cost, risks, assumptions and what would change the plan are in [plan.md](../plan.md).",
    ]
    return "\n".join(lines) + "\n"


def _choice(number: int, title: str, pattern: Json, content: PlanContent) -> str:
    rival = pattern["runner_up"]
    lines = [
        f"# {number}. {md(title)}",
        "",
        f"Status: accepted with plan {code(content.short_hash)}.",
        "",
        "## Context",
        "",
        md(pattern.get("reason") or "required by the plan"),
        "",
        "## Decision",
        "",
        f"{md(pattern.get('name') or '')} {code(pattern['id'])}".strip()
        + f" provides {md(_words(pattern.get('capability')).lower())}.",
        "",
        "## Turned down",
        "",
        f"- {md(rival.get('name') or '')} {code(rival.get('id', ''))}: {md(rival.get('why_not') or 'fewer points')}",
        "",
        "## Consequences",
        "",
        *_consequences(pattern, content),
        "",
        f"Points: {_points(pattern, 'score', 'points')} against {_points(rival, 'points', 'points_of')}.",
    ]
    return "\n".join(lines) + "\n"


def _points(row: Json, total: str, parts: str) -> str:
    because = "; ".join(map(str, row.get(parts) or ())) if isinstance(row.get(parts), list) else ""
    return f"{md(row.get(total, 0))}" + (f" ({md(because)})" if because else "")


def _consequences(pattern: Json, content: PlanContent) -> list[str]:
    lines = []
    cost = by_capability(content.cost_estimate).get(str(pattern.get("capability")))
    if cost is not None:
        lines.append(
            f"- {md(_words(pattern.get('capability')))} costs {cost.expected:,.2f} USD a month,"
            f" {cost.low:,.2f} to {cost.high:,.2f}."
        )
    if pattern.get("requires"):
        lines.append(f"- It needs {', '.join(code(need) for need in pattern['requires'])}.")
    if pattern.get("aws_services"):
        lines.append(f"- It binds to {md(', '.join(map(str, pattern['aws_services'])))}.")
    if pattern.get("open_source_alternative"):
        lines.append(f"- The way out: {md(pattern['open_source_alternative'])}.")
    thresholds = content.plan.get("thresholds") or ()
    lines += [
        f"- To be looked at again: {md(one['text'])}."
        for one in thresholds
        if isinstance(one, Mapping)
        and one.get("text")
        and (one.get("pattern") == pattern["id"] or pattern["id"] in (one.get("without") or ()))
    ]
    return lines or ["- None beyond the plan's own."]


def _words(capability: object) -> str:
    text = str(capability or "choice").replace("_", " ")
    return text[:1].upper() + text[1:]


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40] or "choice"
