"""Planner processes that die, hang, are too few, or lose whom they work for."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from decisionworks.kit.errors import Invalid
from decisionworks.previews import PlannerBusy, PlannerFailed, PlannerPool, PreviewTimedOut

# A planner that does as it is told: the task names what.
OBEDIENT = """
import json, os, sys, time
print('{"ready":true}', flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    match asked["task"]:
        case "die": os._exit(3)
        case "hang": sys.stdin.read()
        case "warm up":
            time.sleep(asked["material"]["s"])
            print(json.dumps({"id": asked["id"], "content": {}}), flush=True)
        case "babble": print("no json", flush=True)
        case "refuse":
            fields = [{"pointer": "/x", "detail": "is no"}]
            problem = {"kind": "invalid", "message": "no", "remedy": None, "problems": fields}
            print(json.dumps({"id": asked["id"], "problem": problem}), flush=True)
        case _: print(json.dumps({"id": asked["id"], "content": {"pid": os.getpid(), **asked["material"]}}), flush=True)
"""


def pool_of(code: str = OBEDIENT, **given: Any) -> PlannerPool:
    return PlannerPool(**{"processes": 1, "timeout_s": 10.0, "arguments": ("-I", "-c", code)} | given)


async def test_callers_one_after_another_are_answered_by_one_process() -> None:
    pool = pool_of(processes=2)

    first, second = await pool.ask("echo", {"n": 1}), await pool.ask("echo", {"n": 2})
    await pool.stop()

    assert (first["n"], second["n"]) == (1, 2)
    assert first["pid"] == second["pid"]


@pytest.mark.parametrize("death", ["die", "babble"])
async def test_a_planner_that_dies_or_babbles_is_replaced(death: str) -> None:
    pool = pool_of()
    before = await pool.ask("echo", {})

    with pytest.raises(PlannerFailed):
        await pool.ask(death, {})
    after = await pool.ask("echo", {})
    await pool.stop()

    assert after["pid"] != before["pid"]


async def test_a_question_without_an_answer_ends_its_process_in_time() -> None:
    pool = pool_of()
    before = await pool.ask("echo", {})
    pool.timeout_s = 0.2

    with pytest.raises(PreviewTimedOut):
        await pool.ask("hang", {})
    pool.timeout_s = 10.0
    after = await pool.ask("echo", {})
    await pool.stop()

    assert after["pid"] != before["pid"]


async def test_a_new_process_may_take_longer_over_its_first_answer_than_over_any_other() -> None:
    pool = pool_of(timeout_s=1.0)

    first = await pool.ask("warm up", {"s": 1.2})
    with pytest.raises(PreviewTimedOut):
        await pool.ask("warm up", {"s": 60})
    of_the_next_process = await pool.ask("warm up", {"s": 1.2})
    await pool.stop()

    assert first == of_the_next_process == {}


async def test_a_caller_that_goes_away_takes_its_question_along() -> None:
    pool = pool_of()
    await pool.ask("echo", {})
    asking = asyncio.create_task(pool.ask("hang", {}))
    await asyncio.sleep(0)

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert await pool.ask("echo", {"n": 1})
    await pool.stop()


async def test_a_refusal_is_an_answer_with_its_problems() -> None:
    pool = pool_of()

    with pytest.raises(Invalid) as refusal:
        await pool.ask("refuse", {})
    await pool.stop()

    assert [problem.pointer for problem in refusal.value.problems] == ["/x"]


async def test_who_finds_no_planner_free_waits_a_bounded_time() -> None:
    pool = pool_of()
    await pool.ask("echo", {})
    hanging = asyncio.create_task(pool.ask("hang", {}))
    await asyncio.sleep(0)

    with pytest.raises(PlannerBusy):
        await pool.ask("echo", {}, patience_s=0.05)
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)
    await pool.stop()


async def test_no_more_than_a_bounded_number_waits() -> None:
    pool = pool_of(most_waiting=2)
    await pool.ask("echo", {})
    hanging = [asyncio.create_task(pool.ask("hang", {})) for _ in range(3)]
    for _ in range(3):
        await asyncio.sleep(0)

    with pytest.raises(PlannerBusy):
        await pool.ask("echo", {}, patience_s=60.0)
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
    await pool.stop()


async def test_a_planner_that_cannot_start_is_said_to_have_failed() -> None:
    pool = pool_of("raise SystemExit(1)")

    with pytest.raises(PlannerFailed):
        await pool.ask("echo", {})
    await pool.stop()


def test_a_planner_ends_when_the_process_that_asks_is_killed() -> None:
    code = (
        "import asyncio, os, signal\n"
        "from decisionworks.previews import PlannerPool\n"
        "async def main():\n"
        f"    pool = PlannerPool(processes=1, timeout_s=10, arguments=('-I', '-c', {OBEDIENT!r}))\n"
        "    print((await pool.ask('echo', {}))['pid'], flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )

    asking = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    planner = Path(f"/proc/{int(asking.stdout.split()[-1])}/stat")

    assert asking.returncode == -9
    for _ in range(200):
        if not planner.exists() or planner.read_text().rpartition(")")[2].split()[0] == "Z":
            break
        subprocess.run([sys.executable, "-c", ""], check=True)
    else:
        raise AssertionError("the planner outlived whom it worked for")
