from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from decisionworks.artifacts import (
    ArtifactCorrupt,
    ArtifactNotFound,
    ArtifactTooLarge,
    DiskStore,
    StoreUnavailable,
    UnsafePath,
)

DATA = b"repository" * 1000
DIGEST = hashlib.sha256(DATA).hexdigest()


def test_bytes_are_kept_under_their_digest(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)

    sha256 = store.put(DATA, prefix="project-1")

    assert sha256 == DIGEST
    assert (tmp_path / "project-1" / DIGEST[:2] / DIGEST).read_bytes() == DATA
    assert store.read(DIGEST, prefix="project-1") == store.read(DIGEST) == store.open(DIGEST).read() == DATA


def test_putting_the_same_bytes_again_changes_nothing(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    store.put(DATA, prefix="p")
    path = tmp_path / "p" / DIGEST[:2] / DIGEST
    before = path.stat()

    store.put(DATA, prefix="p")

    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_many_writers_of_the_same_bytes_leave_one_file(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)

    with ThreadPoolExecutor(8) as pool:
        digests = set(pool.map(lambda _: store.put(DATA, prefix="p"), range(32)))

    assert digests == {DIGEST}
    assert [path.name for path in (tmp_path / "p" / DIGEST[:2]).iterdir()] == [DIGEST]


def test_one_project_s_bytes_are_not_found_under_another(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    store.put(DATA, prefix="mine")

    with pytest.raises(ArtifactNotFound):
        store.read(DIGEST, prefix="theirs")


def test_bytes_that_rotted_are_never_given_out_and_are_healed_by_putting_them_again(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    store.put(DATA, prefix="p")
    (tmp_path / "p" / DIGEST[:2] / DIGEST).write_bytes(b"X" + DATA[1:])

    with pytest.raises(ArtifactCorrupt):
        store.read(DIGEST, prefix="p")
    store.put(DATA, prefix="p")

    assert store.read(DIGEST, prefix="p") == DATA


@pytest.mark.parametrize("sha256", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64])
def test_what_is_not_a_kept_digest_is_not_found(tmp_path: Path, sha256: str) -> None:
    with pytest.raises(ArtifactNotFound):
        DiskStore(tmp_path).read(sha256)


@pytest.mark.parametrize("prefix", ["", "..", "a/b", "/"])
def test_a_prefix_cannot_lead_elsewhere(tmp_path: Path, prefix: str) -> None:
    with pytest.raises(UnsafePath):
        DiskStore(tmp_path).put(DATA, prefix=prefix)


def test_more_bytes_than_allowed_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactTooLarge):
        DiskStore(tmp_path, limit_bytes=100).put(DATA, prefix="p")


def test_a_full_disk_is_a_reason_to_try_later_and_leaves_nothing_half_written() -> None:
    full = Path("/dev/shm")  # noqa: S108
    if not full.is_dir() or sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("needs root and a file system of its own to fill")
    script = """
import pathlib, sys
from decisionworks.artifacts import DiskStore, StoreUnavailable
root = pathlib.Path(sys.argv[1])
try:
    DiskStore(root).put(b"x" * 4_000_000, prefix="p")
except StoreUnavailable as error:
    print(error.remedy, [p.name for p in root.rglob("*") if p.is_file()])
"""
    mounted = "mount -t tmpfs -o size=1m tmpfs /mnt && exec " + sys.executable + " -c '" + script + "' /mnt"
    done = subprocess.run(["unshare", "-m", "sh", "-c", mounted], capture_output=True, text=True, check=False)
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"this machine does not let us mount: {done.stderr.strip()}")

    assert done.stdout.strip() == "free disk space; the run goes on by itself []", done.stderr


def test_a_file_size_limit_is_a_reason_to_try_later(tmp_path: Path) -> None:
    script = """
import pathlib, resource, signal, sys
from decisionworks.artifacts import DiskStore, StoreUnavailable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
root = pathlib.Path(sys.argv[1])
try:
    DiskStore(root).put(b"x" * 100_000, prefix="p")
except StoreUnavailable as error:
    print("later", [p.name for p in root.rglob("*") if p.is_file()])
"""

    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "later []"


def test_a_directory_that_is_a_file_is_a_reason_to_try_later(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("in the way", encoding="ascii")

    with pytest.raises(StoreUnavailable):
        DiskStore(tmp_path).put(DATA, prefix="p")


def test_a_writer_that_is_killed_leaves_no_file_under_a_digest(tmp_path: Path) -> None:
    script = """
import os, pathlib, signal, sys
os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
from decisionworks.artifacts import DiskStore
DiskStore(pathlib.Path(sys.argv[1])).put(b"x" * 100_000, prefix="p")
"""

    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    found = [path.name for path in tmp_path.rglob("*") if path.is_file() and not path.name.startswith(".incoming-")]

    assert done.returncode == -9
    assert found == []
