"""User text and how it gets into a file: through the filter of the file's format, or not at all."""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from decisionworks.graphs.codegen.render.errors import FragmentBroken
from decisionworks.kit.markdown import code, md, plain_text, quoted_md

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


class UserText(str):
    """Text that came from outside; the template engine refuses to print it without an escaping filter."""

    __slots__ = ()


def as_user_text(value: Any) -> Any:
    """Mark every string inside plain data as text from outside."""
    if isinstance(value, str):
        return UserText(value)
    if isinstance(value, Mapping):
        return {str(key): as_user_text(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [as_user_text(item) for item in value]
    return value


def refuse_unescaped(value: Any) -> Any:
    """Let a printed value through unless it is raw text from outside.

    Raises: FragmentBroken, the template prints user text without a filter.
    """
    if isinstance(value, UserText):
        raise FragmentBroken("A template prints text from outside without an escaping filter.")
    return value


def hcl(value: Any) -> str:
    """A quoted HCL string, number or boolean that contains no live template; lists become HCL tuples."""
    if isinstance(value, bool | int | float) or value is None:
        return "null" if value is None else json.dumps(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(hcl(item) for item in value) + "]"
    quoted = json.dumps(plain_text(str(value)), ensure_ascii=False)
    return quoted.replace("${", "$${").replace("%{", "%%{")


def yaml_scalar(value: Any) -> str:
    """A YAML flow scalar on one line; text is double-quoted, so that nothing in it is syntax.

    Actions expressions are data to YAML but code to a runner, so their opening is broken up.
    """
    if isinstance(value, str):
        return json.dumps(plain_text(value).replace("${{", "$ {{"), ensure_ascii=True)
    return yaml.safe_dump(value, default_flow_style=True, width=100_000).strip().removesuffix("...").strip()


def json_value(value: Any) -> str:
    """A JSON value with sorted keys."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True)


def toml(value: Any) -> str:
    """A TOML basic string."""
    return json.dumps(plain_text(str(value)), ensure_ascii=True)


def py(value: Any) -> str:
    """A Python literal: text in double quotes, ASCII only."""
    if isinstance(value, str):
        return json.dumps(str(value), ensure_ascii=True).replace("\\/", "/")
    return repr(value)


def shell(value: Any) -> str:
    """One shell word."""
    return shlex.quote(plain_text(str(value)).replace("\n", " "))


def word(value: Any) -> str:
    """An identifier from a closed vocabulary, printed bare.

    Raises: FragmentBroken, the text is more than letters, digits, dot, dash and underscore.
    """
    text = str(value)
    if _WORD.fullmatch(text) is None:
        raise FragmentBroken(f"Not a plain word: {text[:40]!r}.")
    return text


FILTERS = {
    "hcl": hcl,
    "yaml": yaml_scalar,
    "json": json_value,
    "toml": toml,
    "py": py,
    "md": md,
    "code": code,
    "md_quote": quoted_md,
    "shell": shell,
    "word": word,
}
