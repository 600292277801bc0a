"""One object to S3: in one request, or in parts when it is large; S3 checks every piece before it keeps it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from decisionworks.artifacts.s3_errors import code_of

PART_BYTES = 8 * 1024 * 1024
_ONLY_ONCE = {"IfNoneMatch": "*"}
_EXISTS = frozenset({"412", "PreconditionFailed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """The bytes and where they go."""

    client: Any
    place: Mapping[str, str]
    data: bytes
    encryption: Mapping[str, str]
    part_bytes: int

    @property
    def is_in_parts(self) -> bool:
        """Whether the bytes are too many for one request."""
        return len(self.data) > self.part_bytes

    def write_once(self) -> bool:
        """Write unless there is such an object already; whether it was written."""
        try:
            self._write(_ONLY_ONCE)
        except ClientError as error:
            if code_of(error) in _EXISTS:
                return False
            raise
        return True

    def write_over(self) -> None:
        """Write whatever is there."""
        self._write({})

    def _write(self, condition: Mapping[str, str]) -> None:
        if self.is_in_parts:
            self._write_parts(condition)
        else:
            self.client.put_object(
                **self.place, **condition, **self.encryption, Body=self.data, ChecksumSHA256=_base64_sha256(self.data)
            )

    def _write_parts(self, condition: Mapping[str, str]) -> None:
        begun = self.client.create_multipart_upload(**self.place, **self.encryption, ChecksumAlgorithm="SHA256")
        upload = {**self.place, "UploadId": begun["UploadId"]}
        try:
            parts = [self._write_part(upload, number, part) for number, part in enumerate(self._parts(), start=1)]
            self.client.complete_multipart_upload(**upload, **condition, MultipartUpload={"Parts": parts})
        except BaseException:  # also when cancelled, no part stays to be paid for
            # Best effort: what cannot be ended now is ended by `drop_unfinished`.
            self._abort(upload)
            raise

    def _write_part(self, upload: Mapping[str, str], number: int, part: bytes) -> dict[str, Any]:
        checksum = _base64_sha256(part)
        written = self.client.upload_part(**upload, PartNumber=number, Body=part, ChecksumSHA256=checksum)
        return {"PartNumber": number, "ETag": written["ETag"], "ChecksumSHA256": checksum}

    def _parts(self) -> Iterator[bytes]:
        yield from parts_of(self.data, self.part_bytes)

    def _abort(self, upload: Mapping[str, str]) -> None:
        # The first error is the one to tell.
        with suppress(ClientError, BotoCoreError):
            self.client.abort_multipart_upload(**upload)


def parts_of(data: bytes, part_bytes: int) -> Iterator[bytes]:
    """The bytes in pieces of that size."""
    for start in range(0, len(data), part_bytes):
        yield data[start : start + part_bytes]


def checksums(data: bytes, part_bytes: int) -> frozenset[str]:
    """How S3 writes the checksum of these bytes: of the whole, or of the checksums of its parts."""
    digests = [hashlib.sha256(part).digest() for part in parts_of(data, part_bytes)]
    composite = base64.b64encode(hashlib.sha256(b"".join(digests)).digest()).decode("ascii")
    return frozenset({_base64_sha256(data), f"{composite}-{len(digests)}"})


def _base64_sha256(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode("ascii")
