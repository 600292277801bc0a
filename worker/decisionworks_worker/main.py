"""The worker's process: settings, signals, work, peace."""

from __future__ import annotations

import asyncio
import signal
import sys

import structlog
import uvloop

from decisionworks.engine.worker import Worker
from decisionworks.kit.db import Database
from decisionworks.kit.errors import DecisionworksError
from decisionworks.kit.logging import configure_logging
from decisionworks.kit.settings import Settings, read_settings
from decisionworks.llm import InvalidModels
from decisionworks.llm.tracing import forbid_ambient_tracing
from decisionworks.projects.extract import warming_steps
from decisionworks_worker.endpoints import serving
from decisionworks_worker.graphs import graph_definitions, open_models
from decisionworks_worker.tasks import task_definitions

log = structlog.get_logger(__name__)
WARM_AFTER_S = 3.0
BETWEEN_STEPS_S = 0.2


def main() -> int:
    """Run one worker until SIGTERM or SIGINT."""
    try:
        settings = read_settings()
    except DecisionworksError as error:
        sys.stderr.write(f"decisionworks worker: {error.message}\n")
        return 2
    if settings.worker_mode == "on_request" and settings.worker_port == 0:
        sys.stderr.write("decisionworks worker: nobody can ask this worker to work; set DECISIONWORKS_WORKER_PORT\n")
        return 2
    configure_logging(log_format=settings.log_format, level=settings.log_level, process="worker")
    try:
        uvloop.run(_work(settings))
    except InvalidModels as error:
        sys.stderr.write(f"decisionworks worker: {error.message}; {error.remedy}\n")
        return 2
    return 0


async def _work(settings: Settings) -> None:
    database = Database(
        settings.database_url,
        pool_size=settings.pool_size,
        timeout_s=settings.database_timeout_s,
        prepare=settings.is_direct,
    )
    forbid_ambient_tracing()
    models = open_models(settings)
    await database.open()
    worker = Worker(settings, graph_definitions(settings, models), database, tasks=task_definitions())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.drain)
    log.info("worker.started", slots=settings.worker_slots)
    opening = asyncio.create_task(models.open())
    warming = asyncio.create_task(_warm_up())
    try:
        async with serving(settings, worker):
            await worker.run()
    finally:
        for task in (opening, warming):
            task.cancel()
        await asyncio.gather(opening, warming, return_exceptions=True)
        await models.close()
        await database.close()
    log.info("worker.stopped")


async def _warm_up() -> None:
    """Ready the rules of every language, a step at a time, once the jobs that waited for a worker are under way."""
    await asyncio.sleep(WARM_AFTER_S)
    for step in warming_steps():
        await asyncio.to_thread(step)
        await asyncio.sleep(BETWEEN_STEPS_S)
