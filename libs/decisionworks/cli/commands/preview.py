"""`decisionworks preview`: what a plan would be, at once, and several of them beside each other."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from decisionworks.cli.client import segment
from decisionworks.cli.connection import ServerOptions, connect_or_start, project_option, server_options
from decisionworks.cli.errors import BadInput
from decisionworks.cli.exit_codes import BLOCKED, DONE
from decisionworks.cli.inputs import as_constraints, read_constraints, read_request, stated_in
from decisionworks.cli.report import print_whole_plan
from decisionworks.cli.terminal import console, line, money, print_json

_WORKERS = 1
Json = Mapping[str, Any]


@click.command("preview")
@click.argument("text", required=False)
@click.option("-f", "--file", "file", help="Request file (text, Markdown, YAML, JSON); - reads standard input.")
@click.option("--constraints", "constraints_file", metavar="FILE", help="YAML or JSON with constraint values.")
@click.option("--set", "pairs", multiple=True, metavar="FIELD=VALUE", help="A constraint value; repeatable.")
@click.option("--base", metavar="ID", help="Start from this decision set; the rest is what changes.")
@click.option("--vary", metavar="FIELD=V1,V2,…", help="Compare a plan for each of these values.")
@click.option(
    "--variant", "variants", multiple=True, metavar="NAME:FIELD=VALUE;…", help="A plan to compare; repeatable."
)
@project_option
@server_options
def preview(
    *,
    text: str | None,
    file: str | None,
    constraints_file: str | None,
    pairs: tuple[str, ...],
    base: str | None,
    vary: str | None,
    variants: tuple[str, ...],
    project: str,
    server: ServerOptions,
) -> None:
    """Plan, cost and policies at once; nothing is stored, asked or approved.

    Exit code 5 when the one plan asked for would be blocked; 0 for a comparison.
    """
    document = read_request(text, file)
    given = stated_in(document) | read_constraints(constraints_file) | as_constraints(pairs)
    body: dict[str, Any] = {"constraints": given}
    body |= {"request": document.text} if document.text.strip() else {}
    body |= {} if base is None else {"base_decision_set_id": base}
    if len(body) == 1 and not given:
        raise BadInput("nothing to preview", remedy="give a request as TEXT or with -f FILE, constraints, or --base ID")
    compared = [*map(read_variant, variants), *read_varied(vary)]
    body |= {"variants": compared} if compared else {}
    screen = console(is_error=server.is_json)
    with connect_or_start(server, workers=_WORKERS, say=lambda said: screen.print(f"[dim]{line(said)}[/]")) as client:
        shown = client.post(f"/projects/{segment(project)}/plan-previews", body)
    if server.is_json:
        print_json(shown)
    elif compared:
        print_comparison(screen, shown["comparison"], shown["variants"])
    else:
        _print_one(screen, shown)
    sys.exit(BLOCKED if shown.get("status") == "blocked" else DONE)


def print_comparison(screen: Console, comparison: Json | None, variants: list[Json]) -> None:
    """The variants in a table, then what each of them changes."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("variant", "$/month", "low to high", "lean", "robust", "against", "policy", "patterns"):
        table.add_column(heading, justify="left" if heading in ("variant", "policy") else "right")
    if comparison is None:
        _print_one(screen, variants[0])
        return
    for row in comparison["rows"]:
        monthly, tiers = row["monthly_usd"], row["tiers"]
        verdict = "[red]infeasible[/]" if not row["is_feasible"] else line(row["policy_status"])
        table.add_row(
            line(row["name"], limit=40),
            money(monthly["expected"]),
            f"{money(monthly['low'])} to {money(monthly['high'])}",
            money(tiers.get("lean")),
            money(tiers.get("robust")),
            "" if row["delta_usd"] is None else f"{row['delta_usd']:+,.2f}",
            verdict,
            f"+{len(row['patterns_added'])} -{len(row['patterns_removed'])}",
        )
    screen.print(table)
    screen.print(f"[dim]against: {line(comparison['against'])}[/]")
    for row in comparison["rows"]:
        _print_row(screen, row)


def _print_row(screen: Console, row: Json) -> None:
    lines = [f"with {one}" for one in row["patterns_added"]] + [f"without {one}" for one in row["patterns_removed"]]
    lines += [f"{severity}: {', '.join(rules)}" for severity, rules in row["fired_rules"].items() if rules]
    lines += [f"conflict: {why}" for why in row["conflicts"]]
    if lines:
        screen.print(f"[bold]{line(row['name'], limit=80)}[/]")
    for text in lines:
        screen.print(f"    {line(text)}")


def _print_one(screen: Console, shown: Json) -> None:
    print_whole_plan(screen, shown)
    tiers = shown["plan"]["tiers"]
    screen.print("[bold]tiers[/] " + ", ".join(f"{name} {money(tier['monthly_usd'])}" for name, tier in tiers.items()))
    if (shown.get("comparison") or {}).get("rows"):
        _print_row(screen, {**shown["comparison"]["rows"][0], "name": "against the base"})
    ends = "would be blocked" if shown["status"] == "blocked" else "would wait for approval"
    screen.print(f"[bold]preview[/] {ends}; nothing was stored")


def read_variant(text: str) -> dict[str, Any]:
    """One `NAME:FIELD=VALUE;…`.

    Raises: BadInput.
    """
    name, separator, rest = text.partition(":")
    if not separator or not name.strip():
        raise BadInput(f"{text!r} is not NAME:FIELD=VALUE;…", remedy="write for example 'cheap:budget_usd_month=100'")
    return {"name": name.strip(), "constraints": as_constraints([one for one in rest.split(";") if one.strip()])}


def read_varied(vary: str | None) -> list[dict[str, Any]]:
    """A variant for each value of `FIELD=V1,V2,…`.

    Raises: BadInput.
    """
    if vary is None:
        return []
    field, _, values = vary.partition("=")
    if not values.strip():
        raise BadInput(f"{vary!r} is not FIELD=V1,V2,…", remedy="write for example budget_usd_month=100,300,900")
    pairs = [f"{field.strip()}={value.strip()}" for value in values.split(",") if value.strip()]
    return [{"name": pair, "constraints": as_constraints([pair])} for pair in pairs]
