"""`waivers`: rules that are accepted for a time."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from decisionworks.cli.client import segment
from decisionworks.cli.commands.look import table_of
from decisionworks.cli.connection import ServerOptions, connect, project_option, server_options
from decisionworks.cli.terminal import console, print_json, print_told


@click.group("waivers", invoke_without_command=True)
@project_option
@click.option("--in-force", "is_in_force", is_flag=True, help="Only those that hold now.")
@server_options
def waivers(*, project: str, is_in_force: bool, server: ServerOptions) -> None:
    """List the waivers of a project; `grant` and `revoke` change them."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    with connect(server) as client:
        page = client.get(f"/projects/{segment(project)}/waivers", in_force="true" if is_in_force else None)
    if server.is_json:
        print_json(page)
        return
    table = table_of("id", "policy", "scope", "until", "approved by", "reason")
    for one in page["items"]:
        until = f"revoked by {one['revoked_by']}" if one["revoked_at"] else one["expires_at"][:10]
        scope = one["decision_set_id"] or "project"
        table.add_row(one["id"], one["policy"], scope, until, one["approved_by"], one["reason"])
    console().print(table)


@waivers.command("grant")
@click.argument("policy", metavar="RULE")
@click.option("--reason", required=True, help="Why the rule may be passed over.")
@click.option(
    "--until", required=True, type=click.DateTime(formats=["%Y-%m-%d"]), help="The day on which it ends (UTC)."
)
@click.option("--for", "decision_set_id", metavar="ID", help="Only this decision set and its revisions.")
@project_option
@server_options
def grant(
    *, policy: str, reason: str, until: datetime, decision_set_id: str | None, project: str, server: ServerOptions
) -> None:
    """Accept what a rule says; a blocked decision set that is named is planned again."""
    body = {
        "policy": policy,
        "reason": reason,
        "expires_at": until.replace(tzinfo=UTC).isoformat(),
        "decision_set_id": decision_set_id,
    }
    with connect(server) as client:
        made = client.post(f"/projects/{segment(project)}/waivers", body)
    told = [f"{made['policy']} is waived until {made['expires_at'][:10]} by {made['approved_by']}"]
    if made["evaluated_again_as"]:
        told.append(f"planned again as decision set {made['evaluated_again_as']}")
    if made["still_blocked_by"]:
        told.append(
            f"it stays blocked by {', '.join(made['still_blocked_by'])}: decisionworks revise {decision_set_id}"
        )
    print_told(made, *told, is_json=server.is_json)


@waivers.command("revoke")
@click.argument("waiver_id", metavar="ID")
@project_option
@server_options
def revoke(*, waiver_id: str, project: str, server: ServerOptions) -> None:
    """End a waiver now."""
    with connect(server) as client:
        ended = client.delete(f"/projects/{segment(project)}/waivers/{segment(waiver_id)}")
    print_told(ended, f"the waiver of {ended['policy']} is revoked", is_json=server.is_json)
