"""What one API process holds for all its requests: the database, doorbell, streams and a few small memories."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from decisionworks import decisions, registry
from decisionworks.artifacts import ContentStore, open_store
from decisionworks.events import CANCEL_RING, EVENTS_CHANNEL, JOBS_CHANNEL, Doorbell, Listener
from decisionworks.jobs import DEFAULT_QUEUE
from decisionworks.kit.canonical import sha256_hex
from decisionworks.kit.db import Database
from decisionworks.kit.errors import DecisionworksError, RetryLater
from decisionworks.kit.settings import Settings
from decisionworks.previews import PlannerPool
from decisionworks.registry import Actor
from decisionworks_api.limits import WriteLimit
from decisionworks_api.metrics import Metrics
from decisionworks_api.sse import StreamHub
from decisionworks_api.work_ringer import WorkRinger

log = structlog.get_logger(__name__)

_KEY_MEMORY_S = 5.0
_MOST_KEYS = 1_000
_MOST_PLACES = 20_000


@dataclass(slots=True, kw_only=True)
class Services:
    """The parts of one API process."""

    settings: Settings
    database: Database
    doorbell: Doorbell
    listener: Listener
    streams: StreamHub
    store: ContentStore
    metrics: Metrics
    writes: WriteLimit
    keys: KeyMemory
    places: PlaceMemory
    planners: PlannerPool
    ringer: WorkRinger
    background: set[asyncio.Task[None]] = field(default_factory=set)
    # A server that lives long has a planner ready before the first preview.
    starts_planner: bool = False

    async def start(self) -> None:
        """Open connections; none is waited for, so that health answers while the database is down."""
        await self.database.open()
        await self.doorbell.start()
        await self.listener.start()
        await self.ringer.start()
        if self.starts_planner:
            self.background.add(asyncio.create_task(self._start_planner()))

    async def _start_planner(self) -> None:
        try:
            await self.planners.start()
        except DecisionworksError as error:
            # The first preview tries again, and says what is wrong.
            log.warning("planner.not-started", reason=error.message)

    async def stop(self) -> None:
        """Close everything."""
        await self.streams.close()
        await asyncio.gather(*self.background, return_exceptions=True)
        await self.ringer.stop()
        await self.planners.stop()
        await self.listener.stop()
        await self.doorbell.stop()
        await self.database.close()

    async def actor_of(self, token: str) -> Actor | None:
        """The caller behind a token; a right answer is remembered for a few seconds."""
        digest = sha256_hex(token.encode("utf-8", "replace"))
        remembered = self.keys.get(digest)
        if remembered is not None:
            return remembered
        async with self.database.system_transaction() as tx:
            actor = await registry.authenticate(tx, token)
        if actor is not None:
            self.keys.put(digest, actor)
        return actor

    def note_abandoned(self, decision_set_id: UUID, project_id: UUID) -> None:
        """A watcher went away before the end; noted behind the scenes, and lost without harm."""
        if self.streams.is_stopping:
            return
        task = asyncio.create_task(self._note_abandoned(decision_set_id, project_id))
        self.background.add(task)
        task.add_done_callback(self.background.discard)

    async def _note_abandoned(self, decision_set_id: UUID, project_id: UUID) -> None:
        try:
            async with self.database.project_transaction(project_id) as tx:
                await decisions.note_abandoned(tx, decision_set_id)
        except RetryLater as error:
            log.warning("stream.abandonment_not_noted", error=error.message)

    def ring_events(self, decision_set_id: UUID) -> None:
        """There is something to read on a stream; call after the commit."""
        self.doorbell.ring(EVENTS_CHANNEL, str(decision_set_id))

    def wake_workers(self, queue: str = DEFAULT_QUEUE) -> None:
        """A commit with work in it comes next, then `ring_workers`: idle workers wake up while the disk writes."""
        self.doorbell.ring_ahead(JOBS_CHANNEL, queue)

    def ring_workers(self, queue: str = DEFAULT_QUEUE) -> None:
        """There is something to work on; call after the commit."""
        self.doorbell.ring(JOBS_CHANNEL, queue)
        self.ringer.ring()

    def ring_cancel(self) -> None:
        """A running job should end; call after the commit."""
        self.doorbell.ring(JOBS_CHANNEL, CANCEL_RING)


class KeyMemory:
    """Actors by the digest of their token, for a few seconds, so that a revoked key is soon refused."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[float, Actor]] = OrderedDict()

    def get(self, digest: str) -> Actor | None:
        """The actor, if seen a moment ago."""
        until, actor = self._known.get(digest, (0.0, None))
        return actor if time.monotonic() < until else None

    def put(self, digest: str, actor: Actor) -> None:
        """Remember an actor for a moment."""
        self._known[digest] = (time.monotonic() + _KEY_MEMORY_S, actor)
        self._known.move_to_end(digest)
        while len(self._known) > _MOST_KEYS:
            self._known.popitem(last=False)


class PlaceMemory:
    """Which project a decision set belongs to, and which projects there are; neither ever changes or goes."""

    def __init__(self) -> None:
        self._known: OrderedDict[UUID, UUID] = OrderedDict()
        self.projects: set[UUID] = set()
        self.default_of: dict[UUID, UUID] = {}

    def get(self, decision_set_id: UUID) -> UUID | None:
        """The project, if known."""
        return self._known.get(decision_set_id)

    def put(self, decision_set_id: UUID, project_id: UUID) -> None:
        """Remember the project."""
        self._known[decision_set_id] = project_id
        while len(self._known) > _MOST_PLACES:
            self._known.popitem(last=False)


def make_services(settings: Settings) -> Services:
    """Wire the parts of one API process; opens nothing yet."""
    database = Database(
        settings.database_url,
        pool_size=settings.pool_size,
        timeout_s=settings.database_timeout_s,
        prepare=settings.is_direct,
    )
    listener = Listener(settings.bell_url, EVENTS_CHANNEL)
    metrics = Metrics()
    return Services(
        settings=settings,
        database=database,
        doorbell=Doorbell(settings.bell_url),
        listener=listener,
        streams=StreamHub(database, listener, ping_s=settings.ping_s, lifetime_s=settings.stream_lifetime_s),
        store=open_store(settings),
        metrics=metrics,
        writes=WriteLimit(settings.rate_limit_per_minute),
        keys=KeyMemory(),
        places=PlaceMemory(),
        planners=PlannerPool(processes=settings.preview_processes, timeout_s=settings.preview_timeout_s),
        ringer=WorkRinger(settings, database, metrics),
    )
