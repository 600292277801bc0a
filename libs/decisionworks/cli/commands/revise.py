"""`revise`: a person asks for other terms."""

from __future__ import annotations

import click

from decisionworks.cli.commands.decide import send
from decisionworks.cli.connection import ServerOptions, server_options
from decisionworks.cli.errors import BadInput
from decisionworks.cli.inputs import as_constraints


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
    send(server, decision_set_id, "revise", {"constraints": as_constraints(pairs), "message": text}, waits=waits)
