"""`make crash SHARD=i/n`: a death at every point of every story; goes on where a run of the same sources ended."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from decisionworks.kit.postgres import EmbeddedPostgres
from tests.crash.processes import Processes
from tests.crash.stage import Stage
from tests.crash.suite import Enumeration, State, Suite, digest_of_sources, enumerate_points, narrator

_RUNS = 3


def main() -> int:
    """Run one shard; 0 when every point of it passed."""
    options = _options()
    began = time.monotonic()
    say = narrator(began)
    number, of = (int(part) for part in options.shard.split("/"))
    state = State(directory=Path(options.state) / digest_of_sources())
    state.directory.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crash-", ignore_cleanup_errors=True)))
        server_url = os.environ.get("DATABASE_URL") or _server(stack, directory)
        processes = stack.enter_context(Processes())
        enumeration = state.enumeration()
        if enumeration is None:
            with ExitStack() as watching:
                places = [directory / f"watching-{number}" for number in range(options.jobs)]
                stages = [watching.enter_context(Stage(server_url, place, processes)) for place in places]
                enumeration = enumerate_points(stages, runs=_RUNS, say=say)
            state.keep(enumeration)
        mine = [point for point in enumeration.points if options.only in str(point)][number - 1 :: of]
        done = state.done()
        left = [point for point in mine if str(point) not in done]
        say(f"{len(enumeration.points)} points, {len(mine)} in shard {options.shard}, {len(left)} left")
        Suite(
            server_url=server_url, directory=directory, enumeration=enumeration, state=state, processes=processes
        ).run(left, stages=options.jobs, say=say)
    return _report(state, enumeration, {str(point) for point in mine}, seconds=time.monotonic() - began)


def _report(state: State, enumeration: Enumeration, mine: set[str], *, seconds: float) -> int:
    done = {name: row for name, row in state.done().items() if name in mine}
    failed = [row for row in done.values() if row["faults"]]
    missed = [row for row in done.values() if not row["reached"] and not row["faults"]]
    kinds = Counter(
        f"{point.victim} {'call' if point.is_call else 'statement'} {point.moment}"
        for point in enumeration.points
        if str(point) in done
    )
    for kind, count in sorted(kinds.items()):
        print(f"  {count:5} {kind}")
    for row in [*failed, *missed]:
        print(f"  {'FAILED' if row['faults'] else 'NOT REACHED'} {row['point']} {'; '.join(row['faults'])}")
    print(
        f"crash: {len(done)} of {len(mine)} points, {len(done) - len(failed) - len(missed)} passed,"
        f" {len(failed)} failed, {len(missed)} not reached, {seconds:.0f} s now,"
        f" {sum(row['s'] for row in done.values()):.0f} s of runs"
    )
    return 0 if len(done) == len(mine) and not failed and not missed else 1


def _server(stack: ExitStack, directory: Path) -> str:
    # Processes are killed here, machines are not.
    # Every stage holds connections of two APIs and up to three workers.
    settings = {"fsync": "off", "full_page_writes": "off", "max_connections": "300"}
    server = EmbeddedPostgres(directory / "postgres", settings=settings)
    stack.callback(server.stop)
    return server.start(timeout_s=60)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make crash", description=__doc__)
    parser.add_argument("--shard", default="1/1", metavar="I/N", help="every n-th point, from the i-th on")
    parser.add_argument("--only", default="", metavar="TEXT", help="points with this in their names")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="points at the same time")
    parser.add_argument("--state", default=".data/crash", help="where finished points are kept")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
