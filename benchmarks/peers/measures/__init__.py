"""What is measured: one file each, every measure takes a contestant and answers with figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.peers.contestants import Contestant
from benchmarks.peers.figures import Figure
from benchmarks.peers.measures.durable_runs import durable_runs
from benchmarks.peers.measures.enqueue import enqueue
from benchmarks.peers.measures.fairness import fairness
from benchmarks.peers.measures.growth import growth
from benchmarks.peers.measures.pickup import pickup
from benchmarks.peers.measures.plan import Plan
from benchmarks.peers.measures.snapshot import snapshot
from benchmarks.peers.measures.steady import steady
from benchmarks.peers.measures.takeover import takeover
from benchmarks.peers.measures.throughput import throughput
from benchmarks.peers.measures.zombie import zombie

Measure = Callable[[Plan, Contestant], list[Figure]]

MEASURES: Mapping[str, Measure] = {
    one.__name__: one
    for one in (
        enqueue,
        throughput,
        pickup,
        durable_runs,
        takeover,
        zombie,
        growth,
        fairness,
        snapshot,
        steady,
    )
}
