"""Run a repository's tests beside a PostgreSQL of their own.

    run_tests.py PROGRAMS ARGUMENTS...

PROGRAMS is the directory of `initdb` and `postgres`. The server lives in the temporary directory and listens on a Unix
socket there; the tests find it in TEST_DATABASE_URL. Exit code 70: the server did not start.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_START_S = 30
_NO_SERVER = 70
_SETTINGS = [
    "fsync=off",
    "listen_addresses=",
    "shared_buffers=16MB",
    "max_connections=32",
    "dynamic_shared_memory_type=mmap",
]


def main() -> int:
    """Start the server, run the command with its address, and end the server."""
    programs, command = Path(sys.argv[1]), sys.argv[2:]
    # Where there is no /proc, programs do not find the libraries that lie beside them.
    libraries = ":".join(str(path) for path in programs.parents[2].glob(f"{programs.parents[1].name}.libs"))
    environment = {**os.environ, "LD_LIBRARY_PATH": libraries}  # noqa: TID251 - a program of its own
    with tempfile.TemporaryDirectory() as place:
        data = f"{place}/data"
        initdb = [str(programs / "initdb"), "-D", data, "-U", "tests", "-A", "trust", "-N", "-E", "UTF8", "--no-locale"]
        made = subprocess.run(initdb, capture_output=True, check=False, env=environment)
        if made.returncode:
            sys.stderr.write(made.stderr.decode(errors="replace"))
            return _NO_SERVER
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        server = [str(programs / "postgres"), "-D", data, "-k", place, *settings]
        with (
            Path(place, "log").open("wb") as log,
            subprocess.Popen(server, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment) as running,
        ):
            try:
                if not _is_up(running, Path(place, ".s.PGSQL.5432")):
                    sys.stderr.write(Path(place, "log").read_text(errors="replace")[-2000:])
                    return _NO_SERVER
                address = f"postgresql://tests@/postgres?host={place}"
                found = {**os.environ, "TEST_DATABASE_URL": address}  # noqa: TID251 - handed on, not read as a setting
                return subprocess.run(command, env=found, check=False).returncode
            finally:
                running.terminate()


def _is_up(running: subprocess.Popen[bytes], socket: Path) -> bool:
    ends = time.monotonic() + _START_S
    while time.monotonic() < ends and running.poll() is None:
        if socket.exists():
            return True
        time.sleep(0.05)
    return False


if __name__ == "__main__":
    sys.exit(main())
