"""Claude Code as a vendor: a request is a session in a work tree of its own, and its answer the files that it wrote.

The session is a process with an environment of our making; only the program that it starts gets the key. Both die with
whoever started them (`setpriv --pdeathsig`); a work tree that is left behind by a kill is removed a day later.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import shlex
import shutil
import signal
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from decisionworks.llm.errors import FaultKind, VendorFault
from decisionworks.llm.model import Finish, Usage, VendorAnswer, VendorPrompt
from decisionworks.llm.path_rules import PathRules
from decisionworks.llm.vendors.faults import status_fault
from decisionworks.llm.vendors.work_tree import changes, unpack

_SDK = "claude_agent_sdk"
_SESSION = Path(__file__).with_name("claude_session.py")
_PATH = "/usr/local/bin:/usr/bin:/bin"
_TIED = ("setpriv", "--pdeathsig", "KILL", "--")
_LONGEST_LINE = 4 * 1024 * 1024
_OWN_SHARE = 0.97
_FOLDERS = "code-model-"
_OLD_S = 86_400
_LIMITS = {"error_max_turns": "turns", "error_max_budget_usd": "money"}


def why_not_here() -> str | None:
    """Why sessions cannot be run on this machine; None where they can."""
    if importlib.util.find_spec(_SDK) is None:
        return "its SDK is not installed (`make claude`, or the extra `claude`)"
    if shutil.which("setpriv") is None:
        return "there is no `setpriv` to end its sessions with their worker (package util-linux, Linux only)"
    return None


class ClaudeCode:
    """Sessions on one account. Units: `turns` and `budget_usd` (US dollars) limit each session."""

    def __init__(self, *, api_key: str, base_url: str | None, turns: int, budget_usd: float) -> None:
        self._api_key = api_key
        self._base_url = base_url
        self._turns = turns
        self._budget_usd = budget_usd

    async def send(self, prompt: VendorPrompt, *, timeout_s: float) -> VendorAnswer:
        """Run one session, once.

        Raises: VendorFault; it carries what the session took until then.
        """
        if prompt.rules is None:
            raise VendorFault(FaultKind.BAD_REQUEST, "the question is none about files")
        folder = await asyncio.to_thread(_fresh_folder)
        try:
            files, asked = _as_left(prompt, prompt.rules)
            program = await asyncio.to_thread(_prepare, folder, files)
            ended = await self._run(
                folder, self._spec(folder, program, prompt, prompt.rules, asked), timeout_s=timeout_s
            )
            written = await asyncio.to_thread(changes, folder / "tree", dict(prompt.files), prompt.rules)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        answer = {
            "summary": str(ended.get("said") or ""),
            "files": [{"path": path, "content": text} for path, text in written.items()],
        }
        return VendorAnswer(
            text=json.dumps(answer, ensure_ascii=False),
            finish=Finish.REFUSED if ended.get("stop_reason") == "refusal" else Finish.COMPLETE,
            usage=Usage(**ended["usage"]),
            request_id=ended.get("session_id"),
            requests=int(ended.get("turns") or 1),
        )

    async def close(self) -> None:
        """Nothing stays open between sessions."""

    def _spec(
        self, folder: Path, program: Path, prompt: VendorPrompt, rules: PathRules, asked: str
    ) -> Mapping[str, Any]:
        return {
            "tree": str(folder / "tree"),
            "program": str(program),
            "environment": {"ANTHROPIC_API_KEY": self._api_key},
            "model": prompt.model,
            "system": prompt.system,
            "prompt": asked,
            "allowed": list(rules.allowed),
            "kept": list(rules.kept),
            "turns": self._turns,
            "budget_usd": self._budget_usd,
        }

    async def _run(self, folder: Path, spec: Mapping[str, Any], *, timeout_s: float) -> Mapping[str, Any]:
        process = await asyncio.create_subprocess_exec(
            *_TIED, sys.executable, "-I", "-B", str(_SESSION),
            stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=folder, env=self._environment(folder),
            start_new_session=True, limit=_LONGEST_LINE,
        )  # fmt: skip
        spent: dict[str, Usage] = {}
        try:
            # A little before the caller's own time is up, who could not say what was spent.
            async with asyncio.timeout(timeout_s * _OWN_SHARE):
                ended = await _follow(process, json.dumps(spec).encode(), spent)
            return _judged(ended, sum(spent.values(), Usage()))
        except TimeoutError as error:
            used = sum(spent.values(), Usage())
            raise VendorFault(FaultKind.TIMEOUT, f"the session took over {timeout_s:.0f} s", usage=used) from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    def _environment(self, folder: Path) -> dict[str, str]:
        """All that the session and its program are given from outside, but for the key."""
        environment = {
            "PATH": _PATH,
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "tmp"),
            "LANG": "C.UTF-8",
            "CLAUDE_CONFIG_DIR": str(folder / "home" / "claude"),
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "CLAUDE_CODE_MAX_RETRIES": "1",
            "DISABLE_AUTOUPDATER": "1",
        }
        return environment | ({} if self._base_url is None else {"ANTHROPIC_BASE_URL": self._base_url})


def _fresh_folder() -> Path:
    """A folder for one session; those of sessions that were killed long ago go first."""
    for old in Path(tempfile.gettempdir()).glob(f"{_FOLDERS}*"):
        with contextlib.suppress(OSError):
            if time.time() - old.stat().st_mtime > _OLD_S:
                shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=_FOLDERS))


def _as_left(prompt: VendorPrompt, rules: PathRules) -> tuple[dict[str, str], str]:
    """The tree as earlier tries of this question left it, and what is said about it."""
    files = dict(prompt.files)
    for role, text in prompt.turns:
        if role == "assistant":
            files |= _files_in(text, rules)
    return files, "\n\n".join(text for role, text in prompt.turns if role == "user")


def _files_in(text: str, rules: PathRules) -> dict[str, str]:
    try:
        found = json.loads(text)["files"]
        return {str(one["path"]): str(one["content"]) for one in found if rules.allows(str(one["path"]))}
    except (ValueError, KeyError, TypeError):
        return {}


def _prepare(folder: Path, files: Mapping[str, str]) -> Path:
    """Make the work tree and the session's other folders; the answer is the program to start."""
    for name in ("tree", "home", "tmp"):
        (folder / name).mkdir(mode=0o700)
    unpack(files, folder / "tree")
    spec = importlib.util.find_spec(_SDK)
    if spec is None or spec.origin is None:
        raise VendorFault(FaultKind.BAD_REQUEST, why_not_here() or "its SDK cannot be found")
    real = Path(spec.origin).parent / "_bundled" / "claude"
    program = folder / "claude"
    program.write_text(f'#!/bin/sh\nexec {" ".join(_TIED)} {shlex.quote(str(real))} "$@"\n', encoding="utf-8")
    program.chmod(0o700)
    return program


async def _follow(process: Process, spec: bytes, spent: dict[str, Usage]) -> Mapping[str, Any]:
    """Hand the session its task and listen until it has ended."""
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101 - as above
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(spec)
        await process.stdin.drain()
        process.stdin.close()
    async for line in process.stdout:
        told = json.loads(line)
        if "ended" in told:
            return dict(told["ended"])
        spent[str(told["message"])] = Usage(**told["spent"])
    return {"subtype": "broken", "detail": "the session ended without a word"}


def _most(told: Usage, heard: Usage) -> Usage:
    """A session that is cut off leaves its last answer out of what it tells."""
    return Usage(**{name: max(getattr(told, name), getattr(heard, name)) for name in Usage.__dataclass_fields__})


def _judged(ended: Mapping[str, Any], heard: Usage) -> Mapping[str, Any]:
    """A session that came to its own end; anything else is a fault that carries what it took.

    Raises: VendorFault.
    """
    subtype = str(ended["subtype"])
    used = _most(Usage(**ended.get("usage", {})), heard)
    session_id = ended.get("session_id")
    if ended.get("stop_reason") == "refusal":
        return {**ended, "usage": asdict(used)}
    if subtype in _LIMITS:
        detail = f"the session came to its limit of {_LIMITS[subtype]} after {ended['turns']} turns"
        raise VendorFault(FaultKind.LIMIT, detail, request_id=session_id, usage=used)
    if subtype == "success" and not ended["is_error"]:
        return ended
    if status := ended.get("status"):
        fault = status_fault(int(status), {}, detail="inside a session", code=None, request_id=session_id)
        raise VendorFault(fault.kind, fault.detail, request_id=session_id, usage=used)
    detail = str(ended.get("detail") or ended.get("said") or subtype)[:300]
    raise VendorFault(FaultKind.SERVER, detail, request_id=session_id, usage=used)
