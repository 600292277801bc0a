"""`jobs`, `schedules`: what operators see of the queue and do with it."""

from __future__ import annotations

from typing import Any

import click

from decisionworks.cli.client import segment
from decisionworks.cli.commands.look import print_more, table_of
from decisionworks.cli.connection import ServerOptions, connect, project_option, server_options
from decisionworks.cli.terminal import console, line, print_json, print_told


@click.group("jobs", invoke_without_command=True)
@click.option("--state", help="Only those in this state, such as ready, running, parked or quarantined.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200), help="How many.")
@click.option("--cursor", help="Where the next page begins.")
@server_options
@click.pass_context
def jobs(ctx: click.Context, *, state: str | None, limit: int, cursor: str | None, server: ServerOptions) -> None:
    """The queue: jobs newest first, and the workers; `jobs replay ID` takes one out of quarantine."""
    if ctx.invoked_subcommand is not None:
        return
    with connect(server) as client:
        page = client.get("/jobs", state=state, limit=limit, cursor=cursor)
        stats = client.get("/stats")
    if server.is_json:
        print_json({**page, "stats": stats})
        return
    table = table_of("id", "kind", "state", "attempt", "failures", "lost", "subject")
    for one in page["items"]:
        counts = [str(one[name]) for name in ("attempt", "failures", "lost_leases")]
        table.add_row(one["id"], one["kind"], one["state"], *counts, one["subject_id"] or "")
    console().print(table)
    _print_stats(stats)
    print_more(page)


@jobs.command("replay")
@click.argument("job_id", metavar="ID")
@server_options
def replay(*, job_id: str, server: ServerOptions) -> None:
    """Let a job in quarantine wait for a worker again; the run of a decision set is asked again as a revision."""
    with connect(server) as client:
        answer = client.post(f"/jobs/{segment(job_id)}/replay", {})
    if server.is_json:
        print_json(answer)
    elif answer["decision_set_id"]:
        click.echo(f"asked again as decision set {answer['decision_set_id']}")
    else:
        click.echo(f"job {answer['id']} waits for a worker")


@jobs.command("discard")
@click.argument("job_id", metavar="ID")
@server_options
def discard(*, job_id: str, server: ServerOptions) -> None:
    """Give a job in quarantine up."""
    with connect(server) as client:
        answer = client.post(f"/jobs/{segment(job_id)}/discard", {})
    if server.is_json:
        print_json(answer)
    else:
        click.echo(f"job {answer['id']} is {answer['state']}")


@jobs.command("limit")
@click.argument("project_id", metavar="PROJECT")
@click.argument("max_running", metavar="N|none")
@server_options
def limit_running(*, project_id: str, max_running: str, server: ServerOptions) -> None:
    """Let at most N jobs of a project run at the same time; `none` lifts the limit."""
    if max_running != "none" and not max_running.isdigit():
        raise click.BadParameter("must be a number or none", param_hint="N")
    body = {"max_running": None if max_running == "none" else int(max_running)}
    with connect(server) as client:
        answer = client.put(f"/projects/{segment(project_id)}/limits", body)
    if server.is_json:
        print_json(answer)
    else:
        click.echo("no limit" if answer["max_running"] is None else f"at most {answer['max_running']} at the same time")


@click.group("schedules", invoke_without_command=True)
@project_option
@server_options
@click.pass_context
def schedules(ctx: click.Context, *, project: str, server: ServerOptions) -> None:
    """What is handed in at set times; `schedules add` and `schedules remove` change it."""
    if ctx.invoked_subcommand is not None:
        return
    with connect(server) as client:
        page = client.get(f"/projects/{segment(project)}/schedules")
    if server.is_json:
        print_json(page)
        return
    table = table_of("id", "name", "cron", "time zone", "next", "kind")
    for one in page["items"]:
        table.add_row(one["id"], line(one["name"]), one["cron"], one["time_zone"], one["next_at"][:19], one["kind"])
    console().print(
        table if page["items"] else "nothing is scheduled: decisionworks schedules add NAME --cron … --replan ID"
    )


@schedules.command("add")
@click.argument("name")
@click.option("--cron", required=True, help='Minute hour day month weekday, such as "30 2 * * *".')
@click.option("--replan", required=True, metavar="ID", help="Plan this decision set again, with the prices of the day.")
@click.option("--time-zone", default="UTC", show_default=True, help="Such as Europe/Berlin.")
@click.option("--missed", default="last", show_default=True, type=click.Choice(["skip", "last", "all"]))
@project_option
@server_options
def add(*, name: str, cron: str, replan: str, time_zone: str, missed: str, project: str, server: ServerOptions) -> None:
    """Plan a decision set again at set times."""
    body: dict[str, Any] = {
        "name": name,
        "cron": cron,
        "time_zone": time_zone,
        "missed": missed,
        "decision_set_id": replan,
    }
    with connect(server) as client:
        answer = client.post(f"/projects/{segment(project)}/schedules", body)
    told = f"{answer['name']}: next at {answer['next_at'][:19]} UTC (schedule {answer['id']})"
    print_told(answer, told, is_json=server.is_json)


@schedules.command("remove")
@click.argument("schedule_id", metavar="ID")
@project_option
@server_options
def remove(*, schedule_id: str, project: str, server: ServerOptions) -> None:
    """Hand in nothing more."""
    with connect(server) as client:
        answer = client.delete(f"/projects/{segment(project)}/schedules/{segment(schedule_id)}")
    print_told(answer, f"removed schedule {answer['id']}", is_json=server.is_json)


def _print_stats(stats: dict[str, Any]) -> None:
    screen = console()
    depth = "  ".join(
        f"{state} {facts['count']} (oldest {facts['oldest_s']} s)" for state, facts in (stats.get("jobs") or {}).items()
    )
    screen.print(f"live: {depth or 'none'}; in quarantine: {stats.get('quarantined', 0)}")
    for worker in stats.get("workers") or []:
        screen.print(
            f"worker {worker['worker_id']} on {line(worker['host'])} (process {worker['process_id']}): "
            f"{worker['running']} of {worker['slots']} slots, last beat {worker['beat_age_s']} s ago"
        )
