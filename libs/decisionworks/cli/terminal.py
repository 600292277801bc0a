"""Writing to a terminal or a pipe: plain words, no escape sequence that somebody else wrote."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.markup import escape

PIPE_WIDTH = 120


def console(*, is_error: bool = False) -> Console:
    """A console on standard output or error; on a pipe lines are not cut at a terminal's width."""
    stream = sys.stderr if is_error else sys.stdout
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(stderr=is_error, width=width, highlight=False, emoji=False, soft_wrap=not stream.isatty())


def shown(value: object) -> str:
    """A value as text that neither styles nor steers a terminal."""
    text = ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)
    return escape("".join(char if char.isprintable() or char in "\n\t" else "\ufffd" for char in text))


def line(value: object, *, limit: int = 400) -> str:
    """The same on one line, shortened."""
    text = " ".join(shown(value).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def print_told(answer: Mapping[str, Any], *sentences: str, is_json: bool) -> None:
    """What a verb did: the server's answer as JSON, or sentences about it."""
    if is_json:
        print_json(answer)
        return
    for sentence in sentences:
        sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def money(value: object) -> str:
    """US dollars, in cents where they matter, and below a cent in two digits."""
    if not isinstance(value, int | float):
        return "unknown"
    if 0 < abs(value) < 0.01:
        return f"${Decimal(f'{value:.2g}'):f}"
    return f"${value:,.2f}" if abs(value) < 100 else f"${value:,.0f}"
