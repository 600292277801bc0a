"""`decisionworks quarantine`: answers of models that nobody could use, and repositories that failed their checks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click
from rich.table import Table

from decisionworks.artifacts import read_archive
from decisionworks.cli.client import Client, segment
from decisionworks.cli.connection import ServerOptions, connect, project_option, server_options
from decisionworks.cli.errors import BadInput
from decisionworks.cli.terminal import console, line, print_json

_REPORT = "reports/validation.json"


@click.group("quarantine")
def quarantine() -> None:
    """Answers of models that could not be used three times in a row, and repositories that failed their checks."""


@quarantine.command("list")
@project_option
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200), help="How many.")
@server_options
def list_command(*, project: str, limit: int, server: ServerOptions) -> None:
    """The newest ones of a project."""
    with connect(server) as client:
        found = client.get(f"/projects/{segment(project)}/quarantine", limit=limit)
    if server.is_json:
        print_json(found)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("sha256", "holds", "decision set", "bytes", "created"):
        table.add_column(heading, no_wrap=True)
    for one in found["items"]:
        holds = "repository" if _is_repository(one) else "answer"
        table.add_row(one["sha256"][:12], holds, one["decision_set_id"], str(one["size_bytes"]), one["created_at"][:19])
    console().print(table if found["items"] else "nothing is in quarantine")


@quarantine.command("show")
@click.argument("sha256")
@project_option
@server_options
def show(*, sha256: str, project: str, server: ServerOptions) -> None:
    """Which model said what to which question, and why it could not be used; or which checks a repository failed.

    SHA256 may be its beginning.
    """
    with connect(server) as client:
        found = _find(client, project, sha256)
        data = client.download(found["sha256"])
    payload = json.loads(read_archive(data)[_REPORT].content if _is_repository(found) else data)
    if server.is_json:
        print_json({**found, "payload": payload})
        return
    screen = console()
    if _is_repository(found):
        for check in payload["checks"]:
            for finding in (one for one in check["findings"] if one["severity"] == "error"):
                place = f"{finding['file']}:{finding['line'] or ''}"
                screen.print(f"  [red]{line(check['id'])}[/] {line(place)} {line(finding['message'], limit=200)}")
        return
    model = payload["model"]
    screen.print(f"{payload['node']} asked {model['provider']}/{model['name']} with {payload['prompt_pack']}")
    for problem in payload["errors"]:
        screen.print(f"  [red]{line(problem, limit=200)}[/]")
    screen.print(line(payload["answer"], limit=2000))


@quarantine.command("replay")
@click.argument("sha256")
@project_option
@server_options
def replay(*, sha256: str, project: str, server: ServerOptions) -> None:
    """Ask again what the failed run was asked, as a new decision set; models and packs are those of today."""
    with connect(server) as client:
        found = _find(client, project, sha256)
        failed = client.get(f"/decision-sets/{segment(found['decision_set_id'])}")
        made = client.post(
            f"/projects/{segment(failed['project_id'])}/decision-sets",
            {
                "request": failed["request"],
                "constraints": failed["given_constraints"],
                "on_missing": failed["on_missing"],
                "parent_id": failed["id"],
                "metadata": failed["metadata"],
            },
        )
    if server.is_json:
        print_json(made)
        return
    console().print(f"asked again as {made['id']}")


def _is_repository(one: Mapping[str, Any]) -> bool:
    return bool(one["media_type"] == "application/zip")


def _find(client: Client, project: str, prefix: str) -> dict[str, str]:
    items = client.get(f"/projects/{segment(project)}/quarantine", limit=200)["items"]
    matching = [one for one in items if one["sha256"].startswith(prefix.lower())]
    if len(matching) != 1:
        said = "nothing in quarantine" if not matching else f"{len(matching)} answers in quarantine"
        raise BadInput(f"{said} begins with {prefix[:64]!r}", remedy="see `decisionworks quarantine list`")
    return dict(matching[0])
