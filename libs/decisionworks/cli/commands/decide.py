"""`answer`, `approve`, `reject`, `cancel`, `revise`: a person's part."""

from __future__ import annotations

from typing import Any

import click

from decisionworks.cli.client import segment
from decisionworks.cli.connection import ServerOptions, connect, server_options
from decisionworks.cli.errors import BadInput
from decisionworks.cli.inputs import as_constraints, read_pairs
from decisionworks.cli.report import status_line
from decisionworks.cli.terminal import console, print_json


@click.command("answer")
@click.argument("decision_set_id", metavar="ID")
@click.argument("pairs", nargs=-1, required=True, metavar="FIELD=VALUE…")
@server_options
def answer(*, decision_set_id: str, pairs: tuple[str, ...], server: ServerOptions) -> None:
    """Answer the open questions of a decision set."""
    _post(server, decision_set_id, "answers", {"answers": read_pairs(pairs)})


@click.command("approve")
@click.argument("decision_set_id", metavar="ID")
@click.option("--comment", help="Why, or what to mind; a comment that changes constraints makes a new plan.")
@click.option("--plan-hash", help="Approve only if this is the plan at the gate.")
@server_options
def approve(*, decision_set_id: str, comment: str | None, plan_hash: str | None, server: ServerOptions) -> None:
    """Let the plan at the gate be built."""
    _post(server, decision_set_id, "approve", {"comment": comment, "plan_hash": plan_hash})


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
@server_options
def revise(*, decision_set_id: str, text: str | None, pairs: tuple[str, ...], server: ServerOptions) -> None:
    """Plan again with changes, as a new decision set in the same line."""
    if not text and not pairs:
        raise BadInput("nothing to change", remedy="say what changes, or give --set FIELD=VALUE")
    _post(server, decision_set_id, "revise", {"constraints": as_constraints(pairs), "message": text})


def _post(server: ServerOptions, decision_set_id: str, verb: str, body: dict[str, Any]) -> None:
    with connect(server) as client:
        shown = client.post(f"/decision-sets/{segment(decision_set_id)}/{verb}", body)
    if server.is_json:
        print_json(shown)
    else:
        console().print(f"{shown['id']}  {status_line(shown)}")
