"""Makes a repository from words, as a run would pack it, and prints the digest of its zip.

python -m tests.golden.same_bytes WORDS                  in this world
python -m tests.golden.same_bytes WORDS --upside-down    directories listed backwards, next year, on one processor
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from typing import Any


def main() -> None:
    """Plan, render, pack, print."""
    if "--upside-down" in sys.argv:
        turn_the_world_over()
    print(json.dumps(digests(sys.argv[1])))


def turn_the_world_over() -> None:
    """Change what differs between machines and cannot be changed from outside of a process."""
    list_directory, scan_directory, clock = os.listdir, os.scandir, time.time
    os.listdir = lambda *a: sorted(list_directory(*a), reverse=True)  # type: ignore[assignment]
    os.scandir = lambda *a: Backwards(scan_directory(*a))  # type: ignore[assignment]
    time.time = lambda: clock() + 400 * 86_400
    os.cpu_count = lambda: 1
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])


class Backwards:
    """A directory whose entries come in the other order."""

    def __init__(self, entries: Any) -> None:
        with entries:
            self._entries = iter(sorted(entries, key=lambda entry: entry.name, reverse=True))

    def __iter__(self) -> Any:
        return self._entries

    def __next__(self) -> Any:
        return next(self._entries)

    def __enter__(self) -> Backwards:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is open."""


def digests(words: str) -> dict[str, str]:
    """What has to be the same: the plan, the content of the repository, and the bytes of its zip."""
    from decisionworks.artifacts import MANIFEST_PATH, GeneratedFile, build_manifest, content_sha256, deterministic_zip
    from decisionworks.costs import load_prices
    from decisionworks.graphs.codegen.render import RenderInput, render_repository, template_version
    from decisionworks.kit.canonical import canonical_json
    from decisionworks.patterns import load_pattern_catalogue
    from decisionworks.patterns.compose_plan import compose_plan
    from decisionworks.projects import (
        constraints_from_json,
        constraints_to_json,
        extract_constraints,
        load_constraint_catalogue,
        planning_values,
    )

    catalogue = load_constraint_catalogue()
    read = extract_constraints(words, data=None, on_missing="assume", catalogue=catalogue)
    constraints = constraints_to_json(read.constraints)
    made = compose_plan(
        constraints, findings={}, objections=[], catalogue=load_pattern_catalogue(), prices=load_prices()
    )
    assert made.plan is not None
    plan = hashlib.sha256(canonical_json([dict(made.plan), dict(made.cost_estimate)]).encode()).hexdigest()
    source = RenderInput(
        plan=dict(made.plan),
        values=planning_values(constraints_from_json(constraints), catalogue=catalogue),
        cost_estimate=dict(made.cost_estimate),
        policy_results={"status": "pass", "rules": []},
        plan_hash=plan,
        project_name="Öfen & scores",
        request=words,
    )
    files = render_repository(source)
    manifest = build_manifest(files, plan_hash=plan, catalogue_version="1", template_version=template_version())
    text = json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False).encode()
    archive = deterministic_zip({**files, MANIFEST_PATH: GeneratedFile(content=text, pattern="p")})
    return {"plan": plan, "content": content_sha256(manifest), "zip": hashlib.sha256(archive).hexdigest()}


if __name__ == "__main__":
    main()
