"""What can go wrong with artifacts."""

from __future__ import annotations

from decisionworks.kit.errors import Broken, Invalid, NotFound, RetryLater


class UnsafePath(Invalid):
    """A path that could leave its directory, or that another system would read as another file."""

    code = "unsafe-path"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"the path {path!r} is not allowed: {reason}", remedy="use a plain relative path with forward slashes"
        )
        self.path = path
        self.reason = reason


class BadArchive(Invalid):
    """An archive that is damaged, hostile or larger than allowed."""

    code = "bad-archive"


class ArtifactTooLarge(Invalid):
    """More bytes than the store takes in one piece."""

    code = "artifact-too-large"

    def __init__(self, size_bytes: int, limit_bytes: int) -> None:
        super().__init__(
            f"the artifact has {size_bytes} bytes, the limit is {limit_bytes}", remedy="make a smaller artifact"
        )
        self.size_bytes = size_bytes
        self.limit_bytes = limit_bytes


class ArtifactNotFound(NotFound):
    """No bytes are kept under this digest."""

    code = "artifact-not-found"

    def __init__(self, sha256: str) -> None:
        super().__init__(f"no artifact with the digest {sha256}")
        self.sha256 = sha256


class StoreUnavailable(RetryLater):
    """The store cannot take or give bytes now: a full or read-only disk, missing rights."""

    code = "store-unavailable"


class ArtifactCorrupt(Broken):
    """Kept bytes no longer have the digest they are kept under."""

    code = "artifact-corrupt"

    def __init__(self, sha256: str, found: str) -> None:
        super().__init__(
            f"the bytes kept as {sha256} now have the digest {found}",
            remedy="restore the file from a backup, or run the decision set again: the same plan gives the same bytes",
        )
        self.sha256 = sha256
        self.found = found
