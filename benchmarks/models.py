"""What the provider layer adds to a model call: the same question over it and over the vendor's own SDK, in turns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from benchmarks.figures import Figure
from decisionworks.kit.canonical import sha256_hex
from decisionworks.kit.db import Database, Tx
from decisionworks.kit.ids import new_id
from decisionworks.kit.settings import read_settings
from decisionworks.llm import CallSite, OfflineProvider, PromptPack, StructuredQuestion, open_desk
from decisionworks.llm.ladder import ModelLadder
from decisionworks.llm.model import VendorClient, VendorPrompt
from decisionworks.llm.prompting import first_turns, system_text
from decisionworks.llm.schema import strict_schema
from decisionworks.llm.vendors.anthropic_messages import AnthropicMessages
from tests.fakes.vendors.client import FakeVendors, fake_vendors

_MODEL = "claude-sonnet-5-5"


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    words: list[str]


_PACK = PromptPack(
    name="bench",
    version=1,
    max_output_tokens=500,
    system="You repeat words, one by one, and leave none out.",
    examples=(),
    schema=strict_schema(_Answer),
    digest=sha256_hex("bench"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the questions come from: a project of the measured database."""

    database: Database
    project_id: UUID

    def site(self) -> CallSite:
        return CallSite(
            database=self.database,
            write=self._write,
            keep=self._keep,
            project_id=self.project_id,
            decision_set_id=new_id(),
            run_id=new_id(),
            node="bench",
            may_have_asked=False,
        )

    async def _write(self, work: Callable[[Tx], Awaitable[None]]) -> None:
        async with self.database.project_transaction(
            self.project_id, is_durable=False
        ) as tx:  # as a run's attempt does
            await tx.execute("SELECT 1")  # the lease is held in the same transaction
            await work(tx)

    async def _keep(self, payload: bytes) -> str:
        return sha256_hex(payload)


def model_calls(database_url: str, *, project_id: str, runs: int) -> list[Figure]:
    """A call over the bare SDK, a call over our layer, and the difference of the two in the same moment."""
    with fake_vendors() as vendors:
        vendors.script(anthropic=[{"answer": {"words": ["one", "two"]}}])
        return asyncio.run(_measure(database_url, vendors, project_id=UUID(project_id), runs=runs))


async def _measure(database_url: str, vendors: FakeVendors, *, project_id: UUID, runs: int) -> list[Figure]:
    database = Database(database_url, pool_size=2, timeout_s=10.0)
    await database.open()
    settings = read_settings(
        {**vendors.environment(), "DATABASE_URL": database_url},
        models_extract=f"anthropic/{_MODEL}",
        model_rate_per_s=0.0,  # a limit would be waited for, which is what it is for
        model_budget_month_usd=10_000.0,
    )
    desk = open_desk(settings, offline=OfflineProvider({}))
    bare = AnthropicMessages(api_key="k" * 20, base_url=settings.anthropic_base_url, pause_s=20.0)
    try:
        await desk.open()
        ladder = desk.ladder("extract")
        assert ladder is not None
        place = _Place(database=database, project_id=project_id)
        return await _in_turns(ladder, bare, place, runs=runs)
    finally:
        await bare.close()
        await desk.close()
        await database.close()


async def _in_turns(ladder: ModelLadder, bare: VendorClient, place: _Place, *, runs: int) -> list[Figure]:
    plain, layered = [], []
    for number in range(runs + 10):
        question = StructuredQuestion(
            task="extract", material={}, pack=_PACK, shape=_Answer, untrusted={"words": f"one two {number}"}
        )
        prompt = VendorPrompt(
            model=_MODEL,
            system=system_text(question),
            turns=first_turns(question),
            schema=_PACK.schema,
            schema_name="bench",
            max_output_tokens=500,
            sampling=None,
        )
        started = time.perf_counter()
        await bare.send(prompt, timeout_s=20)
        between = time.perf_counter()
        await ladder.answer(question, place.site())
        plain.append((between - started) * 1000)
        layered.append((time.perf_counter() - between) * 1000)
    plain, layered = plain[10:], layered[10:]
    added = [max(0.0, two - one) for one, two in zip(plain, layered, strict=True)]
    return [
        Figure(name="floor: model call over the vendor's SDK", samples_ms=plain),
        Figure(name="the same over the provider layer", samples_ms=layered),
        Figure(name="the provider layer adds (goal p50 <= 3 ms)", samples_ms=added),
    ]
