"""One session of Claude Code in a work tree, in a process of its own; it imports nothing of ours.

Standard input is one JSON object (`_spec` in claude_code.py). Standard output is one JSON object a line: {"spent": …}
after each answer of the model, and {"ended": …} at last. Nothing but the program that it starts is given the key.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from claude_agent_sdk import (
    AssistantMessage,
    ClaudeAgentOptions,
    ClaudeSDKError,
    HookMatcher,
    ResultMessage,
    query,
)

_READ = {"Read": "file_path", "Glob": "path", "Grep": "path"}
_WRITE = {"Write": "file_path", "Edit": "file_path"}
_CHARS_PER_TOKEN = 3
_NO_MODEL = "<synthetic>"  # the program's own words, such as an error's


def refusal(tool: str, given: Mapping[str, Any], *, tree: Path, allowed: list[str], kept: list[str]) -> str | None:
    """Why a tool may not be used like this; None where it may. Tools are named one by one, the rest is refused."""
    field = _READ.get(tool) or _WRITE.get(tool)
    if field is None:
        return f"{tool} is not for this task"
    # A pattern of Glob may be a path of its own, and lead out of the folder that it is given.
    for name in (field, *(("pattern",) if tool == "Glob" else ())):
        if not _is_inside(str(given.get(name) or "."), tree):
            return f"{given.get(name)!r} is outside of the work tree"
    if tool in _WRITE:
        path = Path(tree, str(given.get(field) or "")).resolve().relative_to(tree).as_posix()
        if not any(re.fullmatch(p, path) for p in allowed) or any(re.fullmatch(p, path) for p in kept):
            return f"{path} may not be written; allowed are {', '.join(allowed)}, but not {', '.join(kept)}"
    return None


def _is_inside(named: str, tree: Path) -> bool:
    """Whether a path stays in the tree wherever its links lead; what is no path does not."""
    place = Path(tree, named)
    try:
        return ".." not in place.parts and place.resolve().is_relative_to(tree)
    except (OSError, ValueError):
        return False


async def main(spec: Mapping[str, Any], tree: Path) -> None:
    """Run one session."""

    async def gate(event: Any, _use: str | None, _context: Any) -> Any:
        said = refusal(event["tool_name"], event["tool_input"], tree=tree, allowed=spec["allowed"], kept=spec["kept"])
        decision = "allow" if said is None else "deny"
        return {
            "hookSpecificOutput": {
                "hookEventName": "PreToolUse",
                "permissionDecision": decision,
                "permissionDecisionReason": said or "within the rules",
            }
        }

    options = ClaudeAgentOptions(
        cwd=tree,
        cli_path=spec["program"],
        env=spec["environment"],
        model=spec["model"],
        system_prompt=spec["system"],
        tools=[*_READ, *_WRITE],
        permission_mode="dontAsk",
        hooks={"PreToolUse": [HookMatcher(hooks=[gate])]},
        setting_sources=[],
        strict_mcp_config=True,
        max_turns=spec["turns"],
        max_budget_usd=spec["budget_usd"],
        verbatim_prompts=True,
    )
    result: ResultMessage | None = None
    try:
        async for message in query(prompt=spec["prompt"], options=options):
            if isinstance(message, AssistantMessage) and message.model != _NO_MODEL:
                _tell({"spent": _spent(message), "message": message.message_id})
            elif isinstance(message, ResultMessage):
                result = message
    except ClaudeSDKError as error:
        # A session that ends in an error says so twice: in its result, and by this.
        if result is None:
            _tell({"ended": {"subtype": "broken", "detail": f"{type(error).__name__}: {error}"[:500]}})
            return
    _tell({"ended": _ended(result)})


def _spent(message: AssistantMessage) -> dict[str, int]:
    """What one answer took: its output is counted from its length, for the usage at its beginning does not know it."""
    usage: Mapping[str, Any] = message.usage or {}
    said = sum(len(str(block)) for block in message.content)
    return {
        "input_tokens": int(usage.get("input_tokens") or 0),
        "cache_read_tokens": int(usage.get("cache_read_input_tokens") or 0),
        "cache_write_tokens": int(usage.get("cache_creation_input_tokens") or 0),
        "output_tokens": max(int(usage.get("output_tokens") or 0), said // _CHARS_PER_TOKEN),
    }


def _ended(result: ResultMessage | None) -> dict[str, Any]:
    if result is None:
        return {"subtype": "broken", "detail": "the session ended without a result"}
    usage: Mapping[str, Any] = result.usage or {}
    details: Mapping[str, Any] = usage.get("output_tokens_details") or {}
    return {
        "subtype": result.subtype,
        "is_error": result.is_error,
        "status": result.api_error_status,
        "stop_reason": result.stop_reason,
        "turns": result.num_turns,
        "session_id": result.session_id,
        "said": (result.result or "")[:2000],
        "denied": len(result.permission_denials or []),
        "usage": {
            "input_tokens": int(usage.get("input_tokens") or 0),
            "output_tokens": int(usage.get("output_tokens") or 0),
            "cache_read_tokens": int(usage.get("cache_read_input_tokens") or 0),
            "cache_write_tokens": int(usage.get("cache_creation_input_tokens") or 0),
            "reasoning_tokens": int(details.get("thinking_tokens") or 0),
        },
    }


def _tell(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    SPEC = json.loads(sys.stdin.read())
    asyncio.run(main(SPEC, Path(SPEC["tree"]).resolve()))
