"""`plan.md`: the decision first, then what contradicts, the picture, parts, money, risks, what may change, the points.

English throughout; only what is quoted from a request stands in its own language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from decisionworks.decisions.documents.changes_section import assumptions, points, thresholds, ways_out
from decisionworks.decisions.documents.conflict_section import conflicts
from decisionworks.decisions.documents.cost_section import cost
from decisionworks.decisions.documents.model import Json, PlanContent
from decisionworks.decisions.documents.said import in_plain_words
from decisionworks.decisions.documents.summary import ranked_risks, summary_lines, title_of
from decisionworks.kit.markdown import code, md, plain_text, quoted_md, table

_MODEL_API = "serve-llm-bedrock"
# A geographic profile serves EU and US, one region serves the rest, and who asked for no place is served anywhere.
_REACH = {
    "eu": "in any region of the EU", "us": "in any region of the US", "uk": "in that region",
    "country": "in that region",
}  # fmt: skip
# Parts that keep a promise to the law, the people in the data or the owner.
_KEEPING = frozenset(
    {
        "security_base", "security_network", "privacy", "governance", "explainability", "api_edge", "environments",
        "disaster_recovery", "labelling_feedback", "llm_safety",
    }
)  # fmt: skip


def plan_page(content: PlanContent, records: Mapping[str, str]) -> str:
    """The page; `records` are the decision records beside it, title by path."""
    sections = [
        _summary(content),
        conflicts(content),
        _asked(content),
        _picture(content),
        _parts(content),
        cost(content),
        _risks(content),
        _controls(content),
        _policies(content),
        assumptions(content),
        thresholds(content),
        ways_out(content),
        _steps(content),
        _records(records),
        points(content),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _summary(content: PlanContent) -> list[str]:
    rows = [(f"**{label}**", md(text)) for label, text in summary_lines(content)]
    return [f"# Plan: {md(title_of(content))}", "", *table(("", ""), rows)]


def _asked(content: PlanContent) -> list[str]:
    lines = ["## What was asked for", ""]
    lines += [quoted_md(content.request)] if content.request.strip() else ["Constraints only, without words."]
    if content.guidance:
        lines += ["", "Said at the approval:", "", quoted_md(content.guidance)]
    return lines


def _picture(content: PlanContent) -> list[str]:
    diagram = plain_text(str(content.plan.get("diagram") or "")).replace("```", "")
    return ["## Picture", "", "```mermaid", diagram.strip(), "```"] if diagram.strip() else []


def _parts(content: PlanContent) -> list[str]:
    rows = [
        (
            f"{md(pattern.get('name') or '')} {code(pattern['id'])}".strip(),
            _cents(pattern.get("monthly_usd")),
            md(pattern.get("reason") or "required by the plan"),
            _runner_up(pattern.get("runner_up")),
        )
        for pattern in content.patterns
    ]
    headings = ("part", "USD a month", "why", "instead of")
    return ["## Patterns", "", *table(headings, rows, right=[1])]


def _runner_up(runner_up: object) -> str:
    if isinstance(runner_up, Mapping):
        return f"{md(runner_up.get('name') or '')} {code(runner_up.get('id', ''))}".strip()
    return "" if runner_up is None else code(runner_up)


def _risks(content: PlanContent) -> list[str]:
    if not content.critiques:
        return []
    values = content.values
    rows = [
        (
            md(one.get("severity", "")),
            f"{md(in_plain_words(one.get('finding', ''), values))}"
            f" ({md(in_plain_words(one.get('evidence', ''), values))})",
            md(in_plain_words(one.get("proposal") or "none", values)),
            "taken up" if one.get("accepted") else "open",
        )
        for one in ranked_risks(content)
    ]
    return ["## Risks", "", "The heaviest first.", "", *table(("severity", "finding", "proposal", "state"), rows)]


def _controls(content: PlanContent) -> list[str]:
    """Which part keeps which promise, and the resources that do it."""
    kept = [one for one in content.patterns if one.get("capability") in _KEEPING]
    if not kept:
        return []
    rows = [
        (
            md(one.get("name") or one["id"]),
            md(str(one.get("reason") or "").split(" Against ", maxsplit=1)[0]),
            ", ".join(code(name) for name in one.get("resources") or ()),
        )
        for one in kept
    ]
    regions = ", ".join(map(str, content.plan.get("regions") or ())) or content.cost_estimate.get(
        "region", "one region"
    )
    where = f"Data, models, logs and backups lie in {md(regions)}.{_model_calls(content)}"
    return ["## Controls", "", where, "", *table(("control", "because", "kept by resources of the types"), rows)]


def _model_calls(content: PlanContent) -> str:
    """Where a model behind an API answers, which is not always where the data lie."""
    if not any(one["id"] == _MODEL_API for one in content.patterns):
        return ""
    reach = _REACH.get(str(content.values.get("data_residency")), "anywhere in the world")
    return f" Calls of the language model are answered {reach}."


def _policies(content: PlanContent) -> list[str]:
    rules = content.policy_results.get("rules") or ()
    told = [rule for rule in rules if rule.get("outcome") in ("fired", "waived")]
    lines = ["## Policies", ""]
    if told:
        rows = [_rule(rule, content) for rule in told]
        lines += [*table(("rule", "severity", "outcome", "evidence", "remedy"), rows), ""]
    counts = {outcome: _ids(rules, outcome) for outcome in ("passed", "not_applicable", "unknown")}
    passed, silent, unknown = (len(counts[outcome]) for outcome in ("passed", "not_applicable", "unknown"))
    lines.append(f"{passed} rules passed, {silent} do not apply, {unknown} wait for facts.")
    if unknown:
        lines += ["", f"Waiting: {', '.join(counts['unknown'])}."]
    return lines


def _rule(rule: Json, content: PlanContent) -> tuple[str, ...]:
    title = f"{md(rule['title'])} {code(rule['id'])}" if rule.get("title") else code(rule["id"])
    evidence = md(in_plain_words(rule.get("evidence") or "", content.values))
    return title, md(rule.get("severity", "")), md(rule["outcome"]), evidence, md(rule.get("remediation") or "")


def _ids(rules: Sequence[Json], outcome: str) -> list[str]:
    return [code(rule["id"]) for rule in rules if rule.get("outcome") == outcome]


def _steps(content: PlanContent) -> list[str]:
    steps = content.plan.get("next_steps") or ()
    return ["## Next steps", "", *(f"{n}. {md(step)}" for n, step in enumerate(steps, start=1))] if steps else []


def _records(records: Mapping[str, str]) -> list[str]:
    if not records:
        return []
    return ["## Decisions on record", "", *(f"- [{md(title)}]({path})" for path, title in records.items())]


def _cents(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, int | float) else ""
