"""`make models-load RUNS=50 RATE=5`: runs at the same time, all of which ask models of one vendor that allows so many
requests a second. Counted at the vendor: what went over its limit; counted here: runs that did not come to their gate.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from decisionworks.engine.migrate import migrate
from decisionworks.registry import install
from tests.conftest import ADMIN_TOKEN, ScratchDatabase
from tests.crash.server import OwnServer
from tests.fakes.vendors.client import fake_vendors
from tests.scenarios.running import CHURN, free_port, running


def main() -> int:
    """Run them; 0 when the limit was kept and every run came to its gate."""
    parser = argparse.ArgumentParser(prog="make models-load", description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--rate", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="models-load-")))
        server = stack.enter_context(OwnServer(port=free_port()))
        vendors = stack.enter_context(fake_vendors())
        vendors.script(rate_per_s=options.rate)
        settings = {
            "DECISIONWORKS_MODEL_RATE_PER_S": str(options.rate),
            "DECISIONWORKS_MODEL_AT_ONCE": "0",
            "DECISIONWORKS_MODEL_DEADLINE_S": "600",
            "DECISIONWORKS_WORKER_SLOTS": str(-(-options.runs // options.workers)),
        }
        url = stack.enter_context(ScratchDatabase(server.url))
        migrate(url)
        asyncio.run(install(url, ADMIN_TOKEN))
        platform = stack.enter_context(
            running(url, directory, workers=options.workers, **vendors.environment(), **settings)
        )
        began = time.monotonic()
        with ThreadPoolExecutor(max_workers=options.runs) as pool:
            asked = list(
                pool.map(lambda number: platform.ask(f"{CHURN} This is request {number}."), range(options.runs))
            )
        at_gate = sum(
            platform.wait_for(one, "gate_waiting", timeout_s=1200)["status"] == "gate_waiting" for one in asked
        )
        took_s = time.monotonic() - began
        calls = vendors.calls()
        over = sum(call["is_over"] for call in calls)
        answered = Counter(
            event["payload"]["model"]["provider"]
            for one in asked
            for event in platform.events(one)
            if event["type"] == "reason-card" and event["payload"]["model"]["prompt_pack"] != "none"
        )
    busiest = busiest_second([call["at"] for call in calls])
    print(
        f"models-load: {options.runs} runs on {options.workers} workers in {took_s:.0f} s: {at_gate} at their gate,"
        f" {len(calls)} requests, at most {busiest} in any second of a vendor that allows {options.rate},"
        f" {over} over its limit; cards by {dict(answered)}"
    )
    return 0 if over == 0 and at_gate == options.runs else 1


def busiest_second(moments: list[float]) -> int:
    """The most requests that came within one second, wherever it begins."""
    ordered = sorted(moments)
    return max((sum(begin <= one < begin + 1.0 for one in ordered) for begin in ordered), default=0)


if __name__ == "__main__":
    sys.exit(main())
