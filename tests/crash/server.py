"""A PostgreSQL that tests stop and start as they like: the system's where there is one, and durable."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

from decisionworks.kit.postgres.account import Account, choose_account
from decisionworks.kit.postgres.binaries import find_binaries

_SYSTEM = Path("/usr/lib/postgresql")
_FAST, _IMMEDIATE = signal.SIGINT, signal.SIGQUIT


class OwnServer:
    """A cluster of its own and the postmaster on it, on a loopback port; both are gone with the block.

    `settings` are lines such as `wal_writer_delay=10s`, beyond the defaults.
    """

    def __init__(self, *, port: int, settings: Sequence[str] = ()) -> None:
        self._settings = settings
        # Not below a directory that only root may pass: PostgreSQL never runs as root.
        self._home = Path(tempfile.mkdtemp(prefix="server-"))
        self._home.chmod(0o755)
        self._cluster = self._home / "cluster"
        self._account: Account = choose_account(self._cluster)
        self._bin = _programs(self._account)
        self._port = port
        self._postmaster: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> OwnServer:
        self._make()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    @property
    def url(self) -> str:
        """Over TCP, as it would be on another machine."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/postgres"

    @property
    def version(self) -> str:
        """Which PostgreSQL it is."""
        shown = subprocess.run([self._bin / "postgres", "--version"], capture_output=True, text=True, check=True)
        return shown.stdout.strip()

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self._home / "server.log").open("ab") as log:
            self._postmaster = subprocess.Popen(
                [
                    self._bin / "postgres", "-D", self._cluster, "-p", str(self._port),
                    "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                    "-c", "max_connections=200", "-c", "jit=off",
                    *(word for one in self._settings for word in ("-c", one)),
                ],
                cwd=self._cluster, stdout=log, stderr=log, start_new_session=True,
                user=self._account.user, group=self._account.group, extra_groups=self._account.extra_groups,
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self._postmaster.poll() is None, (self._home / "server.log").read_text()[-2000:]
            assert time.monotonic() < deadline, "PostgreSQL does not answer"
            time.sleep(0.02)

    def stop(self, *, at_once: bool = False) -> None:
        """End it: cleanly with all its connections, or at once, with recovery at the next start."""
        if self._postmaster is None:
            return
        self._postmaster.send_signal(_IMMEDIATE if at_once else _FAST)
        self._postmaster.wait(60)
        self._postmaster = None

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _make(self) -> None:
        self._cluster.mkdir(mode=0o700)
        if self._account.is_switched:
            os.chown(self._cluster, self._account.uid, self._account.gid)
        command = [
            self._bin / "initdb",
            "-D",
            self._cluster,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        ]
        done = subprocess.run(
            command, cwd=self._cluster, capture_output=True, text=True,
            user=self._account.user, group=self._account.group, extra_groups=self._account.extra_groups,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def _programs(account: Account) -> Path:
    """The newest PostgreSQL of the system that we support, else the one that the product brings along."""
    if _SYSTEM.is_dir():
        found = sorted((int(re.sub(r"\D", "", home.name) or 0), home / "bin") for home in _SYSTEM.iterdir())
        usable = [place for version, place in found if version >= 14 and shutil.which("initdb", path=str(place))]
        if usable:
            return usable[-1]
    return find_binaries(account).bin_dir
