"""`answer`, `approve`, `reject`, `cancel`: a person's part."""

from __future__ import annotations

import sys
from typing import Any

import click

from decisionworks.cli.client import Client, segment
from decisionworks.cli.connection import ServerOptions, connect, server_options
from decisionworks.cli.exit_codes import DONE, exit_code_of_status
from decisionworks.cli.follow import until_rest
from decisionworks.cli.pairs import read_pairs
from decisionworks.cli.progress import Progress
from decisionworks.cli.report import print_decision_set, status_line
from decisionworks.cli.terminal import console, print_json

_PAGE = 1000


@click.command("answer")
@click.argument("decision_set_id", metavar="ID")
@click.argument("pairs", nargs=-1, required=True, metavar="FIELD=VALUE…")
@click.option("--wait", "waits", is_flag=True, help="Watch until it rests or ends; the exit code says how.")
@server_options
def answer(*, decision_set_id: str, pairs: tuple[str, ...], waits: bool, server: ServerOptions) -> None:
    """Answer the open questions of a decision set."""
    send(server, decision_set_id, "answers", {"answers": read_pairs(pairs)}, waits=waits)


@click.command("approve")
@click.argument("decision_set_id", metavar="ID")
@click.option("--comment", help="Why, or what to mind; a comment that changes constraints makes a new plan.")
@click.option("--plan-hash", help="Approve only if this is the plan at the gate.")
@click.option("--wait", "waits", is_flag=True, help="Watch until it rests or ends; the exit code says how.")
@server_options
def approve(
    *, decision_set_id: str, comment: str | None, plan_hash: str | None, waits: bool, server: ServerOptions
) -> None:
    """Let the plan at the gate be built."""
    send(server, decision_set_id, "approve", {"comment": comment, "plan_hash": plan_hash}, waits=waits)


@click.command("reject")
@click.argument("decision_set_id", metavar="ID")
@click.option("--comment", help="Why.")
@server_options
def reject(*, decision_set_id: str, comment: str | None, server: ServerOptions) -> None:
    """Turn the plan at the gate down."""
    send(server, decision_set_id, "reject", {"comment": comment})


@click.command("cancel")
@click.argument("decision_set_id", metavar="ID")
@server_options
def cancel(*, decision_set_id: str, server: ServerOptions) -> None:
    """End a run before its end."""
    send(server, decision_set_id, "cancel", {})


def send(server: ServerOptions, decision_set_id: str, verb: str, body: dict[str, Any], *, waits: bool = False) -> None:
    """Post a person's decision, show what became of it, and end with the exit code that says so."""
    screen = console(is_error=server.is_json)
    with connect(server) as client:
        newest = _last_number(client, decision_set_id) if waits and verb != "revise" else 0
        shown = client.post(f"/decision-sets/{segment(decision_set_id)}/{verb}", body)
        if waits:
            progress = Progress(screen)
            try:
                shown, _ = until_rest(client, shown["id"], after=newest, show=progress.show)
            finally:
                progress.close()
    if server.is_json:
        print_json(shown)
    elif waits:
        print_decision_set(screen, shown)
    else:
        screen.print(f"{shown['id']}  {status_line(shown)}")
    sys.exit(exit_code_of_status(shown["status"]) if waits else DONE)


def _last_number(client: Client, decision_set_id: str) -> int:
    """The number of the newest event before the decision, so that only what follows from it is awaited."""
    last = 0
    while True:
        page = client.get(f"/decision-sets/{segment(decision_set_id)}/events", after=last, limit=_PAGE)
        last = page["items"][-1]["seq"] if page["items"] else last
        if page["next_cursor"] is None:
            return last
