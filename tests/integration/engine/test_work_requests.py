"""A worker that works on request: idle without one, and empty-handed at its end."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from decisionworks.engine.attempt import Attempt
from decisionworks.engine.errors import TooManyWorkRequests
from decisionworks.engine.work_requests import MOST_OPEN, Worked
from decisionworks.engine.worker import Worker
from decisionworks.kit.db import Database
from decisionworks.kit.settings import Settings
from decisionworks_worker.endpoints import worker_app
from tests.factories.queue import a_project
from tests.integration.engine.test_worker import Floor

SECRET = "shared-by-api-and-workers"
RIGHT = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
async def floor(database: Database, clean_database: str) -> Floor:
    made = Floor(database, clean_database, await a_project(database))
    made.settings = Settings(
        database_url=clean_database,
        work_secret=SECRET,
        worker_mode="on_request",
        work_request_s=3.0,
        drain_s=0.3,
        poll_s=0.05,
    )
    return made


async def test_a_worker_claims_only_while_a_request_is_open(floor: Floor) -> None:
    subject_id = await floor.enqueue()

    async with floor.working() as worker:
        await _polls_pass(worker)
        before = (await floor.job(subject_id))["state"]
        worked = await _request(worker)
        after = (await floor.job(subject_id))["state"]
        second = await floor.enqueue()
        await _polls_pass(worker)
        left = (await floor.job(second))["state"]

    assert (before, after, left) == ("ready", "parked", "ready")
    assert worked == Worked(worked=1, has_more=False)


async def test_a_request_whose_time_is_over_leaves_its_run_to_others(floor: Floor) -> None:
    subject_id = await floor.enqueue()

    async def take_too_long(_attempt: Attempt) -> None:
        await asyncio.Event().wait()

    floor.toy.before["first"] = take_too_long

    async with floor.working() as worker:
        cut = await _request(worker)
        left = await floor.job(subject_id)
        held = worker.state()["running"]
        floor.toy.before.clear()
        await _request(worker)
        parked = await floor.job(subject_id)

    assert cut == Worked(worked=1, has_more=True)
    assert (left["state"], left["lost_leases"], held) == ("ready", 0, 0)
    assert parked["state"] == "parked"


async def test_the_number_of_open_requests_is_bounded(floor: Floor) -> None:
    async with floor.working() as worker:
        answers = await asyncio.gather(*(_request(worker) for _ in range(MOST_OPEN + 1)), return_exceptions=True)

    assert [type(answer) for answer in answers].count(TooManyWorkRequests) == 1
    assert [type(answer) for answer in answers].count(Worked) == MOST_OPEN


async def test_the_door_and_the_counters_open_to_the_secret_only(floor: Floor) -> None:
    async with floor.working() as worker, _client(floor.settings, worker) as client:
        wrong = {"Authorization": f"Bearer {SECRET}r"}
        refused = [
            await client.post("/work", headers=wrong),
            await client.get("/metrics", headers=wrong),
            await client.get("/metrics"),
        ]
        done = await client.post("/work", headers=RIGHT)
        counted = await client.get("/metrics", headers=RIGHT)
        resting = await client.get("/healthz")

    assert [answer.status_code for answer in refused] == [401, 401, 401]
    assert (done.status_code, done.json()) == (200, {"worked": 0, "has_more": False})
    assert "decisionworks_claim_seconds_count" in counted.text
    assert (resting.status_code, resting.json()["is_resting"]) == (200, True)


@pytest.mark.parametrize(("secret", "status"), [(None, 404), ("shared-by-api-and-workers", 409)])
async def test_a_worker_that_works_by_itself_says_so(floor: Floor, secret: str | None, status: int) -> None:
    floor.settings = Settings(database_url=floor.settings.database_url, work_secret=secret)

    async with floor.working() as worker, _client(floor.settings, worker) as client:
        answer = await client.post("/work", headers=RIGHT)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def _client(settings: Settings, worker: Worker) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=worker_app(settings, worker))
    return httpx.AsyncClient(transport=transport, base_url="http://worker", timeout=20)


async def _request(worker: Worker) -> Worked:
    assert worker.requests is not None
    async with asyncio.timeout(20):
        return await worker.requests.work()


async def _polls_pass(worker: Worker) -> None:
    """Time for a worker that is alive to look five times, if it looked."""
    async with asyncio.timeout(20):
        while not worker.state()["is_alive"]:
            await asyncio.sleep(0.01)
    await asyncio.sleep(5 * 0.05)
