"""A content store in an S3 bucket: written once by a conditional put, and proved by the checksum that S3 keeps.

Loaded only where a bucket is set: boto3 is heavy.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

import boto3
from botocore.config import Config

from decisionworks.artifacts.disk_store import DEFAULT_LIMIT_BYTES
from decisionworks.artifacts.errors import ArtifactCorrupt, ArtifactNotFound, ArtifactTooLarge, StoreUnavailable
from decisionworks.artifacts.model import StoredBytes
from decisionworks.artifacts.places import REFRESH_AFTER_S, key_of, parse_key
from decisionworks.artifacts.s3_errors import MISSING, TryAgain, code_of, store_errors, trying_again
from decisionworks.artifacts.s3_upload import PART_BYTES, Upload, checksums
from decisionworks.kit.canonical import sha256_hex

LINK_LIFETIME_S = 300
_CONNECT_TIMEOUT_S = 3.0
_READ_TIMEOUT_S = 20.0
_ATTEMPTS = 4


class S3Store:
    """Keeps bytes in a bucket under their digest; `root` is a prefix of all keys.

    All calls block; on an event loop, call them in a thread.
    """

    def __init__(
        self,
        client: Any,
        *,
        bucket: str,
        root: str = "",
        kms_key_id: str | None = None,
        limit_bytes: int = DEFAULT_LIMIT_BYTES,
        part_bytes: int = PART_BYTES,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._root = f"{root.strip('/')}/" if root.strip("/") else ""
        self._limit_bytes = limit_bytes
        self._part_bytes = part_bytes
        self._encryption = (
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key_id}
            if kms_key_id
            else {"ServerSideEncryption": "AES256"}
        )

    def put(self, data: bytes, *, prefix: str) -> str:
        """Keep the bytes and return their SHA-256; the same bytes again change nothing.

        Raises: ArtifactTooLarge, StoreUnavailable, UnsafePath
        """
        if len(data) > self._limit_bytes:
            raise ArtifactTooLarge(len(data), self._limit_bytes)
        sha256 = sha256_hex(data)
        key = self._key(sha256, prefix)
        with store_errors("written"):
            trying_again(lambda: self._put(key, data))
        return sha256

    def open(self, sha256: str, *, prefix: str) -> BinaryIO:
        """Open kept bytes whose digest has just been checked.

        Raises: ArtifactNotFound, ArtifactCorrupt, StoreUnavailable
        """
        return io.BytesIO(self.read(sha256, prefix=prefix))

    def read(self, sha256: str, *, prefix: str) -> bytes:
        """Read kept bytes, checked against their digest; retired bytes come back by being read.

        Raises: ArtifactNotFound, ArtifactCorrupt, StoreUnavailable
        """
        key = self._key(sha256, prefix)
        with store_errors("read"):
            data = trying_again(lambda: self._get(key))
            if data is None:
                self.restore(sha256, prefix=prefix)
                data = trying_again(lambda: self._get(key))
        if data is None:
            raise ArtifactNotFound(sha256)
        found = sha256_hex(data)
        if found != sha256:
            raise ArtifactCorrupt(sha256, found)
        return data

    def link(self, sha256: str, *, prefix: str, file_name: str, media_type: str) -> str | None:
        """An address that gives out the bytes for five minutes, to whoever has it.

        Raises: ArtifactNotFound, StoreUnavailable
        """
        key = self._key(sha256, prefix)
        with store_errors("found"):
            if self._head(key) is None:
                self.restore(sha256, prefix=prefix)
                if self._head(key) is None:
                    raise ArtifactNotFound(sha256)
            place = {
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": f'attachment; filename="{file_name}"',
                "ResponseContentType": media_type,
            }
            return str(self._client.generate_presigned_url("get_object", Params=place, ExpiresIn=LINK_LIFETIME_S))

    def stored(self) -> Iterator[StoredBytes]:
        """Everything that is kept or retired.

        Raises: StoreUnavailable
        """
        with store_errors("listed"):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._root)
            for entry in (entry for page in pages for entry in page.get("Contents", ())):
                key = parse_key(entry["Key"].removeprefix(self._root))
                if key is not None:
                    prefix, sha256, is_retired = key
                    yield StoredBytes(
                        prefix=prefix,
                        sha256=sha256,
                        size_bytes=entry["Size"],
                        changed_at=entry["LastModified"],
                        is_retired=is_retired,
                    )

    def retire(self, sha256: str, *, prefix: str) -> None:
        """Put bytes aside that nothing names.

        Raises: StoreUnavailable
        """
        with store_errors("moved"):
            self._move(self._key(sha256, prefix), self._key(sha256, prefix, is_retired=True))

    def restore(self, sha256: str, *, prefix: str) -> None:
        """Put retired bytes back.

        Raises: StoreUnavailable
        """
        with store_errors("moved"):
            self._move(self._key(sha256, prefix, is_retired=True), self._key(sha256, prefix))

    def discard(self, sha256: str, *, prefix: str) -> None:
        """Delete retired bytes for good.

        Raises: StoreUnavailable
        """
        with store_errors("deleted"):
            self._client.delete_object(Bucket=self._bucket, Key=self._key(sha256, prefix, is_retired=True))

    def drop_unfinished(self, *, before: datetime) -> int:
        """End uploads in parts whose writer was killed; S3 keeps, and bills, their parts until then.

        Raises: StoreUnavailable
        """
        dropped = 0
        with store_errors("listed"):
            pages = self._client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self._bucket, Prefix=self._root
            )
            for begun in (begun for page in pages for begun in page.get("Uploads", ())):
                if begun["Initiated"] < before and parse_key(begun["Key"].removeprefix(self._root)):
                    self._client.abort_multipart_upload(
                        Bucket=self._bucket, Key=begun["Key"], UploadId=begun["UploadId"]
                    )
                    dropped += 1
        return dropped

    def _key(self, sha256: str, prefix: str, *, is_retired: bool = False) -> str:
        return self._root + key_of(sha256, prefix, is_retired=is_retired)

    def _put(self, key: str, data: bytes) -> None:
        upload = Upload(
            client=self._client,
            place={"Bucket": self._bucket, "Key": key},
            data=data,
            encryption=self._encryption,
            part_bytes=self._part_bytes,
        )
        # Many parts are not sent only to be told that they are there already.
        is_there = upload.is_in_parts and self._head(key) is not None
        was_written = False if is_there else upload.write_once()
        if self._is_as_sent(key, data) and (was_written or self._is_fresh(key)):
            return
        # Somebody else's object of that name is damaged, or so old that it is about to be collected: the same bytes
        # under the same name harm nobody.
        upload.write_over()
        if not self._is_as_sent(key, data):
            raise TryAgain("the store keeps other bytes than it was sent")

    def _is_as_sent(self, key: str, data: bytes) -> bool:
        """Compare with what S3 says it keeps; a server that keeps no checksum has to give the bytes back."""
        head = self._head(key)
        if head is None or head["ContentLength"] != len(data):
            return False
        kept = head.get("ChecksumSHA256")
        return kept in checksums(data, self._part_bytes) if kept else self._get(key) == data

    def _is_fresh(self, key: str) -> bool:
        head = self._head(key)
        return head is not None and datetime.now(UTC) - head["LastModified"] < timedelta(seconds=REFRESH_AFTER_S)

    def _head(self, key: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._client.head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
        except self._client.exceptions.ClientError as error:
            if code_of(error) in MISSING:
                return None
            raise
        return found

    def _get(self, key: str) -> bytes | None:
        try:
            data: bytes = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except self._client.exceptions.ClientError as error:
            if code_of(error) in MISSING:
                return None
            raise
        return data

    def _move(self, source: str, target: str) -> None:
        try:
            self._client.copy_object(
                Bucket=self._bucket,
                Key=target,
                CopySource={"Bucket": self._bucket, "Key": source},
                ChecksumAlgorithm="SHA256",
                **self._encryption,
            )
        except self._client.exceptions.ClientError as error:
            if code_of(error) in MISSING:
                return
            raise
        self._client.delete_object(Bucket=self._bucket, Key=source)


def open_s3_store(
    place: str, *, endpoint_url: str | None = None, region: str | None = None, kms_key_id: str | None = None
) -> S3Store:
    """The store at `s3://bucket/root`, with the credentials of this machine's role or environment."""
    bucket, _, root = place.removeprefix("s3://").partition("/")
    config = Config(
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=_READ_TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        signature_version="s3v4",
        max_pool_connections=16,
    )
    client = boto3.session.Session().client("s3", endpoint_url=endpoint_url, region_name=region, config=config)
    return S3Store(client, bucket=bucket, root=root, kms_key_id=kms_key_id)


__all__ = ["S3Store", "StoreUnavailable", "open_s3_store"]
