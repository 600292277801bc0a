"""`answer`, `approve`, `reject`, `cancel`, `revise`: a person's part."""

from __future__ import annotations

import sys
from typing import Any

import click

from decisionworks.cli.client import Client, segment
from decisionworks.cli.connection import ServerOptions, connect, server_options
from decisionworks.cli.errors import BadInput
from decisionworks.cli.exit_codes import DONE, exit_code_of_status
from decisionworks.cli.follow import until_rest
from decisionworks.cli.inputs import as_constraints, read_pairs
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
    _post(server, decision_set_id, "answers", {"answers": read_pairs(pairs)}, waits=waits)


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
    _post(server, decision_set_id, "approve", {"comment": comment, "plan_hash": plan_hash}, waits=waits)


@click.command("reject")
@click.argument("decision_set_id", metavar="ID")
@click.option("--comment", help="Why.")
@server_options
def reject(*, decision_set_id: str, comment: str | None, server: ServerOptions) -> None:
    """Turn the plan at the gate down."""
    _post(server, decision_set_id, "reject", {"comment": comment})


@click.command("cancel")
@click.argument("decision_set_id", metavar="ID")
@server_options
def cancel(*, decision_set_id: str, server: ServerOptions) -> None:
    """End a run before its end."""
    _post(server, decision_set_id, "cancel", {})


@click.command("revise")
@click.argument("decision_set_id", metavar="ID")
@click.argument("text", required=False)
@click.option("--set", "pairs", multiple=True, metavar="FIELD=VALUE", help="A changed constraint; repeatable.")
@click.option("--wait", "waits", is_flag=True, help="Watch until it rests or ends; the exit code says how.")
@server_options
def revise(
    *, decision_set_id: str, text: str | None, pairs: tuple[str, ...], waits: bool, server: ServerOptions
) -> None:
    """Plan again with changes, as a new decision set in the same line."""
    if not text and not pairs:
        raise BadInput("nothing to change", remedy="say what changes, or give --set FIELD=VALUE")
    _post(server, decision_set_id, "revise", {"constraints": as_constraints(pairs), "message": text}, waits=waits)


def _post(server: ServerOptions, decision_set_id: str, verb: str, body: dict[str, Any], *, waits: bool = False) -> None:
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
