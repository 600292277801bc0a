"""What Prometheus scrapes from this process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """Counters of one API process, and the queue as it is when somebody looks."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "decisionworks_http_requests", "requests served", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "decisionworks_http_request_seconds", "time to serve", ["route"], buckets=_BUCKETS, registry=self._registry
        )
        self.streams = Gauge("decisionworks_open_streams", "event streams open now", registry=self._registry)
        self.work_requests = Gauge(
            "decisionworks_work_requests_open", "requests to workers open now", registry=self._registry
        )
        self.work_requests_failed = Counter(
            "decisionworks_work_requests_failed", "requests to workers that failed", registry=self._registry
        )
        self._jobs = Gauge("decisionworks_jobs", "live jobs", ["state"], registry=self._registry)
        self._oldest = Gauge(
            "decisionworks_job_oldest_seconds", "age of the oldest job", ["state"], registry=self._registry
        )
        self._by_project = Gauge(
            "decisionworks_project_jobs",
            "live jobs of the busiest projects",
            ["project", "state"],
            registry=self._registry,
        )
        self._attempts = Gauge(
            "decisionworks_attempts_last_hour", "attempts that did not succeed, by how they ended", ["outcome"],
            registry=self._registry,
        )  # fmt: skip
        self._quarantined = Gauge("decisionworks_jobs_quarantined", "jobs in quarantine", registry=self._registry)
        self._workers = Gauge("decisionworks_workers", "workers that beat", registry=self._registry)

    def note_request(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count one served request; streams are counted but not timed."""
        self._requests.labels(method=method, route=route, status=str(status)).inc()
        if not route.endswith("/streams/{decision_set_id}"):
            self._seconds.labels(route=route).observe(seconds)

    def exposition(self, queue: Mapping[str, Any]) -> bytes:
        """The text that Prometheus reads."""
        live = queue.get("jobs") or {}
        for state in ("scheduled", "ready", "running", "parked"):
            facts = live.get(state) or {}
            self._jobs.labels(state=state).set(facts.get("count", 0))
            self._oldest.labels(state=state).set(facts.get("oldest_s") or 0)
        self._by_project.clear()
        for one in queue.get("projects") or ():
            for state in ("ready", "running"):
                self._by_project.labels(project=str(one["project_id"]), state=state).set(one[state])
        self._attempts.clear()
        for outcome, count in (queue.get("attempts_last_hour") or {}).items():
            self._attempts.labels(outcome=outcome).set(count)
        self._quarantined.set(queue.get("quarantined") or 0)
        self._workers.set(len(queue.get("workers") or ()))
        return generate_latest(self._registry)
