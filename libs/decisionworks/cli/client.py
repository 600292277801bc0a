"""A client of the HTTP API that waits for restarts and resumes streams."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx

from decisionworks.cli.errors import CannotReach, CommandFailed
from decisionworks.cli.exit_codes import BLOCKED, ENDS, exit_code_of_http

ROOT = "/api/v1"
_CALL_TIMEOUT_S = 60.0
_STREAM_SILENCE_S = 35.0  # three pings
_GIVE_UP_AFTER_S = 60.0
Json = dict[str, Any]


class Client:
    """Calls of one command to one server."""

    def __init__(self, url: str, token: str | None) -> None:
        self.url = url.rstrip("/")
        headers = {"User-Agent": "decisionworks-cli"} | ({"Authorization": f"Bearer {token}"} if token else {})
        # Proxies of the environment are not for a server on this machine, and a token must not pass one by surprise.
        if not self.url.startswith(("http://", "https://")):
            raise CannotReach(f"{url} is not the address of a server", remedy="write it as http://HOST:PORT")
        if token is not None and not (token.isascii() and token.isprintable()):
            raise CannotReach("the token holds characters that no token has", remedy="copy it from server.json again")
        try:
            self._http = httpx.Client(
                base_url=self.url, headers=headers, timeout=_CALL_TIMEOUT_S, trust_env=False, follow_redirects=False
            )
        except httpx.InvalidURL as error:
            raise CannotReach(f"{url} is not the address of a server: {error}") from error

    def __enter__(self) -> Client:
        """Use the connection for a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._http.close()

    def get(self, path: str, **parameters: str | int | None) -> Json:
        """A JSON answer.

        Raises: CommandFailed, CannotReach.
        """
        return self._call("GET", path, parameters=parameters)

    def post(self, path: str, body: Mapping[str, Any], *, headers: Mapping[str, str] | None = None) -> Json:
        """A JSON answer to a JSON body.

        Raises: CommandFailed, CannotReach.
        """
        return self._call("POST", path, body=body, headers=headers)

    def put(self, path: str, body: Mapping[str, Any]) -> Json:
        """A JSON answer to a JSON body that replaces what is there.

        Raises: CommandFailed, CannotReach.
        """
        return self._call("PUT", path, body=body)

    def delete(self, path: str) -> Json:
        """A JSON answer to taking something away.

        Raises: CommandFailed, CannotReach.
        """
        return self._call("DELETE", path)

    def download(self, sha256: str) -> bytes:
        """The bytes of an artifact, from the server or from where it sends us.

        Raises: CommandFailed, CannotReach.
        """
        answer = self._answer("GET", f"{ROOT}/artifacts/{segment(sha256)}")
        if answer.status_code != httpx.codes.TEMPORARY_REDIRECT:
            return answer.content
        # The token stays here: the link carries its own permission.
        try:
            found = httpx.get(answer.headers["location"], timeout=60.0)
        except httpx.TransportError as error:
            raise CannotReach(f"the store of {self.url} cannot be reached: {error}") from error
        if found.status_code != httpx.codes.OK or hashlib.sha256(found.content).hexdigest() != sha256:
            raise CannotReach(f"the store of {self.url} does not give the artifact: status {found.status_code}")
        return found.content

    def follow(self, decision_set_id: str, *, after: int = 0) -> Iterator[Json]:
        """Every event after a number, each once, until the run has ended; a cut stream is resumed where it ended.

        Raises: CommandFailed, CannotReach, the server was away for a minute.
        """
        last, alive_at = after, time.monotonic()
        while True:
            before = last
            try:
                for event in self._stream_once(decision_set_id, after=last):
                    alive_at = time.monotonic()
                    if event is None or event["seq"] <= last:
                        continue
                    last = event["seq"]
                    yield event
                    if event["type"] == "run-complete":
                        return
                alive_at = time.monotonic()
            except httpx.TransportError as error:
                if time.monotonic() - alive_at > _GIVE_UP_AFTER_S:
                    raise CannotReach(f"{self.url} stopped answering: {error}") from error
            else:
                if last == before and self._has_ended(decision_set_id, after=last):
                    return
            time.sleep(0.2)

    def _has_ended(self, decision_set_id: str, *, after: int) -> bool:
        """Whether a stream that brought nothing never will: the status is asked first, so that no end slips between."""
        path = f"/decision-sets/{segment(decision_set_id)}"
        try:
            if self.get(path)["status"] not in ENDS:
                return False
            return not self.get(f"{path}/events", after=after, limit=1)["items"]
        except CannotReach:
            return False

    def _stream_once(self, decision_set_id: str, *, after: int) -> Iterator[Json | None]:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": str(after)} if after else {})
        timeout = httpx.Timeout(_STREAM_SILENCE_S, connect=5.0)
        path = f"{ROOT}/streams/{segment(decision_set_id)}"
        with self._http.stream("GET", path, headers=headers, timeout=timeout) as answer:
            if answer.status_code in (502, 503, 504):
                raise httpx.ReadError("the server is not ready")
            if answer.status_code != 200:
                answer.read()
                raise refusal(answer)
            fields: dict[str, str] = {}
            for line in answer.iter_lines():
                if line:
                    name, _, value = line.partition(":")
                    fields[name] = value.removeprefix(" ")
                elif fields:
                    yield json.loads(fields["data"]) if "id" in fields else None
                    fields = {}

    def _call(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, str | int | None] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        answer = self._answer(method, f"{ROOT}{path}", parameters=parameters, body=body, headers=headers)
        try:
            found = answer.json()
        except ValueError as error:
            raise CannotReach(f"{self.url} does not answer as Decisionworks does") from error
        return dict(found)

    def _answer(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, str | int | None] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        given = {name: value for name, value in (parameters or {}).items() if value is not None}
        try:
            answer = self._http.request(
                method, path, params=given, json=None if body is None else dict(body), headers=headers
            )
        except httpx.TransportError as error:
            raise CannotReach(
                f"no answer from {self.url}: {error}", remedy="start it with `decisionworks up`, or give --url"
            ) from error
        if answer.status_code >= 300 and answer.status_code != httpx.codes.TEMPORARY_REDIRECT:
            raise refusal(answer)
        return answer


def segment(text: str) -> str:
    """A text as one segment of a path, whatever a user typed."""
    return quote(text, safe="")


def refusal(answer: httpx.Response) -> CommandFailed:
    """What an answer that is not a success says, for a terminal."""
    try:
        problem = dict(answer.json())
    except ValueError:
        problem = {}
    detail = str(problem.get("detail") or f"{answer.request.url.host} answered {answer.status_code}")
    remedies = [str(problem["remedy"])] if problem.get("remedy") else []
    remedies += [
        f"{one.get('pointer')}: {one['remedy']}"
        for one in problem.get("errors", [])
        if one.get("remedy") and one["remedy"] not in remedies
    ]
    code = exit_code_of_http(answer.status_code)
    if str(problem.get("type", "")).endswith("cannot-approve") and detail.startswith("blocked by policy"):
        code = BLOCKED
    return CommandFailed(detail, exit_code=code, remedy="; ".join(remedies) or None)
