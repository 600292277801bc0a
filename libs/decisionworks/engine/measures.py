"""What a worker counts of itself, for Prometheus: its own registry, so that several workers may live in one process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

_QUICK = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
_LONG = (0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 30.0, 120.0, 600.0)


class Measures:
    """Counters and histograms of one worker. Units: seconds."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.claim = self._histogram("claim_seconds", "time that a claim took", ["queue"], _QUICK)
        self.pickup = self._histogram("pickup_seconds", "time from ready to claimed", ["queue"], _LONG)
        self.node = self._histogram("node_seconds", "time that a node worked", ["node"], _LONG)
        self.commit = self._histogram("commit_seconds", "time that the commit of nodes took", [], _QUICK)
        self.claimed = self._counter("jobs_claimed", "jobs claimed", ["queue", "returned"])
        self.ended = self._counter("attempts_ended", "attempts by how they ended", ["kind", "outcome"])
        self.retried = self._counter("jobs_retried", "retries by the error that caused them", ["code"])
        self.leases_lost = self._counter("leases_lost", "attempts of this worker whose lease was lost", [])
        self.rescued = self._counter("jobs_rescued", "jobs of dead workers that this worker let wait again", [])
        self.found_by_poll = self._counter("jobs_found_by_poll", "claims that no ring announced", ["queue"])
        self.events = self._counter("events_told", "events appended by runs", [])
        self.slots = Gauge("decisionworks_worker_busy_slots", "jobs in hand", ["queue"], registry=self._registry)

    def exposition(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self._registry)

    def _histogram(self, name: str, text: str, labels: list[str], buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"decisionworks_{name}", text, labels, buckets=buckets, registry=self._registry)

    def _counter(self, name: str, text: str, labels: list[str]) -> Counter:
        return Counter(f"decisionworks_{name}", text, labels, registry=self._registry)
