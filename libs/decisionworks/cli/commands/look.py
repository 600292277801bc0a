"""`show`, `events`, `diff`, `artifact`, `list`: reading."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from decisionworks.cli.change_report import print_changes
from decisionworks.cli.client import segment
from decisionworks.cli.connection import ServerOptions, connect, project_option, server_options
from decisionworks.cli.exit_codes import exit_code_of_status
from decisionworks.cli.progress import Progress
from decisionworks.cli.report import print_checks, print_decision_set
from decisionworks.cli.repository import fetch_repository, save, validation_of
from decisionworks.cli.terminal import console, line, money, print_json

_PAGE = 100


@click.command("show")
@click.argument("decision_set_id", metavar="ID")
@server_options
def show(*, decision_set_id: str, server: ServerOptions) -> None:
    """One decision set: plan, cost, policies, questions, status."""
    with connect(server) as client:
        shown = client.get(f"/decision-sets/{segment(decision_set_id)}")
    if server.is_json:
        print_json(shown)
    else:
        print_decision_set(console(), shown)


@click.command("events")
@click.argument("decision_set_id", metavar="ID")
@click.option("--follow", "follows", is_flag=True, help="Go on until the run is complete.")
@click.option("--after", default=0, type=click.IntRange(min=0), help="Only events with a higher number.")
@server_options
def events(*, decision_set_id: str, follows: bool, after: int, server: ServerOptions) -> None:
    """The timeline of a decision set."""
    with connect(server) as client:
        if not follows:
            found = _every_event(client, decision_set_id, after=after)
            if server.is_json:
                print_json({"items": found, "next_cursor": None})
                return
            for event in found:
                _print_event(event)
            return
        status = ""
        for event in client.follow(decision_set_id, after=after):
            if server.is_json:
                click.echo(json.dumps(event, ensure_ascii=False))
            else:
                _print_event(event)
            status = str((event.get("payload") or {}).get("status", ""))
        if not status:
            status = str(client.get(f"/decision-sets/{segment(decision_set_id)}")["status"])
    sys.exit(exit_code_of_status(status))


@click.command("diff")
@click.argument("decision_set_id", metavar="ID")
@click.argument("other", required=False)
@click.option("--patch", "with_patch", is_flag=True, help="Also the changed lines of documents and code.")
@server_options
def diff(*, decision_set_id: str, other: str | None, with_patch: bool, server: ServerOptions) -> None:
    """What changed in ID against OTHER, by default against its parent."""
    with connect(server) as client:
        summary = client.get(f"/decision-sets/{segment(decision_set_id)}/diff", against=other)
    if server.is_json:
        print_json(summary)
        return
    print_changes(console(), summary, with_patch=with_patch)


@click.command("artifact")
@click.argument("decision_set_id", metavar="ID")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Directory, or path ending in .zip.")
@server_options
def artifact(*, decision_set_id: str, out: Path, server: ServerOptions) -> None:
    """Save the generated repository; its path is the last line."""
    with connect(server) as client:
        row, data = fetch_repository(client, decision_set_id)
    target = save(data, out=out, file_name=row["file_name"])
    if server.is_json:
        print_json({**row, "saved_to": str(target)})
        return
    print_checks(console(), validation_of(data))
    click.echo(str(target))


@click.command("list")
@project_option
@click.option("--status", help="Only those in this status.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200), help="How many.")
@click.option("--cursor", help="Where the next page begins.")
@server_options
def list_command(*, project: str, status: str | None, limit: int, cursor: str | None, server: ServerOptions) -> None:
    """The newest decision sets of a project."""
    with connect(server) as client:
        path = f"/projects/{segment(project)}/decision-sets"
        page = client.get(path, status=status, limit=limit, cursor=cursor)
    if server.is_json:
        print_json(page)
        return
    table = table_of("id", "status", "rev", "$/month", "policy", "created", "request")
    for one in page["items"]:
        monthly = (one.get("monthly") or {}).get("expected")
        table.add_row(
            one["id"],
            one["status"],
            str(one["revision"]),
            "" if monthly is None else money(monthly),
            one.get("policy_status") or "",
            one["created_at"][:19],
            line(one["request"], limit=60),
        )
    console().print(table if page["items"] else "no decision sets yet: decisionworks plan TEXT")
    print_more(page)


def _every_event(client: Any, decision_set_id: str, *, after: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: int | None = after
    while cursor is not None:
        page = client.get(f"/decision-sets/{segment(decision_set_id)}/events", after=cursor, limit=_PAGE)
        found += page["items"]
        cursor = page["next_cursor"]
    return found


def _print_event(event: dict[str, Any]) -> None:
    screen = console()
    node = f" {event['node']}" if event.get("node") else ""
    screen.print(f"[dim]{event['seq']:>4} {event['at'][11:23]}[/] {event['type']}{node}")
    if event["type"] in ("reason-card", "run-failed", "approved", "rejected"):
        progress = Progress(screen)
        progress.show(event)
        progress.close()


def table_of(*headings: str) -> Table:
    """A plain table whose ids are never broken."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, no_wrap=heading in ("id", "subject"))
    return table


def print_more(page: dict[str, Any]) -> None:
    """How to see the next page, where there is one."""
    if page.get("next_cursor"):
        console().print(f"[dim]more: --cursor {page['next_cursor']}[/]")
