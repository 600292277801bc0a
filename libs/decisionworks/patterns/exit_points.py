"""Where one can get out of a plan: what is bound to a vendor, what would take its place, and when that pays."""

from __future__ import annotations

from collections.abc import Sequence

from decisionworks.patterns.model import Json

# Parts that hold data or answer callers; the others can be left by not running them any more.
BINDING = frozenset(
    {
        "ingestion", "storage", "feature_store", "orchestration", "registry", "serving", "vector_store", "processing",
        "llm_application", "caching",
    }
)  # fmt: skip
_STAYS = {
    "storage": "tables stay Parquet under S3 keys that any engine reads",
    "registry": "model files keep their manifest with digest and metrics",
    "serving": "callers keep the HTTP interface; the model file moves as it is",
    "vector_store": "vectors are made again from the documents",
    "feature_store": "the offline tables are the truth; the online copy is filled again from them",
    "orchestration": "steps are plain containers; only their order is written anew",
    "ingestion": "producers keep their records; only the address they write to changes",
}


def list_exit_points(rows: Sequence[Json], thresholds: Sequence[Json]) -> list[Json]:
    """For each binding part its services, the open alternative, the next best here and what triggers leaving."""
    found = []
    for row in rows:
        services = row.get("aws_services")
        if row["capability"] not in BINDING or not services:
            continue
        runner_up = row.get("runner_up")
        trigger = next((str(one["text"]) for one in thresholds if _removes(one, str(row["id"]))), None)
        stays = _STAYS.get(str(row["capability"]), "its inputs and outputs lie in the plan's own storage")
        found.append(
            {
                "pattern": row["id"],
                "services": services,
                "open_alternative": row["open_source_alternative"],
                "next_best": runner_up["id"] if isinstance(runner_up, dict) else None,
                "trigger": trigger
                or "no change of load, budget or time that was tried; when the vendor ends it or raises its price",
                "stays": stays,
            }
        )
    return found


def _removes(threshold: Json, pattern: str) -> bool:
    """Whether a part is no longer there beyond a point."""
    gone = threshold.get("without")
    return threshold["pattern"] == pattern or (isinstance(gone, list) and pattern in gone)
