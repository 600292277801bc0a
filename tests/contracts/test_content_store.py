"""What every content store promises: the disk, and a bucket behind real HTTP."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from decisionworks.artifacts import (
    ArtifactNotFound,
    ArtifactTooLarge,
    ContentStore,
    DiskStore,
    UnsafePath,
    prefix_of,
)
from tests.fakes.s3_process import S3Process

DATA = b"repository" * 1000
DIGEST = hashlib.sha256(DATA).hexdigest()
MINE, THEIRS = UUID(int=1), UUID(int=2)
PREFIX = prefix_of(MINE, "repository")
LIMIT_BYTES = 1_000_000


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ContentStore]:
    if request.param == "disk":
        yield DiskStore(tmp_path, limit_bytes=LIMIT_BYTES)
        return
    server = S3Process(tmp_path)
    server.start()
    try:
        yield server.store(limit_bytes=LIMIT_BYTES, part_bytes=100_000)
    finally:
        server.kill()


def listed(store: ContentStore) -> list[tuple[str, str, int, bool]]:
    return sorted((one.prefix, one.sha256, one.size_bytes, one.is_retired) for one in store.stored())


def test_bytes_are_kept_under_their_digest(store: ContentStore) -> None:
    sha256 = store.put(DATA, prefix=PREFIX)

    assert sha256 == DIGEST
    assert store.read(DIGEST, prefix=PREFIX) == store.open(DIGEST, prefix=PREFIX).read() == DATA
    assert listed(store) == [(PREFIX, DIGEST, len(DATA), False)]


@pytest.mark.parametrize("size_bytes", [0, 99_999, 100_000, 100_001, 450_000])
def test_bytes_of_every_size_come_back_as_they_were(store: ContentStore, size_bytes: int) -> None:
    data = bytes(range(256)) * (size_bytes // 256 + 1)
    data = data[:size_bytes]

    first, second = store.put(data, prefix=PREFIX), store.put(data, prefix=PREFIX)

    assert first == second == hashlib.sha256(data).hexdigest()
    assert store.read(first, prefix=PREFIX) == data


def test_many_writers_of_the_same_bytes_leave_one_copy(store: ContentStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        digests = set(pool.map(lambda _: store.put(DATA, prefix=PREFIX), range(16)))

    assert digests == {DIGEST}
    assert listed(store) == [(PREFIX, DIGEST, len(DATA), False)]


def test_one_project_s_bytes_are_not_found_under_another(store: ContentStore) -> None:
    store.put(DATA, prefix=PREFIX)

    with pytest.raises(ArtifactNotFound):
        store.read(DIGEST, prefix=prefix_of(THEIRS, "repository"))


@pytest.mark.parametrize("name", ["../outside", "0" * 63, "A" * 64, ""])
def test_what_is_no_digest_names_nothing(store: ContentStore, name: str) -> None:
    with pytest.raises(ArtifactNotFound):
        store.read(name, prefix=PREFIX)


@pytest.mark.parametrize("prefix", ["..", "a/../b", "/a", "", "a//b", ".git"])
def test_a_prefix_cannot_leave_the_store(store: ContentStore, prefix: str) -> None:
    with pytest.raises(UnsafePath):
        store.put(DATA, prefix=prefix)


def test_more_than_the_limit_is_refused(store: ContentStore) -> None:
    with pytest.raises(ArtifactTooLarge):
        store.put(b"x" * (LIMIT_BYTES + 1), prefix=PREFIX)

    assert listed(store) == []


def test_retired_bytes_come_back_by_being_read(store: ContentStore) -> None:
    store.put(DATA, prefix=PREFIX)
    store.retire(DIGEST, prefix=PREFIX)
    retired = listed(store)

    data = store.read(DIGEST, prefix=PREFIX)

    assert retired == [(PREFIX, DIGEST, len(DATA), True)]
    assert data == DATA
    assert listed(store) == [(PREFIX, DIGEST, len(DATA), False)]


def test_retired_bytes_that_are_discarded_are_gone_and_can_be_put_again(store: ContentStore) -> None:
    store.put(DATA, prefix=PREFIX)
    store.retire(DIGEST, prefix=PREFIX)
    store.discard(DIGEST, prefix=PREFIX)

    with pytest.raises(ArtifactNotFound):
        store.read(DIGEST, prefix=PREFIX)

    assert store.put(DATA, prefix=PREFIX) == DIGEST
    assert store.read(DIGEST, prefix=PREFIX) == DATA


def test_discarding_takes_only_what_is_retired(store: ContentStore) -> None:
    store.put(DATA, prefix=PREFIX)

    store.discard(DIGEST, prefix=PREFIX)

    assert store.read(DIGEST, prefix=PREFIX) == DATA


def test_moving_what_is_not_there_does_nothing(store: ContentStore) -> None:
    store.retire(DIGEST, prefix=PREFIX)
    store.restore(DIGEST, prefix=PREFIX)
    store.discard(DIGEST, prefix=PREFIX)

    assert listed(store) == []
    assert store.drop_unfinished(before=datetime.now(UTC) + timedelta(days=1)) == 0


def test_a_listing_tells_all_there_is(store: ContentStore) -> None:
    digests = [store.put(f"{number}".encode(), prefix=PREFIX) for number in range(8)]
    store.put(b"bad answer", prefix=prefix_of(MINE, "quarantine"))

    found = listed(store)

    assert {sha256 for prefix, sha256, _, _ in found if prefix == PREFIX} == set(digests)
    assert [prefix for prefix, *_ in found if prefix.startswith("quarantine/")] == [f"quarantine/{MINE}"]
    assert all(abs(one.changed_at - datetime.now(UTC)) < timedelta(minutes=5) for one in store.stored())
