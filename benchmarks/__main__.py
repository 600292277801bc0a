"""`make bench`: starts a platform of its own, measures the main job, prints it beside the floor of the same run."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import click

from benchmarks.figures import Figure
from benchmarks.floor import bare_commit, disk_flush
from benchmarks.main_job import WrongEnd, default_project, open_client, run_once
from benchmarks.models import model_calls
from benchmarks.previews import planned_here, previews, solved_here
from benchmarks.readings import readings
from decisionworks.cli.supervisor.address import ServerAddress
from decisionworks.cli.supervisor.database import embedded_database
from decisionworks.cli.supervisor.embedded import embedded_platform
from decisionworks.cli.supervisor.errors import PlatformFailed

_REQUEST = Path(__file__).parent.parent / "examples" / "churn-scores.md"


@click.command()
@click.option("--runs", default=10, show_default=True, type=click.IntRange(0, 1000), help="Requests to the gate.")
@click.option("--repositories", default=3, show_default=True, type=click.IntRange(0, 100), help="Of these, to the zip.")
@click.option("--previews", "preview_runs", default=50, show_default=True, type=click.IntRange(0, 1000))
@click.option("--models", "model_runs", default=200, show_default=True, type=click.IntRange(0, 10_000))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def main(*, runs: int, repositories: int, preview_runs: int, model_runs: int, workers: int, as_json: bool) -> None:
    """Measure the main job on this machine, everything durable."""
    with tempfile.TemporaryDirectory(prefix="decisionworks-bench-", dir=Path.cwd()) as folder:
        data_dir = Path(folder)
        try:
            with embedded_platform(data_dir, workers=workers) as address:
                figures = _measure(address, data_dir, runs=runs, repositories=repositories) if runs else []
                figures += readings()
                figures += _previews(address, runs=preview_runs) if preview_runs else []
                figures += _models(address, data_dir, runs=model_runs) if model_runs else []
        except (PlatformFailed, WrongEnd) as error:
            raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps({"workers": workers, "figures": [figure.to_json() for figure in figures]}))
        return
    for figure in figures:
        click.echo(figure.line())


def _measure(address: ServerAddress, data_dir: Path, *, runs: int, repositories: int) -> list[Figure]:
    request = _REQUEST.read_text(encoding="utf-8")
    with open_client(address) as client:
        project_id = default_project(client)
        run_once(client, project_id=project_id, request=request, to_repository=False)  # warms every process
        times = [
            run_once(client, project_id=project_id, request=request, to_repository=number < repositories)
            for number in range(runs)
        ]
    figures = [
        disk_flush(data_dir),
        bare_commit(embedded_database(data_dir).url),
        Figure(name="request accepted (202)", samples_ms=[one.accepted_ms for one in times]),
        Figure(name="POST to first event on the stream", samples_ms=[one.first_event_ms for one in times]),
        Figure(name="request to gate", samples_ms=[one.gate_ms for one in times]),
    ]
    zips = [one.repository_ms for one in times if one.repository_ms is not None]
    return [*figures, Figure(name="approval to validated zip", samples_ms=zips)] if zips else figures


def _previews(address: ServerAddress, *, runs: int) -> list[Figure]:
    with open_client(address) as client:
        measured = previews(client, project_id=default_project(client), runs=max(3, runs))
    return [solved_here(), planned_here(), *measured]


def _models(address: ServerAddress, data_dir: Path, *, runs: int) -> list[Figure]:
    with open_client(address) as client:
        project_id = default_project(client)
    url = embedded_database(data_dir).url
    return [bare_commit(url), *model_calls(url, project_id=project_id, runs=runs)]


if __name__ == "__main__":
    sys.exit(main())
