"""`make bench-peers`: our engine and its peers on one PostgreSQL, measure by measure, as a table of ratios."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path

import click

from benchmarks.peers.contestants import Contestant, all_contestants
from benchmarks.peers.figures import Figure, Run, compared, load_run, medians, merged, table
from benchmarks.peers.measures import MEASURES
from benchmarks.peers.measures.api_runs import API_RUNS, api_runs
from benchmarks.peers.measures.plan import Plan
from benchmarks.peers.measures.streams import STREAMS, streams
from benchmarks.peers.server import NoServer, Server, serving
from benchmarks.peers.session import ProgramFailed

# Measures of whole servers, which have contestants of their own.
_OF_SERVERS: Mapping[str, Callable[[Plan], list[Figure]]] = {API_RUNS: api_runs, STREAMS: streams}
_NAMES = (*MEASURES, *_OF_SERVERS)
_LONG = ("snapshot", "steady")


@click.command()
@click.option("--only", multiple=True, type=click.Choice(_NAMES), help="These measures only (repeat it).")
@click.option("--peer", "peers", multiple=True, help="These contestants only, by name (repeat it).")
@click.option("--quick", "is_quick", is_flag=True, help="Fewer jobs, short histories; the long measures last a minute.")
@click.option(
    "--rounds",
    type=click.IntRange(1, 9),
    default=1,
    help="Everybody's turn so often, there and back: medians.  [default: 1]",
)
@click.option("--snapshot-minutes", type=float, default=None, help="How long a foreign snapshot is open.  [default: 5]")
@click.option("--steady-minutes", type=float, default=None, help="How long the steady load lasts.  [default: 15]")
@click.option("--json", "json_path", type=click.Path(path_type=Path, dir_okay=False), help="Save the run here too.")
@click.option("--show", multiple=True, type=click.Path(path_type=Path, exists=True), help="Show saved runs as one.")
@click.option("--compare", nargs=2, type=click.Path(path_type=Path, exists=True), help="Two saved runs side by side.")
def main(
    *,
    only: Sequence[str],
    peers: Sequence[str],
    is_quick: bool,
    rounds: int,
    snapshot_minutes: float | None,
    steady_minutes: float | None,
    json_path: Path | None,
    show: Sequence[Path],
    compare: tuple[Path, Path] | None,
) -> None:
    """Measure the engine beside its peers."""
    if compare is not None:
        _print(compared(load_run(compare[0]), load_run(compare[1])))
        return
    if show:
        _report(merged([load_run(path) for path in show]))
        return
    chosen = _chosen(peers)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server of the run ends with it
    with tempfile.TemporaryDirectory(prefix="decisionworks-peers-", dir=Path.cwd()) as folder:
        try:
            with serving(Path(folder)) as server:
                plan = Plan(
                    server=server,
                    folder=Path(folder),
                    is_quick=is_quick,
                    snapshot_minutes=snapshot_minutes or (1 if is_quick else 5),
                    steady_minutes=steady_minutes or (1 if is_quick else 15),
                )
                run = _run(server, plan, only or _NAMES, chosen, rounds=rounds)
        except NoServer as error:
            raise click.ClickException(str(error)) from error
    if json_path is not None:
        run.save(json_path)
    _report(run)


def _chosen(names: Sequence[str]) -> tuple[Contestant, ...]:
    known = all_contestants()
    unknown = set(names) - {one.name for one in known}
    if unknown:
        raise click.UsageError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(one.name for one in known)}")
    return tuple(one for one in known if not names or one.name in names)


def _run(server: Server, plan: Plan, names: Sequence[str], chosen: Sequence[Contestant], *, rounds: int) -> Run:
    skipped = {one.name: why for one in chosen if (why := one.missing()) is not None}
    taking_part = [one for one in chosen if one.name not in skipped]
    figures: list[Figure] = []
    for name in names:
        found: list[Figure] = []
        for turn in range(rounds):
            if name in _OF_SERVERS:
                found += _reported(name, "all", partial(_OF_SERVERS[name], plan), skipped)
                continue
            for contestant in taking_part if turn % 2 == 0 else reversed(taking_part):
                found += _reported(name, contestant.name, partial(MEASURES[name], plan, contestant), skipped)
        figures += medians(found)
    return Run(server=server.settings(), versions=_versions(), figures=figures, skipped=skipped)


def _reported(measure: str, contestant: str, work: Callable[[], list[Figure]], skipped: dict[str, str]) -> list[Figure]:
    """The figures of one measure; what fails is told and listed, and the rest goes on."""
    click.echo(f"measuring {measure} of {contestant}", err=True)
    try:
        found = work()
    except (ProgramFailed, OSError) as error:
        skipped[f"{measure} of {contestant}"] = str(error)
        click.echo(f"  failed: {error}", err=True)
        return []
    for figure in found:
        value = "-" if figure.value is None else f"{figure.value:g} {figure.unit}"
        click.echo(f"  {figure.what} {figure.setting}: {value} {figure.note}".rstrip(), err=True)
    return found


def _report(run: Run) -> None:
    _print([f"{name} {value}" for name, value in run.server.items()])
    _print([", ".join(f"{name} {value}" for name, value in run.versions.items()), ""])
    _print(table(run.figures))
    _print([f"skipped {name}: {why}" for name, why in run.skipped.items()])


def _print(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line)


def _versions() -> dict[str, str]:
    """Ours and the peers'; theirs are pinned in requirements/bench.lock."""
    lock = Path(__file__).parents[2] / "requirements" / "bench.lock"
    pinned = dict(
        line.split(" ")[0].split("==") for line in lock.read_text().splitlines() if "==" in line.split(" ")[0]
    )
    peers = ("procrastinate", "pgqueuer", "dbos", "langgraph", "langgraph-checkpoint-postgres", "asyncpg", "psycopg")
    node = {"graphile-worker": "0.17.3"} if shutil.which("node") else {}
    return {"decisionworks": version("decisionworks"), **{name: pinned[name] for name in peers}, **node}


if __name__ == "__main__":
    sys.exit(main())
