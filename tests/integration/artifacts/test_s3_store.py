"""The bucket when the way to it, or the other side, goes wrong."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from decisionworks.artifacts import ArtifactCorrupt, ArtifactNotFound, StoreUnavailable
from decisionworks.artifacts.places import key_of
from tests.fakes.s3_process import PROJECT_PREFIX, ROOT, S3Process

DATA = b"a generated repository\n" * 2000
DIGEST = hashlib.sha256(DATA).hexdigest()
KEY = "kept/" + key_of(DIGEST, PROJECT_PREFIX)
PARTS = {"part_bytes": 10_000}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[S3Process]:
    process = S3Process(tmp_path / "s3")
    process.start()
    yield process
    process.kill()


def puts(server: S3Process) -> list[dict[str, str]]:
    return [one["headers"] for one in server.requests() if one["method"] == "PUT"]


def test_a_put_is_conditional_encrypted_and_carries_its_checksum(server: S3Process) -> None:
    server.store(kms_key_id="alias/artifacts").put(DATA, prefix=PROJECT_PREFIX)

    [headers] = puts(server)
    assert headers["if-none-match"] == "*"
    assert headers["x-amz-checksum-sha256"]
    assert headers["x-amz-server-side-encryption"] == "aws:kms"
    assert headers["x-amz-server-side-encryption-aws-kms-key-id"] == "alias/artifacts"


def test_without_a_key_of_ours_s3_encrypts_with_its_own(server: S3Process) -> None:
    server.store(**PARTS).put(DATA, prefix=PROJECT_PREFIX)

    begun = next(one for one in server.requests() if one["method"] == "POST" and "uploads" in one["path"])
    assert begun["headers"]["x-amz-server-side-encryption"] == "AES256"


def test_a_412_means_that_the_bytes_are_there_and_they_are_compared(server: S3Process) -> None:
    store = server.store()
    store.put(DATA, prefix=PROJECT_PREFIX)
    server.requests()

    store.put(DATA, prefix=PROJECT_PREFIX)

    assert len(puts(server)) == 1


def test_damaged_bytes_behind_a_412_are_written_over(server: S3Process) -> None:
    server.goes_wrong("PUT", "damage", times=1)
    broken = server.client()
    broken.put_object(Bucket="bucket", Key=KEY, Body=DATA)

    server.store().put(DATA, prefix=PROJECT_PREFIX)

    assert server.store().read(DIGEST, prefix=PROJECT_PREFIX) == DATA


@pytest.mark.parametrize("sums", ["sums", "no-sums"])
def test_bytes_that_s3_kept_wrong_are_noticed_and_written_again(server: S3Process, sums: str) -> None:
    faults = [{"method": "PUT", "do": "damage", "times": 1}]
    faults += [{"method": "HEAD", "do": "no-sums", "times": 9}] if sums == "no-sums" else []
    httpx.post(f"{server.url}/_faults", json=faults)

    server.store().put(DATA, prefix=PROJECT_PREFIX)

    assert server.store().read(DIGEST, prefix=PROJECT_PREFIX) == DATA


def test_a_store_that_always_keeps_something_else_is_never_believed(server: S3Process) -> None:
    server.goes_wrong("PUT", "damage", times=99)

    with pytest.raises(StoreUnavailable, match="other bytes"):
        server.store().put(DATA, prefix=PROJECT_PREFIX)


def test_a_checksum_that_s3_refuses_is_sent_again(server: S3Process) -> None:
    server.goes_wrong("PUT", "status", status=400, code="BadDigest", times=2)

    server.store().put(DATA, prefix=PROJECT_PREFIX)

    assert server.store().read(DIGEST, prefix=PROJECT_PREFIX) == DATA


def test_bytes_that_changed_in_the_bucket_are_never_given_out(server: S3Process) -> None:
    store = server.store()
    store.put(DATA, prefix=PROJECT_PREFIX)
    server.client().put_object(Bucket="bucket", Key=KEY, Body=b"other")

    with pytest.raises(ArtifactCorrupt):
        store.read(DIGEST, prefix=PROJECT_PREFIX)


@pytest.mark.parametrize("do", ["status", "drop"])
def test_a_moment_s_trouble_is_not_noticed(server: S3Process, do: str) -> None:
    store = server.store(**PARTS)
    server.goes_wrong("PUT", do, status=503, code="SlowDown", times=1)

    store.put(DATA, prefix=PROJECT_PREFIX)
    server.goes_wrong("GET", do, status=503, code="SlowDown", times=1)

    assert store.read(DIGEST, prefix=PROJECT_PREFIX) == DATA


def test_trouble_that_lasts_says_when_to_come_back(server: S3Process) -> None:
    server.goes_wrong("PUT", "status", status=503, code="SlowDown", times=99)

    with pytest.raises(StoreUnavailable, match="SlowDown") as raised:
        server.store().put(DATA, prefix=PROJECT_PREFIX)

    assert raised.value.retry_after_s


def test_a_silent_server_costs_a_bounded_time(server: S3Process) -> None:
    server.goes_wrong("HEAD", "slow", seconds=30, times=99)
    store = server.store(client=server.client(read_timeout_s=0.2, attempts=1))

    with pytest.raises(StoreUnavailable, match="timeout"):
        store.link(DIGEST, prefix=PROJECT_PREFIX, file_name="a.zip", media_type="application/zip")


def test_a_server_that_is_not_there_is_named(server: S3Process) -> None:
    store = server.store()
    server.kill()

    with pytest.raises(StoreUnavailable, match="connect"):
        store.read(DIGEST, prefix=PROJECT_PREFIX)


def test_missing_rights_name_what_is_needed(server: S3Process) -> None:
    server.goes_wrong("PUT", "status", status=403, code="AccessDenied", times=1)

    with pytest.raises(StoreUnavailable, match="AccessDenied") as raised:
        server.store().put(DATA, prefix=PROJECT_PREFIX)

    assert "s3:PutObject" in str(raised.value.remedy)


def test_a_server_killed_in_the_middle_of_an_upload_keeps_nothing_half(server: S3Process) -> None:
    server.goes_wrong("PUT", "slow", contains="partNumber=3", seconds=60)
    store = server.store(client=server.client(attempts=1), **PARTS)
    failures: list[BaseException] = []

    def put() -> None:
        try:
            store.put(DATA, prefix=PROJECT_PREFIX)
        except StoreUnavailable as error:
            failures.append(error)

    thread = threading.Thread(target=put)
    thread.start()
    uploads = server.directory / "uploads"
    _until(lambda: len(list(uploads.glob("*/00002"))) == 1)
    server.kill()
    thread.join(timeout=30)
    server.start()

    with pytest.raises(ArtifactNotFound):
        server.store().read(DIGEST, prefix=PROJECT_PREFIX)
    assert failures
    assert server.store(**PARTS).put(DATA, prefix=PROJECT_PREFIX) == DIGEST
    assert server.store().read(DIGEST, prefix=PROJECT_PREFIX) == DATA


def test_a_writer_killed_in_the_middle_of_an_upload_leaves_only_what_is_dropped_later(server: S3Process) -> None:
    server.goes_wrong("PUT", "slow", contains="partNumber=3", seconds=60, times=9)
    code = (
        "import pathlib\nfrom tests.fakes.s3_process import *\n"
        f"server = S3Process(pathlib.Path('.'))\nserver.port = {server.port}\n"
        f"server.store(part_bytes=10_000).put({DATA[:23]!r} * 2000, prefix=PROJECT_PREFIX)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.DEVNULL)
    _until(lambda: len(list((server.directory / "uploads").glob("*/00002"))) == 1)
    writer.kill()
    writer.wait(timeout=10)

    store = server.store()
    too_young = store.drop_unfinished(before=datetime.now(UTC) - timedelta(hours=1))
    dropped = store.drop_unfinished(before=datetime.now(UTC) + timedelta(hours=1))

    assert (too_young, dropped) == (0, 1)
    assert list(store.stored()) == []
    assert list((server.directory / "uploads").iterdir()) == []


def test_old_bytes_that_are_put_again_count_as_new(server: S3Process) -> None:
    store = server.store()
    store.put(DATA, prefix=PROJECT_PREFIX)
    server.age(KEY, seconds=90_000)

    store.put(DATA, prefix=PROJECT_PREFIX)

    [kept] = store.stored()
    assert datetime.now(UTC) - kept.changed_at < timedelta(minutes=5)


def test_a_link_gives_the_bytes_out_by_itself_and_nothing_else(server: S3Process) -> None:
    store = server.store()
    store.put(DATA, prefix=PROJECT_PREFIX)

    link = store.link(DIGEST, prefix=PROJECT_PREFIX, file_name="scores.zip", media_type="application/zip")

    answer = httpx.get(str(link))
    assert answer.content == DATA
    assert answer.headers["content-disposition"] == 'attachment; filename="scores.zip"'
    assert answer.headers["content-type"] == "application/zip"
    assert httpx.get(str(link).replace(DIGEST, "0" * 64)).status_code == 403
    with pytest.raises(ArtifactNotFound):
        store.link("0" * 64, prefix=PROJECT_PREFIX, file_name="a.zip", media_type="application/zip")


def _until(holds: object) -> None:
    waited = threading.Event()
    for _ in range(400):
        if holds():  # type: ignore[operator]
            return
        waited.wait(0.05)
    raise AssertionError("it did not come to pass in 20 s")
