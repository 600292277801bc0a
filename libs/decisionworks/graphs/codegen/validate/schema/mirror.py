"""A directory from which Terraform installs our provider that knows only the schema."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

from decisionworks.graphs.codegen.validate.schema.facts import PROVIDER_SOURCE, SchemaFacts
from decisionworks.graphs.codegen.validate.schema.wire import schema_answer

_LAUNCHER = "#!/bin/sh\nexec {python} -I -B {script} {directory}\n"


def write_mirror(directory: Path, facts: SchemaFacts, *, script: Path, platform: str) -> Path:
    """Fill a fresh directory with the provider for a platform (`linux_amd64`); the answer is for `-plugin-dir`."""
    schema = directory / "schema"
    schema.mkdir(mode=0o755)
    (schema / "answer.bin").write_bytes(schema_answer(facts))
    (schema / "schema.json").write_text(json.dumps(facts.raw, sort_keys=True), encoding="utf-8")
    plugins = directory / "plugins"
    package = plugins / PROVIDER_SOURCE / facts.version / platform
    package.mkdir(parents=True, mode=0o755)
    launcher = package / f"terraform-provider-aws_v{facts.version}_x5"
    launcher.write_text(
        _LAUNCHER.format(
            python=shlex.quote(sys.executable), script=shlex.quote(str(script)), directory=shlex.quote(str(schema))
        ),
        encoding="utf-8",
    )
    launcher.chmod(0o755)
    return plugins
