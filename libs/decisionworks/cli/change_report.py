"""What changed between two decision sets, for people: what was asked differently, and all that follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from decisionworks.cli.terminal import line, shown

Json = Mapping[str, Any]
_MOST_FILES = 12
_HOW = {"only with": "because of", "already with": "already because of", "only together": "because of all of"}


def print_changes(console: Console, summary: Json, *, with_patch: bool = False) -> None:
    """The story: constraints, patterns with what caused them, money by driver, policies, documents and code."""
    child, parent = summary["child"], summary.get("parent")
    if parent is None:
        console.print(line(summary.get("digest", ""), limit=2000))
        return
    console.print(
        f"[bold]revision {child['revision']}[/] {line(child['id'])} against revision {parent['revision']}"
        f" {line(parent['id'])}"
    )
    _print_constraints(console, summary["constraints"])
    _print_plan(console, summary["plan"])
    _print_cost(console, summary["cost"])
    _print_policies(console, summary["policies"])
    for name in ("documents", "code"):
        if summary.get(name):
            _print_files(console, name, summary[name], with_patch=with_patch)


def _print_constraints(console: Console, rows: Sequence[Json]) -> None:
    changed = [row for row in rows if row["change"] != "state"]
    console.print("[bold]asked differently[/]" if changed else "[bold]nothing was asked differently[/]")
    for row in changed:
        console.print(f"    {line(row['field'])}: {_value(row['from'])} → {_value(row['to'])}")


def _print_plan(console: Console, plan: Json) -> None:
    is_same = not (plan["added"] or plan["removed"] or plan["replaced"])
    console.print(
        f"[bold]plan[/] the same {plan['kept']} patterns" if is_same else f"[bold]plan[/] {plan['kept']} kept"
    )
    for row in plan["replaced"]:
        console.print(f"    [yellow]~[/] {line(row['to'])} replaces {line(row['from'])}{_because(row)}")
    for row in plan["added"]:
        console.print(f"    [green]+[/] {line(row['id'])}{_because(row)}")
        console.print(f"      [dim]{line(row.get('reason') or '', limit=160)}[/]")
    for row in plan["removed"]:
        console.print(f"    [red]-[/] {line(row['id'])}{_because(row)}")


def _because(row: Json) -> str:
    because = row.get("because") or []
    if not because:
        return ""
    named = ", ".join(f"{one['field']} {_value(one['from'])} → {_value(one['to'])}" for one in because)
    return f"  [dim]{_HOW.get(str(because[0]['how']), 'because of')}[/] {named}"


def _print_cost(console: Console, cost: Json) -> None:
    delta = cost["delta"]["expected"]
    if delta is None:
        console.print("[bold]cost[/] one of the two has no estimate")
        return
    share = "" if cost["delta_percent"] is None else f", {cost['delta_percent']:+} %"
    before, after = cost["from"]["expected"], cost["to"]["expected"]
    console.print(f"[bold]cost[/] {before:,.2f} → {after:,.2f} {line(cost['currency'])} a month ({delta:+,.2f}{share})")
    for row in cost["causes"]:
        console.print(f"    {row['delta_usd']:+10,.2f}  by {line(row['field'])}, given the other changes")
    for row in cost["drivers"]:
        amounts = f"{row['from_usd']:,.2f} → {row['to_usd']:,.2f}"
        console.print(f"    {row['delta_usd']:+10,.2f}  {line(row['capability'])}  [dim]{amounts}[/]")


def _print_policies(console: Console, policies: Json) -> None:
    before, after = policies["status"]["from"], policies["status"]["to"]
    verdict = f"still {line(after)}" if before == after else f"{line(before)} → {line(after)}"
    console.print(f"[bold]policies[/] {verdict}")
    for row in policies["rules"]:
        was, now = row["from"] or "not asked", row["to"] or "not asked"
        colour = "red" if now == "fired" else "green" if was == "fired" else "dim"
        console.print(f"    [{colour}]{line(row['id'])}[/] {line(was)} → {line(now)}")


def _print_files(console: Console, name: str, files: Json, *, with_patch: bool) -> None:
    console.print(f"[bold]{name}[/] {files['added']} added, {files['removed']} removed, {files['changed']} changed")
    rows = files["files"]
    for row in rows if with_patch else rows[:_MOST_FILES]:
        counts = "" if row["added_lines"] is None else f"  [dim]+{row['added_lines']} -{row['removed_lines']}[/]"
        console.print(f"    {line(row['status'])} {line(row['path'])}{counts}")
    if not with_patch:
        if len(rows) > _MOST_FILES:
            console.print(f"    [dim]and {len(rows) - _MOST_FILES} more; --patch shows all of them with their lines[/]")
        return
    for text in str(files["diff"]).splitlines():
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(text[:1], "dim")
        console.print(f"[{colour}]{shown(text)}[/]")
    if files["truncated"]:
        console.print("[yellow]cut here; the whole is in the project's git[/]")


def _value(value: object) -> str:
    return "none" if value is None else line(value, limit=80)
