"""`plan.md`: the decision first, then the picture, the parts with reasons, the money, the risks and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from decisionworks.decisions.documents.model import Json, PlanContent, shown
from decisionworks.decisions.documents.money import by_capability
from decisionworks.kit.markdown import code, md, plain_text, quoted_md, table

_SEVERITIES = {"block": 0, "high": 0, "medium": 1, "warn": 1, "low": 2, "info": 2}


def plan_page(content: PlanContent, records: Mapping[str, str]) -> str:
    """The page; `records` are the decision records beside it, title by path."""
    sections = [
        _summary(content),
        _asked(content),
        _conflicts(content),
        _picture(content),
        _parts(content),
        _cost(content),
        _risks(content),
        _policies(content),
        _assumptions(content),
        _thresholds(content),
        _exits(content),
        _steps(content),
        _records(records),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _summary(content: PlanContent) -> list[str]:
    monthly = content.cost_estimate.get("monthly") or {}
    title = content.values.get("use_case_summary") or content.values.get("use_case_type") or "the request"
    names = [str(pattern.get("name") or pattern["id"]) for pattern in _serving(content)]
    rows = [
        ("Answers by", md(", ".join(names) or "no serving of its own")),
        ("Made of", f"{len(content.patterns)} patterns in {md(content.cost_estimate.get('region', 'no region'))}"),
    ]
    if monthly:
        rows.append(
            ("Costs a month", f"**{_usd(monthly['expected'])}**, {_usd(monthly['low'])} to {_usd(monthly['high'])}")
        )
        rows += _budget(content, float(monthly["expected"]))
    rows.append(("Policies say", _verdict(content)))
    open_ones = [one for one in content.critiques if not one.get("accepted")]
    rows.append(("Reviewers found", _findings(content.critiques, open_ones)))
    assumptions = content.plan.get("assumptions") or []
    first = ", ".join(code(item["field"]) for item in assumptions[:3])
    rows.append(("Rests on", f"{len(assumptions)} assumptions" + (f", first of all {first}" if first else "")))
    rows.append(("Plan hash", code(content.short_hash)))
    return [f"# Plan: {md(title)}", "", *table(("", ""), rows)]


def _serving(content: PlanContent) -> list[Json]:
    return [pattern for pattern in content.patterns if pattern.get("capability") == "serving"]


def _budget(content: PlanContent, expected: float) -> list[tuple[str, str]]:
    budget = content.values.get("budget_usd_month")
    if not isinstance(budget, int | float) or isinstance(budget, bool) or not budget:
        return []
    hardness = f", {md(content.values['budget_hardness'])}" if content.values.get("budget_hardness") else ""
    verb = "uses" if expected <= budget else "exceeds it:"
    return [
        ("Budget", f"{_usd(float(budget))} a month{hardness}; the plan {verb} {100 * expected / budget:.0f} % of it")
    ]


def _findings(critiques: Sequence[Json], open_ones: Sequence[Json]) -> str:
    if not critiques:
        return "nothing to object to"
    serious = sum(_SEVERITIES.get(str(one.get("severity")), 1) == 0 for one in open_ones)
    taken = len(critiques) - len(open_ones)
    return f"{len(open_ones)} open findings, {serious} of them serious; {taken} taken up by the planner"


def _verdict(content: PlanContent) -> str:
    rules = content.policy_results.get("rules") or ()
    fired = [code(rule["id"]) for rule in rules if rule.get("outcome") == "fired"]
    return md(content.policy_results.get("status", "nothing yet")) + (f": {', '.join(fired)}" if fired else "")


def _asked(content: PlanContent) -> list[str]:
    lines = ["## What was asked for", ""]
    lines += [quoted_md(content.request)] if content.request.strip() else ["Constraints only, without words."]
    if content.guidance:
        lines += ["", "Said at the approval:", "", quoted_md(content.guidance)]
    return lines


def _conflicts(content: PlanContent) -> list[str]:
    if content.infeasibility is None:
        return []
    lines = ["## What cannot hold together", ""]
    lines += [f"- {md(conflict.get('why', ''))}" for conflict in content.infeasibility.get("conflicts") or ()]
    rows = [
        (_changes(way.get("changes")), _usd(way.get("monthly_usd")), md(way.get("why", "")))
        for way in content.infeasibility.get("relaxations") or ()
    ]
    return [*lines, "", *table(("a way out", "USD a month", "why"), rows, right=[1])] if rows else lines


def _changes(changes: object) -> str:
    if isinstance(changes, Mapping):
        return ", ".join(f"{code(field)} = {md(shown(value))}" for field, value in changes.items())
    return md(changes)


def _picture(content: PlanContent) -> list[str]:
    diagram = plain_text(str(content.plan.get("diagram") or "")).replace("```", "")
    return ["## Picture", "", "```mermaid", diagram.strip(), "```"] if diagram.strip() else []


def _parts(content: PlanContent) -> list[str]:
    rows = [
        (
            md(pattern.get("capability", "")),
            code(pattern["id"]),
            md(pattern.get("reason") or "required by the plan"),
            _runner_up(pattern.get("runner_up")),
        )
        for pattern in content.patterns
    ]
    headings = ("capability", "pattern", "why", "turned down")
    return ["## Patterns", "", *table(headings, rows)]


def _runner_up(runner_up: object) -> str:
    if isinstance(runner_up, Mapping):
        return f"{code(runner_up.get('id', ''))}: {md(runner_up.get('why_not') or 'fewer points')}"
    return "" if runner_up is None else code(runner_up)


def _cost(content: PlanContent) -> list[str]:
    estimate = content.cost_estimate
    monthly = estimate.get("monthly")
    if not monthly:
        return ["## Cost", "", "The plan carries no estimate."]
    rows = [
        (md(capability), _cents(one.low), _cents(one.expected), _cents(one.high))
        for capability, one in by_capability(estimate).items()
    ]
    low, expected, high = (f"**{_cents(monthly[key])}**" for key in ("low", "expected", "high"))
    rows.append(("**all**", low, expected, high))
    lines = [
        "## Cost",
        "",
        f"{md(estimate.get('currency', 'USD'))} a month, list prices of {md(estimate.get('prices_as_of', 'the plan'))};"
        " every line is in [cost.csv](cost.csv).",
        "",
        *table(("capability", "low", "expected", "high"), rows, right=[1, 2, 3]),
    ]
    lines += _drivers(estimate) + _per_prediction(estimate) + _unpriced(estimate)
    tiers = content.plan.get("tiers") or {}
    tier_rows = [(md(name), _cents(tier.get("monthly_usd")), md(tier.get("why", ""))) for name, tier in tiers.items()]
    return (
        [*lines, "", *table(("tier", "USD a month", "against the plan"), tier_rows, right=[1])] if tier_rows else lines
    )


def _drivers(estimate: Json) -> list[str]:
    drivers = [one for one in estimate.get("drivers") or () if isinstance(one, Mapping)]
    named = [f"{code(one.get('price', ''))} {_usd(one.get('usd'))}" for one in drivers]
    return ["", f"What moves the bill most: {', '.join(named)}."] if named else []


def _per_prediction(estimate: Json) -> list[str]:
    one = estimate.get("per_prediction")
    if not isinstance(one, Mapping):
        return []
    return [
        "",
        f"At {one['predictions_month']:,} predictions a month a thousand cost {_plain(one['usd_per_thousand'])} USD:"
        f" {_cents(one['fixed_usd_month'])} a month are there before the first one, a thousand more add"
        f" {_plain(one['next_thousand_usd'])} USD.",
    ]


def _plain(usd: float) -> str:
    """Three digits without an exponent, however little it is."""
    return f"{Decimal(f'{usd:.3g}'):,f}" if usd else "0"


def _unpriced(estimate: Json) -> list[str]:
    names = [code(one.get("price", one) if isinstance(one, Mapping) else one) for one in estimate.get("unpriced") or ()]
    return ["", f"Not priced, so not in the sum: {', '.join(names)}."] if names else []


def _risks(content: PlanContent) -> list[str]:
    if not content.critiques:
        return []
    ordered = sorted(content.critiques, key=lambda one: _SEVERITIES.get(str(one.get("severity")), 1))
    rows = [
        (
            md(one.get("severity", "")),
            f"{md(one.get('finding', ''))} ({md(one.get('evidence', ''))})",
            md(one.get("proposal") or "none"),
            "taken up" if one.get("accepted") else "open",
        )
        for one in ordered
    ]
    return ["## Risks", "", *table(("severity", "finding", "proposal", "state"), rows)]


def _policies(content: PlanContent) -> list[str]:
    rules = content.policy_results.get("rules") or ()
    told = [rule for rule in rules if rule.get("outcome") in ("fired", "waived")]
    lines = ["## Policies", ""]
    if told:
        rows = [
            (
                code(rule["id"]),
                md(rule.get("severity", "")),
                md(rule["outcome"]),
                md(rule.get("evidence") or ""),
                md(rule.get("remediation") or ""),
            )
            for rule in told
        ]
        lines += [*table(("rule", "severity", "outcome", "evidence", "remedy"), rows), ""]
    counts = {outcome: _ids(rules, outcome) for outcome in ("passed", "not_applicable", "unknown")}
    passed, silent, unknown = (len(counts[outcome]) for outcome in ("passed", "not_applicable", "unknown"))
    lines.append(f"{passed} rules passed, {silent} do not apply, {unknown} wait for facts.")
    if unknown:
        lines += ["", f"Waiting: {', '.join(counts['unknown'])}."]
    return lines


def _ids(rules: Sequence[Json], outcome: str) -> list[str]:
    return [code(rule["id"]) for rule in rules if rule.get("outcome") == outcome]


def _assumptions(content: PlanContent) -> list[str]:
    assumptions = content.plan.get("assumptions") or ()
    if not assumptions:
        return ["## Assumptions", "", "None: every value was stated or follows from what was stated."]
    rows = [(code(item["field"]), md(shown(item.get("value"))), md(item.get("effect") or "")) for item in assumptions]
    return ["## Assumptions", "", *table(("field", "taken for", "effect"), rows)]


def _thresholds(content: PlanContent) -> list[str]:
    found = [one.get("text") if isinstance(one, Mapping) else one for one in content.plan.get("thresholds") or ()]
    return ["## When the plan changes", "", *(f"- {md(text)}" for text in found if text)] if any(found) else []


def _exits(content: PlanContent) -> list[str]:
    rows = [
        (
            code(one["pattern"]),
            md(", ".join(one.get("services") or ())),
            md(one.get("open_alternative") or ""),
            md(one.get("trigger") or ""),
            md(one.get("stays") or ""),
        )
        for one in content.plan.get("exit_points") or ()
    ]
    heads = ("part", "bound to", "open alternative", "leave when", "what stays")
    return ["## Ways out", "", *table(heads, rows)] if rows else []


def _steps(content: PlanContent) -> list[str]:
    steps = content.plan.get("next_steps") or ()
    return ["## Next steps", "", *(f"{n}. {md(step)}" for n, step in enumerate(steps, start=1))] if steps else []


def _records(records: Mapping[str, str]) -> list[str]:
    if not records:
        return []
    return ["## Decisions on record", "", *(f"- [{md(title)}]({path})" for path, title in records.items())]


def _usd(value: object) -> str:
    return f"{value:,.2f} USD" if isinstance(value, int | float) else "not priced"


def _cents(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, int | float) else ""
