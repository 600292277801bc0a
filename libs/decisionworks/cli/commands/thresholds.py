"""`thresholds`: the numbers of rules that a project may set for itself."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

import click

from decisionworks.cli.client import segment
from decisionworks.cli.commands.look import table_of
from decisionworks.cli.connection import ServerOptions, connect, project_option, server_options
from decisionworks.cli.errors import BadInput
from decisionworks.cli.terminal import console, print_json, print_told


@click.group("thresholds", invoke_without_command=True)
@project_option
@server_options
def thresholds(*, project: str, server: ServerOptions) -> None:
    """List the thresholds of rules with the project's values; `set` and `reset` change them."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    with connect(server) as client:
        page = client.get(f"/projects/{segment(project)}/policy-thresholds")
    if server.is_json:
        print_json(page)
        return
    table = table_of("name", "value", "product", "bounds", "unit", "set by", "rules")
    for one in page["items"]:
        bounds = f"{one['minimum']:g} to {one['maximum']:g}"
        by = f"{one['set']['set_by']}: {one['set']['reason']}" if one["set"] else ""
        rules = ", ".join(one["rules"])
        table.add_row(one["name"], f"{one['value']:g}", f"{one['default']:g}", bounds, one["unit"], by, rules)
    console().print(table)


@thresholds.command("set")
@click.argument("pair", metavar="NAME=VALUE")
@click.option("--reason", required=True, help="Why the project has a limit of its own.")
@click.option("--replan", metavar="ID", help="Plan this decision set again, judged by the new number.")
@project_option
@server_options
def set_one(*, pair: str, reason: str, replan: str | None, project: str, server: ServerOptions) -> None:
    """Judge the project's plans by this number from now on; plans that rest stay as they are until planned again."""
    name, _, text = pair.partition("=")
    try:
        value = float(text)
        if not isfinite(value):
            raise ValueError(text)
    except ValueError as error:
        raise BadInput(f"{pair!r} is not NAME=VALUE", remedy="write for example coverage-least=55") from error
    with connect(server) as client:
        path = f"/projects/{segment(project)}/policy-thresholds/{segment(name.strip())}"
        made = client.put(path, {"value": value, "reason": reason, "decision_set_id": replan})
    told = [f"{made['name']} is {made['value']:g} {made['unit']} now ({made['default']:g} elsewhere)"]
    if made["evaluated_again_as"]:
        told.append(f"planned again as decision set {made['evaluated_again_as']}")
    others = _others(made, f"decisionworks thresholds set {pair} --reason … --replan ID")
    print_told(made, *told, *others, is_json=server.is_json)


@thresholds.command("reset")
@click.argument("name", metavar="NAME")
@project_option
@server_options
def reset(*, name: str, project: str, server: ServerOptions) -> None:
    """Go back to the product's value."""
    with connect(server) as client:
        made = client.delete(f"/projects/{segment(project)}/policy-thresholds/{segment(name)}")
    told = f"{made['name']} is {made['value']:g} {made['unit']} again"
    print_told(made, told, *_others(made, "decisionworks revise ID"), is_json=server.is_json)


def _others(made: Mapping[str, Any], command: str) -> list[str]:
    """The plans that stand under another number, and how one of them is judged by that of today."""
    others = [f"{one['id']} ({one['status']})" for one in made["judged_otherwise"]]
    if not others:
        return []
    return [f"still judged by another number: {', '.join(others)}", f"to judge one of them again: {command}"]
