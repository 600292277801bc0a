"""Canonical HCL without the tool: the same indentation and alignment that `terraform fmt` would make.

Rules: a line that opens more brackets than it closes indents the next ones by one step; consecutive lines of the
form `name = whole expression` align their equal signs. Fragments keep to one attribute per line, without heredocs
and trailing comments.
"""

import re

_TOKEN = re.compile(r'"(?:\\.|\$\{(?:[^{}"]|"[^"]*")*\}|[^"\\])*"|#.*|//.*|==|!=|<=|>=|=>|=|[\[\](){}]|.', re.DOTALL)
_BLANK_AFTER_OPEN = re.compile(r"([{\[(])\n\n+")
_BLANK_BEFORE_CLOSE = re.compile(r"\n\n+([ \t]*[}\])])")


def format_hcl(text: str) -> str:
    """Indent and align HCL canonically, with single blank lines and one final newline."""
    stripped = "\n".join(line.strip() for line in text.strip().splitlines())
    stripped = re.sub(r"\n{3,}", "\n\n", stripped)
    stripped = _BLANK_AFTER_OPEN.sub(r"\1\n", stripped)
    stripped = _BLANK_BEFORE_CLOSE.sub(r"\n\1", stripped)
    return "\n".join(_aligned(_indented(stripped.splitlines()))) + "\n"


def wrapped_expression(expression: str, *, width: int = 90) -> str:
    """Break a long call, list or object over lines, one part on each; short expressions stay on one line."""
    flat = " ".join(expression.split())
    tokens = _tokens(flat)
    start = next((place for place, part in enumerate(tokens) if part in {"(", "[", "{"}), None)
    if len(flat) <= width or start is None or _closing(tokens, start) != len(tokens) - 1:
        return flat
    opening, inner = tokens[start], tokens[start + 1 : -1]
    parts = [wrapped_expression(part, width=width - 2) for part in _split_at_commas(inner)]
    separator = "\n" if opening == "{" else ",\n"
    end = ",\n" if opening == "[" else "\n"
    return "".join(tokens[: start + 1]) + "\n" + separator.join(parts) + end + tokens[-1]


def _closing(tokens: list[str], start: int) -> int:
    depth = 0
    for place in range(start, len(tokens)):
        depth += _bracket_change(tokens[place : place + 1])
        if depth == 0:
            return place
    return -1


def _split_at_commas(tokens: list[str]) -> list[str]:
    parts: list[list[str]] = [[]]
    depth = 0
    for part in tokens:
        depth += _bracket_change([part])
        if part == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(part)
    return [text for text in ("".join(part).strip() for part in parts) if text]


def _indented(lines: list[str]) -> list[str]:
    open_brackets: list[int] = []
    result: list[str] = []
    for line in lines:
        change = _bracket_change(_tokens(line))
        if change < 0:
            _close(open_brackets, -change)
        result.append("  " * len(open_brackets) + line if line else "")
        if change > 0:
            open_brackets.append(change)
    return result


def _close(open_brackets: list[int], closed: int) -> None:
    while closed > 0 and open_brackets:
        if closed < open_brackets[-1]:
            open_brackets[-1] -= closed
            return
        closed -= open_brackets.pop()


def _aligned(lines: list[str]) -> list[str]:
    result: list[str] = []
    chain: list[tuple[str, str]] = []
    for line in lines:
        parts = _assignment(line)
        if parts is None:
            result.extend(_closed_chain(chain))
            chain = []
            result.append(line)
        else:
            chain.append(parts)
    return result + _closed_chain(chain)


def _closed_chain(chain: list[tuple[str, str]]) -> list[str]:
    width = max((len(name) for name, _ in chain), default=0)
    return [f"{name.ljust(width)} = {value}" for name, value in chain]


def _assignment(line: str) -> tuple[str, str] | None:
    tokens = _tokens(line)
    for position, part in enumerate(tokens):
        if part == "=" and position > 0:
            name, value = "".join(tokens[:position]), "".join(tokens[position + 1 :])
            return (name.rstrip(), value.strip()) if _bracket_change(tokens[position:]) == 0 else None
    return None


def _bracket_change(tokens: list[str]) -> int:
    return sum((part in "{[(") - (part in "}])") for part in tokens if len(part) == 1)


def _tokens(line: str) -> list[str]:
    return _TOKEN.findall(line)
