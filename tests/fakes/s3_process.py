"""Starts, stops and kills the S3 server, and tells it what should go wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config

from decisionworks.artifacts.s3_store import S3Store
from tests.fakes.s3_server import ACCESS_KEY, REGION, SECRET_KEY

ROOT = Path(__file__).resolve().parents[2]
PROJECT_PREFIX = "projects/0192f000-0000-7000-8000-000000000001/repository"


class S3Process:
    """A server on one directory and, once it has a port, always on that one."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.fakes.s3_server", str(self.directory), str(self.port)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate(timeout=10)
            self._process = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def goes_wrong(self, method: str, do: str, *, times: int = 1, contains: str = "", **more: Any) -> None:
        fault = {"method": method, "do": do, "times": times, "contains": contains} | more
        httpx.post(f"{self.url}/_faults", json=[fault]).raise_for_status()

    def requests(self) -> list[dict[str, Any]]:
        """What was asked since the last time."""
        found: list[dict[str, Any]] = httpx.post(f"{self.url}/_requests").raise_for_status().json()
        return found

    def age(self, key: str, *, seconds: float) -> None:
        httpx.post(f"{self.url}/_age", json={"key": key, "seconds": seconds}).raise_for_status()

    def client(self, *, read_timeout_s: float = 5.0, attempts: int = 2) -> Any:
        retries = {"mode": "standard", "total_max_attempts": attempts}
        config = Config(connect_timeout=2, read_timeout=read_timeout_s, retries=retries, signature_version="s3v4")
        return boto3.session.Session().client(
            "s3", endpoint_url=self.url, region_name=REGION, config=config,
            aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY,
        )  # fmt: skip

    def store(self, *, client: Any = None, **given: Any) -> S3Store:
        return S3Store(client or self.client(), bucket="bucket", root="kept", **given)
