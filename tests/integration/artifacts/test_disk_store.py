from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from decisionworks.artifacts import (
    ArtifactCorrupt,
    DiskStore,
    StoreUnavailable,
)

DATA = b"repository" * 1000
DIGEST = hashlib.sha256(DATA).hexdigest()


def test_putting_the_same_bytes_again_changes_nothing(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    store.put(DATA, prefix="p")
    path = tmp_path / "p" / DIGEST[:2] / DIGEST
    before = path.stat()

    store.put(DATA, prefix="p")

    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_old_bytes_that_are_put_again_count_as_new(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    store.put(DATA, prefix="p")
    os.utime(tmp_path / "p" / DIGEST[:2] / DIGEST, (1_000_000_000, 1_000_000_000))

    store.put(DATA, prefix="p")

    [kept] = store.stored()
    assert kept.changed_at.year > 2001


def test_half_written_files_of_killed_writers_are_dropped_once_they_are_old(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    store.put(DATA, prefix="p")
    left = tmp_path / "p" / DIGEST[:2] / ".incoming-abc"
    left.write_bytes(b"half")

    too_young = store.drop_unfinished(before=datetime.now(UTC) - timedelta(hours=1))
    dropped = store.drop_unfinished(before=datetime.now(UTC) + timedelta(hours=1))

    assert (too_young, dropped) == (0, 1)
    assert not left.exists()
    assert store.read(DIGEST, prefix="p") == DATA


def test_bytes_that_rotted_are_never_given_out_and_are_healed_by_putting_them_again(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    store.put(DATA, prefix="p")
    (tmp_path / "p" / DIGEST[:2] / DIGEST).write_bytes(b"X" + DATA[1:])

    with pytest.raises(ArtifactCorrupt):
        store.read(DIGEST, prefix="p")
    store.put(DATA, prefix="p")

    assert store.read(DIGEST, prefix="p") == DATA


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
