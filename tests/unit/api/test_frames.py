from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

from decisionworks.events import StoredEvent
from decisionworks_api.sse import frame


def test_a_frame_carries_number_type_and_one_line_of_json() -> None:
    event = StoredEvent(
        stream_id=UUID(int=1),
        seq=7,
        type="reason-card",
        node="planner",
        run_id=UUID(int=2),
        checkpoint_id="c",
        payload={"decision": "zwölf\nMuster\u2028"},
        at=datetime(2026, 5, 1, tzinfo=UTC),
    )

    text = frame(event).decode("utf-8")

    number, kind, data, *rest = text.split("\n")
    assert (number, kind, rest) == ("id: 7", "event: reason-card", ["", ""])
    assert json.loads(data.removeprefix("data: ")) == event.to_json()
