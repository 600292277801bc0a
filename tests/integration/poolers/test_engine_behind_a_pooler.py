"""The engine's own tests, through PgBouncer in transaction mode, with LISTEN on a direct connection and without."""

from __future__ import annotations

import asyncio
import contextlib
from uuid import UUID

import psycopg

from decisionworks import events
from decisionworks.events import EVENTS_CHANNEL, EventDraft, Listener
from decisionworks.kit.db import Database
from decisionworks.kit.ids import new_id
from decisionworks_api.sse import StreamHub
from tests.factories.queue import a_project, a_worker, claimed

# The fixture `database` of this folder goes through the pooler: the same tests, another way to the server.
from tests.integration.engine.test_runs import (  # noqa: F401
    bench,
    test_a_frozen_worker_that_wakes_can_write_nothing,
    test_a_run_parks_at_each_gate_and_ends_with_every_node_worked_once,
    test_a_second_worker_takes_over_and_repeats_no_finished_node,
)
from tests.integration.engine.test_worker import (  # noqa: F401
    Floor,
    floor,
    test_a_claim_whose_answer_never_arrived_is_worked_all_the_same,
    test_an_end_asked_for_while_a_woken_job_looks_for_its_answer_ends_it,
)
from tests.integration.jobs.test_claim_and_lease import (  # noqa: F401
    test_a_takeover_waits_for_the_writer_that_holds_the_lease,
    test_a_wake_waits_for_a_worker_that_is_parking_right_now,
    test_an_expired_lease_lets_another_worker_finish_the_job,
    test_many_jobs_on_two_workers_are_each_claimed_once,
)

Backends = psycopg.Connection[tuple[object, ...]]


async def test_a_whole_run_with_its_gates_is_worked_once(floor: Floor, backends: Backends) -> None:  # noqa: F811
    subject_id = await floor.enqueue()

    async with floor.working():
        await floor.becomes(subject_id, "parked")
        bells = _bells(backends)
        await floor.answered(subject_id, "blue")
        while "approve" not in floor.toy.life.asked:
            await floor.becomes(subject_id, "parked", "running", "ready")
        await floor.becomes(subject_id, "parked")
        await floor.answered(subject_id, "yes")
        await floor.becomes(subject_id, "succeeded")

    told = await floor.told(subject_id)
    assert dict(floor.toy.worked) == {"first": 1, "second": 1, "third": 1, "fourth": 1}
    assert (told.count("run-complete"), told.count("gate-waiting"), told.count("reason-card")) == (1, 2, 4)
    assert bells == (2 if floor.settings.listen_url else 0), "a doorbell and a listener, or neither"


async def test_the_job_of_a_worker_that_beats_no_more_is_rescued_by_its_lease(floor: Floor) -> None:  # noqa: F811
    subject_id = await floor.enqueue()
    dead = await a_worker(floor.database, lease_s=1.0)
    [taken] = await claimed(floor.database, dead)

    async with floor.working():
        found = await floor.becomes(subject_id, "parked")

    assert found["attempt"] == taken.attempt + 1


async def test_a_stream_follows_by_polling_where_nobody_can_listen(database: Database, backends: Backends) -> None:
    project_id, stream_id = await a_project(database), new_id()
    listener = Listener(None, EVENTS_CHANNEL)
    await listener.start()
    hub = StreamHub(database, listener, ping_s=10.0, lifetime_s=30.0)
    stream = hub.open(stream_id, project_id, after=0)
    assert (await anext(stream)).startswith(b"retry:")

    reading = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    await _tell(database, project_id, stream_id)
    async with asyncio.timeout(5):
        frame = await reading

    assert frame.startswith(b"id: 1\nevent: something\n")
    assert _bells(backends) == 0
    await stream.aclose()  # type: ignore[attr-defined]
    await hub.close()
    await listener.stop()


async def test_no_scope_and_no_statement_is_left_on_a_server_connection(pooled_url: str) -> None:
    """A client of its own and one of ours share what connections there are; the other looks at each, many times."""
    database = Database(pooled_url, pool_size=2, timeout_s=10.0, prepare=False)
    await database.open()
    project_id = await a_project(database)
    commit_nodes = b"SELECT * FROM decisionworks_commit_nodes(%s, 1, %s, %s, false, %s::jsonb)"
    seen = set()

    async with await psycopg.AsyncConnection.connect(pooled_url, autocommit=True, prepare_threshold=None) as next_one:
        for _ in range(20):
            await database.call(commit_nodes, (new_id(), new_id(), project_id, "{}"))
            async with database.project_transaction(project_id) as tx:
                await tx.execute("SELECT 1")
            cursor = await next_one.execute(
                "SELECT current_user = session_user, coalesce(current_setting('decisionworks.project_id', true), ''),"
                " (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_listening_channels())"
            )
            seen.add(await cursor.fetchone())
    await database.close()

    assert seen == {(True, "", 0, 0)}


async def _tell(database: Database, project_id: UUID, stream_id: UUID) -> None:
    async with database.project_transaction(project_id) as tx:
        draft = EventDraft(type="something", payload={})
        await events.append(tx, project_id=project_id, stream_id=stream_id, run_id=None, drafts=[draft])


def _bells(backends: Backends) -> int:
    """Server connections that ring or listen."""
    with contextlib.closing(
        backends.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'decisionworks-bell'"
        )
    ) as cursor:
        row = cursor.fetchone()
    return int(str(row[0])) if row else 0
