"""A decision set for people: what was decided, what it costs, what the policies say, what happens next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from decisionworks.cli.progress import failure_text
from decisionworks.cli.terminal import line, money

Json = Mapping[str, Any]
_FIRST_QUESTIONS = 3
_FIRST_ASSUMPTIONS = 6
_VERDICTS = {"pass": "[green]pass[/]", "warn": "[yellow]warn[/]", "block": "[red]block[/]"}


def print_decision_set(console: Console, shown: Json) -> None:
    """Everything that a person wants to see before deciding."""
    console.print(f"\n[bold]decision set[/] {shown['id']}  revision {shown['revision']}, version {shown['version']}")
    _print_untrusted(console, shown)
    if shown.get("plan"):
        print_plan(console, shown)
    if shown.get("infeasibility"):
        print_infeasibility(console, shown["infeasibility"])
    if shown["status"] == "needs_input":
        print_questions(console, shown)
    if shown.get("failure"):
        console.print(f"[red]failed[/]: {line(failure_text(shown['failure']))}")
    console.print(f"[bold]status[/] {status_line(shown)}")


def print_plan(console: Console, shown: Json) -> None:
    """The plan with its cost, policies, objections and assumptions."""
    plan = shown["plan"]
    costs = _cost_by_pattern(shown.get("cost_estimate") or {})
    table = Table(title=None, expand=False, pad_edge=False, box=None, header_style="bold")
    for heading in ("pattern", "capability", "$/month", "why", "runner-up"):
        table.add_column(heading, justify="right" if heading == "$/month" else "left", overflow="fold")
    unshown = dict(costs)
    for pattern in plan.get("patterns", []):
        usd = unshown.pop(pattern["id"], None)
        usd = unshown.pop(pattern.get("capability"), None) if usd is None else usd
        table.add_row(
            line(pattern["id"]),
            line(pattern.get("capability", "")),
            "" if usd is None else f"{usd:,.2f}",
            line(pattern.get("reason", ""), limit=160),
            line(_runner_up(pattern.get("runner_up")), limit=80),
        )
    console.print(table)
    _print_cost(console, shown.get("cost_estimate") or {})
    _print_policies(console, shown.get("policy_results") or {})
    for critique in shown.get("critiques") or []:
        console.print(
            f"critic {line(critique.get('critic'))}, {line(critique.get('severity'))}: {line(critique.get('finding'))}"
        )
    _print_assumptions(console, plan.get("assumptions") or [])


def _print_assumptions(console: Console, assumptions: Sequence[Json]) -> None:
    for assumption in assumptions[:_FIRST_ASSUMPTIONS]:
        field, value = line(assumption.get("field")), line(assumption.get("value"))
        console.print(f"[dim]assumed[/] {field} = {value}  [dim]{line(assumption.get('effect', ''), limit=120)}[/]")
    rest = [str(assumption.get("field")) for assumption in assumptions[_FIRST_ASSUMPTIONS:]]
    if rest:
        console.print(f"[dim]also assumed, by the catalogue's defaults: {line(rest, limit=1000)}[/]")


def print_questions(console: Console, shown: Json) -> None:
    """The open questions: the first three in full, the rest by field."""
    questions: Sequence[Json] = shown.get("questions") or []
    for number, question in enumerate(questions[:_FIRST_QUESTIONS], start=1):
        console.print(f"[bold]{number}. {line(question.get('text'))}[/]")
        if question.get("why"):
            console.print(f"   [dim]why: {line(question['why'])}[/]")
        options = question.get("options")
        if options:
            console.print(f"   one of: {line(options)}")
        console.print(f"   {line(question.get('field'))}=…")
    rest = [str(question.get("field")) for question in questions[_FIRST_QUESTIONS:]]
    if rest:
        console.print(f"[dim]also open: {line(rest)}[/]")
    console.print(f"answer with: decisionworks answer {shown['id']} FIELD=VALUE …")


def status_line(shown: Json) -> str:
    """Where it stands and what may be done, in a line."""
    status = str(shown["status"])
    match status:
        case "gate_waiting":
            refusal = (shown["actions"].get("why_not") or {}).get("approve")
            if refusal is None:
                return f"gate_waiting: decisionworks approve {shown['id']}, or reject, or revise"
            return f"gate_waiting, and cannot be approved: {line(refusal)}"
        case "blocked":
            rules = fired(shown.get("policy_results") or {}, severity="block")
            return f"blocked{': ' + ', '.join(rules) if rules else ''}: decisionworks revise {shown['id']} --set …"
        case "completed":
            return f"completed: decisionworks artifact {shown['id']} --out PATH"
        case _:
            return status


def fired(policy_results: Json, *, severity: str) -> list[str]:
    """The ids of the rules of a severity that fired."""
    rules = policy_results.get("rules") or []
    return [str(one["id"]) for one in rules if one.get("severity") == severity and one.get("outcome") == "fired"]


def print_checks(console: Console, validation: Json) -> None:
    """Every check by name; a skipped one with its reason."""
    checks = validation.get("checks") or []
    passed = [str(one["id"]) for one in checks if one.get("status") == "passed"]
    console.print(f"[green]passed[/]  {len(passed)} checks: {line(passed, limit=1000)}")
    for check in checks:
        if check.get("status") == "skipped":
            console.print(f"[yellow]skipped[/] {line(check['id'])}: {line(check.get('reason') or 'no reason given')}")
        elif check.get("status") == "failed":
            console.print(f"[red]failed[/]  {line(check['id'])}: {line(check.get('reason') or '')}")
            for finding in (check.get("findings") or [])[:5]:
                console.print(f"    {line(finding)}")


def _print_cost(console: Console, estimate: Json) -> None:
    monthly = estimate.get("monthly")
    if not monthly:
        return
    unpriced = estimate.get("unpriced") or []
    console.print(
        f"[bold]cost[/] {money(monthly.get('expected'))} / month "
        f"({money(monthly.get('low'))} to {money(monthly.get('high'))}) in {line(estimate.get('region'))}, "
        f"list prices of {line(estimate.get('prices_as_of'))}"
        + (f"; unpriced: {line(_names(unpriced))}" if unpriced else "")
    )
    one = estimate.get("per_prediction")
    if isinstance(one, Mapping):
        more = money(one["next_thousand_usd"]) if one["next_thousand_usd"] else "nothing"
        console.print(
            f"     {money(one['usd_per_thousand'])} per thousand of {one['predictions_month']:,} predictions a month; "
            f"{money(one['fixed_usd_month'])} fixed, {more} for each thousand more"
        )


def _print_policies(console: Console, results: Json) -> None:
    if not results:
        return
    rules = results.get("rules") or []
    passed = sum(1 for rule in rules if rule.get("outcome") == "passed")
    unknown = sum(1 for rule in rules if rule.get("outcome") == "unknown")
    verdict = _VERDICTS.get(str(results.get("status")), line(results.get("status")))
    console.print(f"[bold]policy[/] {verdict}: {passed} passed, {unknown} unknown (facts or code not there)")
    for rule in rules:
        if rule.get("outcome") in ("fired", "waived"):
            colour = {"block": "red", "warn": "yellow"}.get(str(rule.get("severity")), "dim")
            what = "waived" if rule["outcome"] == "waived" else line(rule.get("severity"))
            console.print(f"    [{colour}]{what}[/] {line(rule['id'])}: {line(rule.get('evidence', ''), limit=200)}")
            if rule.get("remediation") and rule["outcome"] == "fired":
                console.print(f"         [dim]{line(rule['remediation'], limit=200)}[/]")


def print_infeasibility(console: Console, infeasibility: Json) -> None:
    """What cannot hold together, in the user's words, and the priced ways out."""
    console.print("[red]no plan meets all of this together:[/]")
    for conflict in infeasibility.get("conflicts") or []:
        quotes = [_quote(span) for span in conflict.get("spans") or []]
        console.print(f"    {line(conflict.get('fields'))}: {line(conflict.get('why'))}")
        if any(quotes):
            console.print(f"        [dim]you said: {line([quote for quote in quotes if quote])}[/]")
    for relaxation in infeasibility.get("relaxations") or []:
        usd = relaxation.get("monthly_usd")
        price = "" if usd is None else f" ({money(usd)} / month)"
        changes = relaxation.get("changes")
        text = ", ".join(f"{k}={v}" for k, v in changes.items()) if isinstance(changes, Mapping) else line(changes)
        console.print(f"    way out: {line(text)}{price}  [dim]{line(relaxation.get('why', ''))}[/]")


def _print_untrusted(console: Console, shown: Json) -> None:
    for order in shown.get("untrusted_instructions") or []:
        console.print(f'[yellow]an order inside the request, quoted and not followed:[/] "{line(order.get("text"))}"')


def _quote(span: object) -> str:
    if isinstance(span, Mapping):
        return f"“{span.get('text', '')}”" if span.get("text") else ""
    return str(span) if span else ""


def _cost_by_pattern(estimate: Json) -> dict[str, float]:
    """What each pattern costs; an estimate without patterns is told by capability."""
    found: dict[str, float] = {}
    for item in estimate.get("items") or []:
        usd, name = item.get("usd"), str(item.get("pattern") or item.get("capability"))
        if isinstance(usd, int | float):
            found[name] = found.get(name, 0.0) + usd
    return found


def _names(unpriced: Sequence[object]) -> list[str]:
    return [str(one.get("price") or one.get("id") or one) if isinstance(one, Mapping) else str(one) for one in unpriced]


def _runner_up(runner_up: object) -> str:
    if isinstance(runner_up, Mapping):
        return str(runner_up.get("id", ""))
    return "" if runner_up is None else str(runner_up)
