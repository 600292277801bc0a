"""The Python requirements of a repository, merged from its fragments and pinned."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import yaml

from decisionworks.graphs.codegen.render.errors import FragmentBroken
from decisionworks.graphs.codegen.render.load import FRAGMENTS_DIR
from decisionworks.graphs.codegen.render.model import BASE_OWNER, Selection

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """Requirement lines, sorted by distribution."""

    runtime: tuple[str, ...]
    dev: tuple[str, ...]
    deploy: tuple[str, ...]

    def pinned(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        """Turn requirement lines into exact pins.

        Raises: FragmentBroken, a distribution has no pin.
        """
        return tuple(_pin(line) for line in lines)


def requirements_of(selection: Selection) -> Requirements:
    """Merge the requirements of the chosen fragments, each distribution once."""
    specs = [document.python for fragment in selection.fragments for document in fragment.documents]
    runtime = _merged(line for spec in specs for line in spec.dependencies)
    return Requirements(
        runtime=runtime,
        dev=_merged(line for spec in specs for line in spec.dev_dependencies),
        deploy=_merged(line for spec in specs for line in spec.deploy_dependencies),
    )


def _merged(lines: Iterable[str]) -> tuple[str, ...]:
    by_name: dict[str, str] = {}
    for line in lines:
        name = _distribution(line)
        if by_name.setdefault(name, line) != line:
            raise FragmentBroken(f"Two fragments want different versions: {by_name[name]} and {line}.")
    return tuple(by_name[name] for name in sorted(by_name))


def _pin(line: str) -> str:
    name = _distribution(line)
    version = _pins().get(name)
    if version is None:
        raise FragmentBroken(f"No pinned version is known for {name}; add it to pins.yaml.")
    extras = line[line.index("[") : line.index("]") + 1] if "[" in line else ""
    return f"{name}{extras}=={version}"


def _distribution(line: str) -> str:
    match = _NAME.match(line)
    if match is None:
        raise FragmentBroken(f"Not a requirement: {line!r}.")
    return match.group().lower()


@cache
def _pins(root: Path = FRAGMENTS_DIR) -> dict[str, str]:
    text = (root / BASE_OWNER / "pins.yaml").read_text(encoding="utf-8")
    return cast("dict[str, str]", yaml.safe_load(text)["pins"])
