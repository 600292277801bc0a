"""Which step some bytes take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from decisionworks.artifacts import StoredBytes, prefix_of
from decisionworks.artifacts.collect_garbage import next_step
from decisionworks.artifacts.places import key_of, parse_key, project_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MINE, THEIRS = UUID(int=1), UUID(int=2)
NAMED, UNNAMED = "a" * 64, "b" * 64
WEEK = timedelta(days=7)


def stored(sha256: str, *, days: float, is_retired: bool = False, project_id: UUID = MINE) -> StoredBytes:
    return StoredBytes(
        prefix=prefix_of(project_id, "work"),
        sha256=sha256,
        size_bytes=1,
        changed_at=NOW - timedelta(days=days),
        is_retired=is_retired,
    )


@pytest.mark.parametrize(
    ("bytes_", "step"),
    [
        (stored(NAMED, days=400), "keep"),
        (stored(UNNAMED, days=6), "keep"),
        (stored(UNNAMED, days=8), "retire"),
        (stored(NAMED, days=400, is_retired=True), "restore"),
        (stored(UNNAMED, days=6, is_retired=True), "keep"),
        (stored(UNNAMED, days=8, is_retired=True), "discard"),
        (stored(UNNAMED, days=400, project_id=THEIRS), "foreign"),
    ],
)
def test_bytes_take_one_step_at_a_time(bytes_: StoredBytes, step: str) -> None:
    assert next_step(bytes_, {MINE: frozenset({NAMED})}, now=NOW, grace=WEEK) == step


def test_a_digest_that_only_another_project_names_is_not_named() -> None:
    named = {MINE: frozenset[str](), THEIRS: frozenset({NAMED})}

    assert next_step(stored(NAMED, days=8), named, now=NOW, grace=WEEK) == "retire"


@pytest.mark.parametrize("kind", ["work", "repository", "validation-run", "quarantine"])
@pytest.mark.parametrize("is_retired", [False, True])
def test_a_key_tells_where_it_came_from(kind: str, is_retired: bool) -> None:
    prefix = prefix_of(MINE, kind)

    assert parse_key(key_of(NAMED, prefix, is_retired=is_retired)) == (prefix, NAMED, is_retired)
    assert project_of(prefix) == MINE


@pytest.mark.parametrize("key", ["", "a", "retired", f"x/{NAMED}", f"aa/{NAMED}", f"p/ab/{NAMED}", "p/aa/aa"])
def test_what_is_no_key_of_ours_is_told_apart(key: str) -> None:
    assert parse_key(key) is None


@pytest.mark.parametrize("prefix", ["projects", "projects/x/work", f"other/{MINE}/work", "retired/p"])
def test_a_prefix_of_nobody_has_no_project(prefix: str) -> None:
    assert project_of(prefix) is None
