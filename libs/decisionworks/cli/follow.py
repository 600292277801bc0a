"""Following a run until it waits for a person or has ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from decisionworks.cli.client import Client, segment
from decisionworks.cli.exit_codes import RESTS

_RESTING_EVENTS = frozenset({"questions-asked", "gate-waiting", "run-complete"})


def until_rest(
    client: Client, decision_set_id: str, *, after: int = 0, show: Callable[[dict[str, Any]], None] | None = None
) -> tuple[dict[str, Any], int]:
    """The decision set once it rests, and the number of the last event seen.

    An event that announces a rest may belong to an earlier one; only the status tells.
    """
    path = f"/decision-sets/{segment(decision_set_id)}"
    for event in client.follow(decision_set_id, after=after):
        after = event["seq"]
        if show is not None:
            show(event)
        if event["type"] in _RESTING_EVENTS:
            shown = client.get(path)
            if shown["status"] in RESTS:
                return shown, after
    return client.get(path), after
