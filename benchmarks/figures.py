"""Samples and how they are shown."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured thing. Units: `samples_ms` are milliseconds."""

    name: str
    samples_ms: Sequence[float]

    def to_json(self) -> dict[str, object]:
        """The figure for machines."""
        shown = {key: round(value, 2) for key, value in self._summary().items()}
        return {"name": self.name, "n": len(self.samples_ms), **shown}

    def line(self) -> str:
        """The figure for people."""
        values = "  ".join(f"{key[:-3]} {value:9.1f}" for key, value in self._summary().items())
        return f"{self.name:<44} n {len(self.samples_ms):4d}  {values}"

    def _summary(self) -> dict[str, float]:
        return {
            "min_ms": min(self.samples_ms),
            "p50_ms": statistics.median(self.samples_ms),
            "p95_ms": sorted(self.samples_ms)[max(0, math.ceil(0.95 * len(self.samples_ms)) - 1)],
            "max_ms": max(self.samples_ms),
        }
