"""A worker that kills itself with SIGKILL at one point of one node; the product knows nothing of it.

Usage: python -m tests.crash.dying_worker NODE MOMENT
Moments: `working` in the middle of the node's work, `worked` when the work is done and nothing of it is committed,
`committed` when the commit that holds the node is done.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from decisionworks.engine import node as node_module
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.node import NodeResult, NodeSpec, State
from decisionworks_worker.main import main

WORKING, WORKED, COMMITTED = "working", "worked", "committed"
GATES = ("gate_user_input", "gate_hitl")


def die() -> None:
    """End as a machine ends: no handler, no farewell."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(victim: str, moment: str) -> None:
    """Put the kill in place."""
    if moment == COMMITTED:
        _die_after_commit_of(victim)
    else:
        _die_in_work_of(victim, moment)


def _die_in_work_of(victim: str, moment: str) -> None:
    original = node_module._work_once

    async def deadly(spec: NodeSpec, state: State, attempt: Attempt, **names: str) -> Any:
        if spec.name != victim:
            return await original(spec, state, attempt, **names)

        async def work(given: State, at: Attempt) -> NodeResult:
            if moment == WORKING:
                die()
            result = await spec.work(given, at)
            die()
            return result

        lethal = NodeSpec(
            name=spec.name,
            inputs=spec.inputs,
            work=work,
            has_outside_effects=spec.has_outside_effects,
            versions=spec.versions,
            unhashed_outputs=spec.unhashed_outputs,
        )
        return await original(lethal, state, attempt, **names)

    node_module._work_once = deadly  # type: ignore[assignment]


def _die_after_commit_of(victim: str) -> None:
    original: Callable[..., Coroutine[Any, Any, None]] = Attempt._commit

    async def deadly(self: Attempt, *given: Any, **names: Any) -> None:
        holds_victim = any(done.node == victim for done in self.outbox.nodes)
        await original(self, *given, **names)
        if holds_victim:
            die()

    Attempt._commit = deadly  # type: ignore[method-assign]


if __name__ == "__main__":
    arm(sys.argv[1], sys.argv[2])
    sys.exit(main())
