"""An S3 bucket over real HTTP, in a process of its own: `python -m tests.fakes.s3_server DIRECTORY`.

Checks signatures, checksums and conditions as S3 does, keeps objects on disk so that it can be killed and started
again, and goes wrong when told to: POST /_faults with `[{method, contains, times, do, …}]`, where `do` is one of

    status    answer `status` with the S3 error `code`
    slow      wait `seconds` before answering
    drop      close the connection without an answer
    damage    keep other bytes than were sent, and say that all is well
    no-sums   tell no checksum, as some servers that speak S3 do
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
import threading
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

ACCESS_KEY, SECRET_KEY, REGION = "AKIDEXAMPLE", "a-secret-of-the-test", "eu-central-1"


class Bucket:
    """Objects as files with their facts beside them, and the uploads that are under way."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.lock = threading.Lock()
        self.faults: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        for name in ("objects", "uploads"):
            (directory / name).mkdir(parents=True, exist_ok=True)

    def fault(self, method: str, path: str) -> dict[str, Any]:
        with self.lock:
            for fault in self.faults:
                if fault["method"] == method and fault.get("contains", "") in path and fault.get("times", 1) > 0:
                    fault["times"] = fault.get("times", 1) - 1
                    return fault
        return {}

    def _file(self, key: str) -> Path:
        return self.directory / "objects" / quote(key, safe="")

    def get(self, key: str) -> tuple[bytes, dict[str, Any]] | None:
        file = self._file(key)
        if not file.is_file():
            return None
        facts, _, data = file.read_bytes().partition(b"\n")
        return data, json.loads(facts)

    def put(self, key: str, data: bytes, facts: dict[str, Any]) -> None:
        facts = {"at": time.time(), "etag": hashlib.md5(data).hexdigest()} | facts
        incoming = self._file(key).with_suffix(".incoming")
        incoming.write_bytes(json.dumps(facts).encode() + b"\n" + data)
        incoming.replace(self._file(key))

    def delete(self, key: str) -> None:
        self._file(key).unlink(missing_ok=True)

    def names(self) -> list[str]:
        names = (path.name for path in (self.directory / "objects").iterdir())
        return sorted(unquote(name) for name in names if not name.endswith(".incoming"))

    def upload(self, upload_id: str) -> Path:
        return self.directory / "uploads" / upload_id


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: Bucket

    def log_message(self, *_: object) -> None:
        pass

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def do_POST(self) -> None:
        if self.path == "/_faults":
            self.bucket.faults[:] = json.loads(self._body())
            self._answer(200)
        elif self.path == "/_requests":
            found, self.bucket.requests = self.bucket.requests, []
            self._answer(200, json.dumps(found).encode())
        elif self.path == "/_age":
            given = json.loads(self._body())
            data, facts = self.bucket.get(given["key"]) or (b"", {})
            self.bucket.put(given["key"], data, facts | {"at": time.time() - given["seconds"]})
            self._answer(200)
        else:
            self._serve()

    def do_GET(self) -> None:
        self._serve()

    do_PUT = do_HEAD = do_DELETE = do_GET  # noqa: N815

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.key = unquote(parts.path).lstrip("/").partition("/")[2]
        body = self._body()
        fault = self.bucket.fault(self.command, self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.bucket.requests.append({"method": self.command, "path": self.path, "headers": headers})
        match fault.get("do"):
            case "status":
                return self._refuse(fault["status"], fault["code"])
            case "slow":
                time.sleep(fault["seconds"])
            case "drop":
                self.close_connection = True
                return None
        if not self._is_signed(body):
            return self._refuse(403, "SignatureDoesNotMatch")
        if len(body) != int(self.headers.get("Content-Length") or 0):
            self.close_connection = True
            return None
        name = f"_{self.command.lower()}_{'object' if self.key else 'bucket'}"
        return getattr(self, name)(self._unchunked(body), fault)

    def _put_object(self, body: bytes, fault: dict[str, Any]) -> None:
        source = self.headers.get("x-amz-copy-source")
        if source is not None:
            return self._copy(unquote(source).lstrip("/").partition("/")[2])
        told = self.headers.get("x-amz-checksum-sha256")
        if told is not None and told != _sum(body):
            return self._refuse(400, "BadDigest")
        if "partNumber" in self.query:
            upload = self.bucket.upload(self.query["uploadId"])
            if not upload.is_dir():
                return self._refuse(404, "NoSuchUpload")
            (upload / f"{int(self.query['partNumber']):05d}").write_bytes(body)
            return self._answer(200, headers={"ETag": f'"{hashlib.md5(body).hexdigest()}"'})
        with self.bucket.lock:
            if self.headers.get("If-None-Match") == "*" and self.bucket.get(self.key) is not None:
                return self._refuse(412, "PreconditionFailed")
            kept = body[:-1] + b"?" if fault.get("do") == "damage" else body
            self.bucket.put(self.key, kept, {"sum": _sum(kept)} | self._encryption())
        return self._answer(200, headers={"ETag": '"x"'})

    def _copy(self, source: str) -> None:
        found = self.bucket.get(source)
        if found is None:
            return self._refuse(404, "NoSuchKey")
        self.bucket.put(self.key, found[0], {"sum": _sum(found[0])} | self._encryption())
        return self._answer(200, b"<CopyObjectResult><ETag>x</ETag></CopyObjectResult>")

    def _post_object(self, body: bytes, fault: dict[str, Any]) -> None:
        if "uploads" in self.query:
            upload_id = f"{time.time_ns():x}"
            self.bucket.upload(upload_id).mkdir()
            (self.bucket.upload(upload_id) / "key").write_text(json.dumps([self.key, self._encryption()]))
            name = "InitiateMultipartUploadResult"
            return self._answer(200, f"<{name}><UploadId>{upload_id}</UploadId></{name}>".encode())
        upload = self.bucket.upload(self.query["uploadId"])
        listed = [part.findtext("{*}ChecksumSHA256") for part in ElementTree.fromstring(body).iter() if len(part) > 1]
        parts = [path.read_bytes() for path in sorted(upload.glob("0*"))]
        if [told for told in listed if told] != [_sum(part) for part in parts]:
            return self._refuse(400, "InvalidPart")
        with self.bucket.lock:
            if self.headers.get("If-None-Match") == "*" and self.bucket.get(self.key) is not None:
                return self._refuse(412, "PreconditionFailed")
            digests = b"".join(hashlib.sha256(part).digest() for part in parts)
            facts = {"sum": f"{_sum(digests)}-{len(parts)}"} | json.loads((upload / "key").read_text())[1]
            self.bucket.put(self.key, b"".join(parts), facts)
        _remove(upload)
        return self._answer(200, b"<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>")

    def _head_object(self, body: bytes, fault: dict[str, Any]) -> None:
        self._get_object(body, fault)

    def _get_object(self, body: bytes, fault: dict[str, Any]) -> None:
        found = self.bucket.get(self.key)
        if found is None:
            return self._refuse(404, "NoSuchKey")
        data, facts = found
        headers = {"ETag": f'"{facts["etag"]}"', "Last-Modified": _http_time(facts["at"])}
        if self.headers.get("x-amz-checksum-mode") == "ENABLED" and fault.get("do") != "no-sums":
            headers["x-amz-checksum-sha256"] = facts["sum"]
        if "response-content-disposition" in self.query:
            headers["Content-Disposition"] = self.query["response-content-disposition"]
        headers["Content-Type"] = self.query.get("response-content-type", "binary/octet-stream")
        return self._answer(200, data, headers)

    def _delete_object(self, body: bytes, fault: dict[str, Any]) -> None:
        if "uploadId" in self.query:
            _remove(self.bucket.upload(self.query["uploadId"]))
        else:
            self.bucket.delete(self.key)
        self._answer(204)

    def _get_bucket(self, body: bytes, fault: dict[str, Any]) -> None:
        if "uploads" in self.query:
            rows = ""
            for path in sorted((self.bucket.directory / "uploads").iterdir()):
                key = json.loads((path / "key").read_text())[0]
                rows += (
                    f"<Upload><Key>{escape(key)}</Key><UploadId>{path.name}</UploadId>"
                    f"<Initiated>{_iso(path.stat().st_mtime)}</Initiated></Upload>"
                )
            name = "ListMultipartUploadsResult"
            return self._answer(200, f"<{name}><IsTruncated>false</IsTruncated>{rows}</{name}>".encode())
        keys = [key for key in self.bucket.names() if key.startswith(self.query.get("prefix", ""))]
        # Small pages, so that a client that reads only the first is found out.
        rest = [key for key in keys if key > self.query.get("continuation-token", "")]
        rows = "".join(self._row(key) for key in rest[:3])
        token = f"<NextContinuationToken>{escape(rest[2])}</NextContinuationToken>" if len(rest) > 3 else ""
        cut = f"<IsTruncated>{str(len(rest) > 3).lower()}</IsTruncated>{token}"
        return self._answer(200, f"<ListBucketResult>{cut}{rows}</ListBucketResult>".encode())

    def _row(self, key: str) -> str:
        data, facts = self.bucket.get(key) or (b"", {"at": 0.0})
        return (
            f"<Contents><Key>{escape(key)}</Key><Size>{len(data)}</Size>"
            f"<LastModified>{_iso(facts['at'])}</LastModified></Contents>"
        )

    def _encryption(self) -> dict[str, str | None]:
        names = ("x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id")
        return {name: self.headers[name] for name in names if self.headers.get(name)}

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _unchunked(self, body: bytes) -> bytes:
        if self.headers.get("x-amz-content-sha256", "").startswith("STREAMING"):
            head, _, rest = body.partition(b"\r\n")
            return rest[: int(head.partition(b";")[0], 16)]
        return body

    def _is_signed(self, body: bytes) -> bool:
        """Signature version 4, in the header or, for links, in the query."""
        if "X-Amz-Signature" in self.query:
            made = datetime.strptime(self.query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            if time.time() > made.timestamp() + int(self.query["X-Amz-Expires"]):
                return False
            signature, signed = self.query["X-Amz-Signature"], self.query["X-Amz-SignedHeaders"]
            scope, at, digest = self.query["X-Amz-Credential"], self.query["X-Amz-Date"], "UNSIGNED-PAYLOAD"
        else:
            kind, _, rest = self.headers.get("Authorization", "").partition(" ")
            fields = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
            if kind != "AWS4-HMAC-SHA256" or not fields:
                return False
            signature, signed, scope = fields["Signature"], fields["SignedHeaders"], fields["Credential"]
            at, digest = self.headers["x-amz-date"], self.headers["x-amz-content-sha256"]
            if len(digest) == 64 and digest != hashlib.sha256(body).hexdigest():
                return False
        return hmac.compare_digest(signature, self._signature(signed, scope, at, digest))

    def _signature(self, signed: str, scope: str, at: str, digest: str) -> str:
        path = urlsplit(self.path).path
        pairs = sorted((quote(n, safe="-_.~"), quote(v, safe="-_.~")) for n, v in self.query.items())
        query = "&".join(f"{name}={value}" for name, value in pairs if name != "X-Amz-Signature")
        headers = "".join(f"{name}:{' '.join((self.headers[name] or '').split())}\n" for name in signed.split(";"))
        request = "\n".join([self.command, path, query, headers, signed, digest])
        _, _, rest = scope.partition("/")
        text = "\n".join(["AWS4-HMAC-SHA256", at, rest, hashlib.sha256(request.encode()).hexdigest()])
        key = b"AWS4" + SECRET_KEY.encode()
        for word in rest.split("/"):
            key = hmac.digest(key, word.encode(), "sha256")
        return hmac.digest(key, text.encode(), "sha256").hex()

    def _refuse(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _sum(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def _http_time(at: float) -> str:
    return format_datetime(datetime.fromtimestamp(at, UTC), usegmt=True)


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _remove(directory: Path) -> None:
    for path in directory.glob("*"):
        path.unlink()
    if directory.is_dir():
        directory.rmdir()


def main() -> None:
    Handler.bucket = Bucket(Path(sys.argv[1]))
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
