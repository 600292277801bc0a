"""What we rely on in LangGraph beyond its documentation; an upgrade that changes any of it fails here."""

from __future__ import annotations

from typing import Any, TypedDict

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

from decisionworks.engine.run_graph import STRICT_RESUME


class State(TypedDict, total=False):
    answer: str


def _asking() -> Any:
    builder: StateGraph[State, None, State, State] = StateGraph(State)
    builder.add_node("ask", lambda _state: {"answer": interrupt({"question": "?"})})
    builder.add_edge(START, "ask")
    builder.add_edge("ask", END)
    return builder.compile(checkpointer=InMemorySaver())


async def test_an_answer_to_an_interrupt_that_is_not_waiting_is_refused() -> None:
    app = _asking()
    config: Any = {"configurable": {"thread_id": "t", STRICT_RESUME: True}}
    await app.ainvoke({}, config, version="v2")

    with pytest.raises(Exception, match=r"(?i)interrupt"):
        await app.ainvoke(Command(resume={"0" * 32: "too late"}), config, version="v2")

    assert (await app.aget_state(config)).next == ("ask",)


async def test_an_answer_by_id_reaches_its_interrupt() -> None:
    app = _asking()
    config: Any = {"configurable": {"thread_id": "t", STRICT_RESUME: True}}
    waiting = await app.ainvoke({}, config, version="v2")

    done = await app.ainvoke(Command(resume={waiting.interrupts[0].id: "yes"}), config, version="v2")

    assert done.value["answer"] == "yes"


def test_every_statement_of_the_saver_goes_through_its_cursor() -> None:
    for name in ("_cursor", "_dump_blobs", "_dump_writes", "_load_checkpoint_tuple"):
        assert callable(getattr(AsyncPostgresSaver, name)), name
    for name in ("UPSERT_CHECKPOINTS_SQL", "UPSERT_CHECKPOINT_BLOBS_SQL", "INSERT_CHECKPOINT_WRITES_SQL"):
        assert "project_id" not in getattr(AsyncPostgresSaver, name), "the column's default has to fill it"
