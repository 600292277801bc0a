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
_FIRST_THRESHOLDS = 5
_LONGEST_REASON = 400
_VERDICTS = {"pass": "[green]pass[/]", "warn": "[yellow]warn[/]", "block": "[red]block[/]"}


def print_decision_set(console: Console, shown: Json) -> None:
    """Everything that a person wants to see before deciding."""
    console.print(f"\n[bold]decision set[/] {shown['id']}  revision {shown['revision']}, version {shown['version']}")
    _print_untrusted(console, shown)
    print_whole_plan(console, shown)
    if shown["status"] == "needs_input":
        print_questions(console, shown)
    if shown.get("failure"):
        console.print(f"[red]failed[/]: {line(failure_text(shown['failure']))}")
    console.print(f"[bold]status[/] {status_line(shown)}")


def print_whole_plan(console: Console, shown: Json) -> None:
    """The decision in a few lines, what cannot hold together, then the parts, the money and what may change."""
    _print_summary(console, shown.get("summary") or [])
    if shown.get("infeasibility"):
        print_infeasibility(console, shown["infeasibility"])
    if shown.get("plan"):
        print_plan(console, shown)


def _print_summary(console: Console, rows: Sequence[Json]) -> None:
    if not rows:
        return
    table = Table(box=None, show_header=False, pad_edge=False, expand=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(line(row.get("label")), line(row.get("text"), limit=1200))
    console.print(table)
    console.print()


def print_plan(console: Console, shown: Json) -> None:
    """The plan with its cost, policies, findings, assumptions and turning points."""
    plan = shown["plan"]
    table = Table(title=None, expand=False, pad_edge=False, box=None, header_style="bold")
    for heading in ("part", "$/month", "why"):
        table.add_column(heading, justify="right" if heading == "$/month" else "left", overflow="fold")
    unshown = _cost_by_pattern(shown.get("cost_estimate") or {})
    for pattern in plan.get("patterns", []):
        usd = unshown.pop(pattern["id"], None)
        usd = unshown.pop(pattern.get("capability"), None) if usd is None else usd
        name, priced = line(pattern["id"]), "" if usd is None else f"{usd:,.2f}"
        table.add_row(name, priced, line(pattern.get("reason", ""), limit=_LONGEST_REASON))
    console.print(table)
    _print_cost(console, shown.get("cost_estimate") or {})
    _print_policies(console, shown.get("policy_results") or {})
    for critique in shown.get("critiques") or []:
        state = "taken up" if critique.get("accepted") else line(critique.get("severity"))
        console.print(f"{line(critique.get('critic'))} critic, {state}: {line(critique.get('finding'))}")
    _print_assumptions(console, plan.get("assumptions") or [])
    for threshold in (plan.get("thresholds") or [])[:_FIRST_THRESHOLDS]:
        console.print(f"[dim]changes[/] {line(threshold.get('text'))}")


def _print_assumptions(console: Console, assumptions: Sequence[Json]) -> None:
    first = [one for one in assumptions if one.get("usd_delta") or one.get("plan_changes")][:_FIRST_ASSUMPTIONS]
    for assumption in first:
        field, value = line(assumption.get("field")), line(assumption.get("value"))
        console.print(f"[dim]assumed[/] {field} = {value}  [dim]{line(assumption.get('effect', ''), limit=200)}[/]")
    rest = [f"{one.get('field')} = {_plain(one.get('value'))}" for one in assumptions if one not in first]
    if rest:
        console.print(f"[dim]also assumed, by the catalogue's defaults: {line(rest, limit=1000)}[/]")


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


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
            console.print(f"    [{colour}]{what}[/] {line(rule['id'])}: {line(_evidence(rule), limit=300)}")
            if rule.get("remediation") and rule["outcome"] == "fired":
                console.print(f"         [dim]{line(rule['remediation'], limit=200)}[/]")


def _evidence(rule: Json) -> object:
    return rule.get("told") or rule.get("evidence") or ""


def print_infeasibility(console: Console, infeasibility: Json) -> None:
    """What cannot hold together, in the user's words, each side with its plan and price, and the ways out."""
    conflicts = infeasibility.get("conflicts") or []
    if any(not one.get("is_of_words") for one in conflicts):
        console.print("[red]no plan meets all of this together:[/]")
    for conflict in conflicts:
        if conflict.get("is_of_words"):
            _print_sides(console, conflict)
            continue
        quotes = [_quote(span) for span in conflict.get("spans") or []]
        console.print(f"    {line(conflict.get('fields'))}: {line(conflict.get('why'), limit=800)}")
        if any(quotes):
            console.print(f"        [dim]you said: {line([quote for quote in quotes if quote])}[/]")
    told = [side.get("changes") for one in conflicts for side in one.get("readings") or []]
    for relaxation in infeasibility.get("relaxations") or []:
        if relaxation.get("changes") in told:
            continue
        usd = relaxation.get("monthly_usd")
        price = "" if usd is None else f" ({money(usd)} / month)"
        text = ", ".join(_pairs(relaxation.get("changes")))
        console.print(f"    way out: {line(text)}{price}  [dim]{line(relaxation.get('why', ''), limit=800)}[/]")


def _print_sides(console: Console, conflict: Json) -> None:
    """Both statements word for word, and what each of them would mean."""
    console.print(f"[red]{line(conflict.get('why'))}[/]")
    sides: Sequence[Json] = conflict.get("readings") or []
    for number, span in enumerate(conflict.get("spans") or []):
        letter = "ABCDEF"[number % 6]
        console.print(f"  [bold]{letter}[/] {line(_quote(span), limit=1000)}")
        if number < len(sides):
            monthly = sides[number].get("monthly")
            price = f"{money(monthly.get('expected'))} / month" if isinstance(monthly, Mapping) else "no plan"
            console.print(f"    then: {line(sides[number].get('why'), limit=600)}, {price}")
            console.print(
                f"    say so with: {line(' '.join(f'--set {one}' for one in _pairs(sides[number].get('changes'))))}"
            )
    if conflict.get("question"):
        console.print(f"  [bold]to answer:[/] {line(conflict['question'], limit=600)}")


def _pairs(changes: object) -> list[str]:
    """The changes as `--set` takes them."""
    if not isinstance(changes, Mapping):
        return [] if changes is None else [str(changes)]
    return [f"{key}={'null' if value is None else _plain(value)}" for key, value in changes.items()]


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
