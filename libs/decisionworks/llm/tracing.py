"""Tracing of model calls to LangSmith: off unless our own setting says otherwise, and redacted when on."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import uuid4

from langsmith import Client, configure

from decisionworks.kit.redact import redact, redact_json
from decisionworks.kit.settings import drop_variables
from decisionworks.llm.ledger import CallRecord


class Tracer(Protocol):
    """Is told of every call."""

    def note(self, record: CallRecord) -> None:
        """Take note of a call; must neither wait nor fail."""
        ...

    async def close(self) -> None:
        """Send what is queued."""
        ...


class NoTracer:
    """Traces nothing."""

    def note(self, record: CallRecord) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Do nothing."""


def forbid_ambient_tracing() -> None:
    """LangGraph traces whole states when an environment variable says so, and refuses to run for an old one of them;
    what is in them is not ours to give away."""
    drop_variables("LANGSMITH_", "LANGCHAIN_")
    configure(enabled=False)


class LangSmithTracer:
    """Sends calls to LangSmith from a thread of its client; what is sent has been redacted here."""

    def __init__(self, *, endpoint: str, api_key: str, project: str) -> None:
        self._project = project
        self._client = Client(api_url=endpoint, api_key=api_key, anonymizer=redact_json)

    def note(self, record: CallRecord) -> None:
        """Queue one call."""
        ended = datetime.now(UTC)
        self._client.create_run(
            f"{record.task} {record.provider}/{record.model}",
            {"prompt": redact(record.prompt or "")},
            "llm",
            project_name=self._project,
            id=uuid4(),
            outputs={"answer": redact(record.answer or "")},
            error=None if record.outcome == "answered" else redact(record.detail or record.finish_reason),
            start_time=ended - timedelta(milliseconds=record.latency_ms),
            end_time=ended,
            extra={
                "metadata": {
                    "prompt_pack": record.prompt_pack,
                    "outcome": record.outcome,
                    "input_tokens": record.usage.total_input,
                    "output_tokens": record.usage.output_tokens,
                }
            },
        )

    async def close(self) -> None:
        """Send what is queued."""
        await asyncio.to_thread(self._client.flush)
