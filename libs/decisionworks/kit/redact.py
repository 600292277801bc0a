"""Takes secrets out of text before it is shown, sent or traced: what looks like one is named by its kind.

Wide rather than narrow: a word too many is a nuisance, a key too many is a breach. Pure.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Mapping
from typing import Any

_KINDS: tuple[tuple[str, str], ...] = (
    ("private-key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{0,20000}?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"),
    ("anthropic-key", r"\bsk-ant-[A-Za-z0-9_\-]{8,}"),
    ("openai-key", r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_\-]{16,}"),
    ("aws-key-id", r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b"),
    ("github-token", r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})"),
    ("gitlab-token", r"\bglpat-[A-Za-z0-9_\-]{16,}"),
    ("slack-token", r"\bxox[abeprs]-[A-Za-z0-9\-]{10,}"),
    ("google-key", r"\bAIza[A-Za-z0-9_\-]{30,}"),
    ("stripe-key", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}"),
    ("langsmith-key", r"\blsv2_[a-z]{2}_[A-Za-z0-9_]{16,}"),
    ("platform-token", r"\bdw_[0-9a-f]{12}_[A-Za-z0-9_\-]{16,}"),
    ("jwt", r"\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{4,}"),
    ("url-password", r"(?<=://)[^\s/:@]{1,200}:[^\s/@]{1,200}(?=@)"),
    ("bearer", r"(?i:\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/\-]{16,}=*"),
    ("secret-name", r"\barn:aws[a-z\-]*:(?:secretsmanager|ssm):[^\s\"']+"),
    (
        "secret",
        r"(?i:\b[\w.\-]{0,40}(?:password|passwd|passwort|secret|api[_\- ]?key|access[_\- ]?key|token|credential)s?"
        r"[\w.\-]{0,20}[\"']?\s{0,3}(?::=|[=:]|\bis\b(?=\s+\S*\d))\s{0,3})"
        r"[\"']?(?!\d+(?:\W|\Z))[^\s\"',;<>\[\]]{6,200}",
    ),
    (
        "secret-name",
        r"\b[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){0,5}_(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS?)(?:_ID)?\b",
    ),
    ("email", r"\b[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9.\-]{1,253}\.[A-Za-z]{2,24}\b"),
    ("random-key", r"(?<![A-Za-z0-9+/_=\-.])(?=[A-Za-z0-9+/]*[0-9])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*[A-Z])"
                   r"[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/_\-])"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)
# Text without any of these holds nothing that the patterns could find; most text is passed by this alone.
_HINT = re.compile(
    r"sk-|[rs]k_|AKIA|ASIA|AROA|AIDA|gh[pousr]_|github_pat|glpat-|xox|AIza|lsv2_|dw_|eyJ|://|@|PRIVATE KEY|arn:aws"
    r"|_(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL)|(?<![A-Za-z0-9+/_=\-.])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/_\-])"
    r"|(?i:bearer|basic|password|passwd|passwort|secret|api.?key|access.?key|token|credential)"
)


def redact(text: str) -> str:
    """The text with every secret replaced by `[redacted KIND]`."""
    if _HINT.search(text) is None:
        return text
    for kind, pattern in _PATTERNS:
        text = pattern.sub(f"[redacted {kind}]", text)
    return text


def redact_json(value: Any) -> Any:
    """A JSON value with every text in it redacted; keys stay."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: redact_json(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [redact_json(member) for member in value]
    return value


# Addresses that nobody has (RFC 2606); examples and tests are written with them.
_EXAMPLE_ADDRESS = re.compile(r"(?i)[\w.+\-]+@(?:[a-z0-9\-]+\.)*example\.(?:com|net|org)")


def secrets_in_code(path: str, text: str) -> list[str]:
    """The kinds of secrets that a file contains; of Python only its texts count, not how its variables are named."""
    said = _spoken(text) if path.endswith(".py") else text
    shown = _EXAMPLE_ADDRESS.sub("", said)
    return [kind for kind, pattern in _PATTERNS if pattern.search(shown)]


def _spoken(text: str) -> str:
    """The strings and comments of Python code; text that is no Python counts as a whole."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return text
    return "\n".join(token.string for token in tokens if token.type in _SPOKEN)


_SPOKEN = {tokenize.STRING, tokenize.COMMENT} | {
    getattr(tokenize, n) for n in ("FSTRING_MIDDLE",) if hasattr(tokenize, n)
}
