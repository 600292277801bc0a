"""The directory from which the provider that knows only the schema is run."""

from __future__ import annotations

import json
from pathlib import Path

from decisionworks.graphs.codegen.validate.schema.facts import SchemaFacts
from decisionworks.graphs.codegen.validate.schema.wire import schema_answer


def write_schema(directory: Path, facts: SchemaFacts) -> Path:
    """Fill a fresh directory with what `tools/schema_provider.py` answers from."""
    (directory / "answer.bin").write_bytes(schema_answer(facts))
    (directory / "schema.json").write_text(json.dumps(facts.raw, sort_keys=True), encoding="utf-8")
    return directory
