"""How much is measured, and the statistics that measures share."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.contestants import Contestant
from benchmarks.peers.server import Server
from benchmarks.peers.session import Session

WARM_S = 5.0  # from the start of a worker process until it idles in front of its queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The server, a folder for marks and logs, and how long the measures take."""

    server: Server
    folder: Path
    is_quick: bool
    snapshot_minutes: float
    steady_minutes: float

    @contextmanager
    def session(self, contestant: Contestant) -> Iterator[Session]:
        """A contestant on a fresh database."""
        session = Session(self.server, contestant, self.folder)
        try:
            yield session
        finally:
            session.close()

    def less(self, count: int, *, quick: int = 4) -> int:
        """A count, smaller in a quick run."""
        return max(1, count // quick) if self.is_quick else count


def percentile(samples: Sequence[float], share: float) -> float:
    """The sample that `share` of all samples do not exceed."""
    return sorted(samples)[max(0, math.ceil(share * len(samples)) - 1)]


def waits_ms(session: Session) -> list[tuple[float, float]]:
    """Of each stamped job: when it was handed in, and how long it waited, in milliseconds."""
    return sorted((float(sent), (float(began) - float(sent)) * 1000) for sent, began in session.marks("stamp"))
