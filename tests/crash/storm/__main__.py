"""`make storm KILLS=100` or `make storm RESTARTS=50`: load, deaths at random, and the count of harm."""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.crash.processes import Processes
from tests.crash.server import OwnServer
from tests.crash.storm.weather import Count, Storm, storm_of_kills, storm_of_restarts
from tests.scenarios.running import free_port

# A job is eight nodes: with these it lasts two seconds, and four workers of four slots are busy for a minute.
_NODE_S = 0.25


def main() -> int:
    """Run the storms that were asked for; 0 when none did harm."""
    parser = argparse.ArgumentParser(prog="make storm", description=__doc__)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--restarts", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--workers", type=int, default=4)
    options = parser.parse_args()
    counts: list[Count] = []
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="storm-", ignore_cleanup_errors=True)))
        server = stack.enter_context(OwnServer(port=free_port()))
        print(server.version)
        processes = stack.enter_context(Processes())
        for kills, restarts in ((options.kills, 0), (0, options.restarts)):
            if kills + restarts == 0:
                continue
            place = directory / f"storm-{len(counts)}"
            with Storm(server.url, place, processes, _NODE_S) as storm:
                sizes = {"jobs_at_least": options.jobs, "workers": options.workers}
                counts.append(
                    storm_of_kills(storm, kills=kills, **sizes)
                    if kills
                    else storm_of_restarts(storm, server, restarts=restarts, **sizes)
                )
            print(counts[-1], flush=True)
    return 0 if counts and all(count.is_harmless for count in counts) else 1


if __name__ == "__main__":
    sys.exit(main())
