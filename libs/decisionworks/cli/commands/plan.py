"""`decisionworks plan`: ask, watch, approve, save."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from decisionworks.cli.client import Client, segment
from decisionworks.cli.connection import ServerOptions, connect_or_start, project_option, server_options
from decisionworks.cli.errors import BadInput
from decisionworks.cli.exit_codes import BLOCKED, DONE, exit_code_of_status
from decisionworks.cli.follow import until_rest
from decisionworks.cli.inputs import as_constraints, read_constraints, read_request, stated_in
from decisionworks.cli.progress import Progress
from decisionworks.cli.report import print_checks, print_decision_set
from decisionworks.cli.repository import check_place, fetch_repository, save, validation_of
from decisionworks.cli.terminal import console, line, print_json

_WORKERS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user wants of one run."""

    body: dict[str, Any]
    project: str
    approves: bool
    comment: str | None
    out: Path | None
    waits: bool
    is_json: bool


@click.command("plan")
@click.argument("text", required=False)
@click.option("-f", "--file", "file", help="Request file (text, Markdown, YAML, JSON); - reads standard input.")
@click.option("--constraints", "constraints_file", metavar="FILE", help="YAML or JSON with constraint values.")
@click.option("--answer", "answers", multiple=True, metavar="FIELD=VALUE", help="A constraint value; repeatable.")
@click.option("--assume", "assumes", is_flag=True, help="Plan on with listed assumptions instead of asking.")
@click.option("--approve", "approves", is_flag=True, help="Approve the plan at its gate and wait for the repository.")
@click.option("--comment", help="Said with the approval.")
@click.option("--out", type=click.Path(path_type=Path), help="Directory (or .zip path) to save the repository to.")
@click.option("--no-wait", is_flag=True, help="Return as soon as the request is accepted.")
@project_option
@server_options
def plan(
    *,
    text: str | None,
    file: str | None,
    constraints_file: str | None,
    answers: tuple[str, ...],
    assumes: bool,
    approves: bool,
    comment: str | None,
    out: Path | None,
    no_wait: bool,
    project: str,
    server: ServerOptions,
) -> None:
    """Ask for a plan: words, a file, or constraints in; a priced and checked plan out."""
    body = _body(text, file, constraints_file, answers, assumes=assumes)
    wish = Wish(
        body=body,
        project=project,
        approves=approves,
        comment=comment,
        out=out,
        waits=not no_wait,
        is_json=server.is_json,
    )
    if out is not None:
        check_place(out)
    screen = console(is_error=server.is_json)
    with connect_or_start(server, workers=_WORKERS, say=lambda said: screen.print(f"[dim]{line(said)}[/]")) as client:
        code, last_line = run(client, wish, screen)
    if last_line is not None and not server.is_json:
        click.echo(last_line)
    sys.exit(code)


def run(client: Client, wish: Wish, screen: Console) -> tuple[int, str | None]:
    """Post the request and see it through; answers the exit code and the line to print last."""
    made = client.post(f"/projects/{segment(wish.project)}/decision-sets", wish.body)
    screen.print(f"[dim]decision set[/] {made['id']}")
    if not wish.waits:
        return _accepted(made, wish)
    progress = Progress(screen)
    try:
        shown, after = until_rest(client, made["id"], show=progress.show)
        is_approved = False
        if wish.approves and shown["status"] == "gate_waiting":
            if not shown["actions"]["can_approve"]:
                return _refused(shown, wish, screen)
            if not wish.is_json:
                progress.close()
                print_decision_set(screen, shown)
                progress = Progress(screen)
            is_approved = True
            shown = _approve(client, shown, wish.comment)
            shown, after = until_rest(client, made["id"], after=after, show=progress.show)
    finally:
        progress.close()
    return _finish(client, shown, wish, screen, is_repeat=is_approved)


def _body(
    text: str | None, file: str | None, constraints_file: str | None, answers: tuple[str, ...], *, assumes: bool
) -> dict[str, Any]:
    document = read_request(text, file)
    given = stated_in(document) | read_constraints(constraints_file) | as_constraints(answers)
    if not document.text.strip() and not given:
        raise BadInput("nothing to plan", remedy="give the request as TEXT, with -f FILE, or with --constraints FILE")
    body: dict[str, Any] = {"constraints": given, "on_missing": "assume" if assumes else "ask"}
    return body | ({"request": document.text} if document.text.strip() else {})


def _accepted(made: dict[str, Any], wish: Wish) -> tuple[int, str | None]:
    if wish.is_json:
        print_json(made)
    return DONE, str(made["id"])


def _approve(client: Client, shown: dict[str, Any], comment: str | None) -> dict[str, Any]:
    decision = {"version": shown["version"], "plan_hash": shown["plan_hash"], "comment": comment}
    return client.post(f"/decision-sets/{segment(shown['id'])}/approve", decision)


def _refused(shown: dict[str, Any], wish: Wish, screen: Console) -> tuple[int, str | None]:
    if wish.is_json:
        print_json(shown)
    else:
        print_decision_set(screen, shown)
    is_blocked = (shown.get("policy_results") or {}).get("status") == "block"
    return BLOCKED if is_blocked else exit_code_of_status(shown["status"]), None


def _finish(
    client: Client, shown: dict[str, Any], wish: Wish, screen: Console, *, is_repeat: bool
) -> tuple[int, str | None]:
    code = exit_code_of_status(shown["status"])
    last_line, saved = None, None
    if not wish.is_json and not is_repeat:
        print_decision_set(screen, shown)
    if shown["status"] == "completed":
        row, data = fetch_repository(client, shown["id"])
        print_checks(screen, validation_of(data))
        if wish.out is not None:
            saved = str(save(data, out=wish.out, file_name=row["file_name"]))
            last_line = saved
    elif is_repeat and not wish.is_json:
        print_decision_set(screen, shown)
    if wish.is_json:
        print_json(shown | {"exit_code": code, "saved_to": saved})
    return code, last_line
