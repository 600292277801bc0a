"""A ladder of models over a fake or a real vendor, with a real database behind it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict

from decisionworks.kit.canonical import sha256_hex
from decisionworks.kit.db import Database, Tx
from decisionworks.kit.ids import new_id
from decisionworks.kit.settings import read_settings
from decisionworks.llm import (
    CallSite,
    CodeGenProvider,
    ModelDesk,
    OfflineProvider,
    PromptPack,
    StructuredQuestion,
    open_desk,
)
from decisionworks.llm.code_model import NOTHING_WRITTEN
from decisionworks.llm.ladder import ModelLadder
from decisionworks.llm.prompt_pack import load_prompt_pack
from decisionworks.llm.schema import strict_schema
from tests.factories.queue import a_project
from tests.fakes.vendors.client import FakeVendors, fake_vendors


class Colour(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    colour: str
    reasons: list[str]


GOOD = {"colour": "green", "reasons": ["leaves"]}


@pytest.fixture(scope="session", autouse=True)
def _vendor_sdks_are_loaded() -> None:
    """Loading them takes seconds, which is no part of the short deadlines that tests give."""
    import_module("decisionworks.llm.vendors.anthropic_messages")
    import_module("decisionworks.llm.vendors.openai_api")
    import_module("anthropic.resources.messages")
    import_module("openai.resources.responses")


@pytest.fixture(scope="session")
def vendors_process() -> Iterator[FakeVendors]:
    with fake_vendors() as fake:
        yield fake


@pytest.fixture
def vendors(vendors_process: FakeVendors) -> FakeVendors:
    vendors_process.reset()
    return vendors_process


@dataclass
class Desk:
    """One run's place to ask from, and what became of it."""

    database: Database
    project_id: UUID
    vendors: FakeVendors
    run_id: UUID = field(default_factory=new_id)
    decision_set_id: UUID = field(default_factory=new_id)
    kept: list[dict[str, Any]] = field(default_factory=list)
    opened: list[ModelDesk] = field(default_factory=list)
    after_write: Callable[[], None] = lambda: None

    def site(self, *, may_have_asked: bool = False, run_id: UUID | None = None) -> CallSite:
        return CallSite(
            database=self.database,
            write=self._write,
            keep=self._keep,
            project_id=self.project_id,
            decision_set_id=self.decision_set_id,
            run_id=run_id or self.run_id,
            node="painter",
            may_have_asked=may_have_asked,
        )

    def ladder(self, models: str = "anthropic/claude-sonnet-5-5", **settings: Any) -> ModelLadder:
        """The models that answer; the offline rules are last unless `models_required` says otherwise."""
        found = self._open(models_extract=models, **settings).ladder("extract")
        assert found is not None
        return found

    def code_models(self, models: str, **settings: Any) -> CodeGenProvider:
        """The models that write code."""
        found = self._open(models_codegen=models, **settings).code_models()
        assert found is not None
        return found

    def _open(self, **settings: Any) -> ModelDesk:
        environment = {**self.vendors.environment(), "DATABASE_URL": "postgresql://unused"}
        given = {"models_codegen": "offline", "model_request_s": 5.0, "model_pause_s": 2.0, "model_deadline_s": 60.0}
        rules = OfflineProvider(
            {
                "extract": lambda _material: {"colour": "grey", "reasons": []},
                "codegen": lambda _material: NOTHING_WRITTEN,
            }
        )
        desk = open_desk(read_settings(environment, **(given | settings)), offline=rules)
        self.opened.append(desk)
        return desk

    async def calls(self) -> list[dict[str, Any]]:
        async with self.database.project_transaction(self.project_id) as tx:
            cursor = await tx.execute("SELECT * FROM model_calls ORDER BY created_at, id")
            return list(await cursor.fetchall())

    async def _write(self, work: Callable[[Tx], Any]) -> None:
        async with self.database.project_transaction(self.project_id) as tx:
            await work(tx)
        self.after_write()

    async def _keep(self, payload: bytes) -> str:
        self.kept.append(json.loads(payload))
        return sha256_hex(payload)


@pytest.fixture
async def desk(database: Database, vendors: FakeVendors) -> AsyncIterator[Desk]:
    made = Desk(database=database, project_id=await a_project(database), vendors=vendors)
    yield made
    for opened in made.opened:
        await opened.close()


def colour_question(**changes: Any) -> StructuredQuestion:
    pack: PromptPack = dataclasses.replace(
        load_prompt_pack("decisionworks.graphs.planning", "extract"),
        schema=strict_schema(Colour),
        examples=(),
        max_output_tokens=500,
        system=changes.pop(
            "system", "You name the colour of a thing that is described, and say why it has that colour."
        ),
    )
    given: dict[str, Any] = {"trusted": {"task": "name the colour"}, "untrusted": {"thing": "a meadow in May"}}
    return StructuredQuestion(task="extract", material={}, pack=pack, shape=Colour, **(given | changes))
