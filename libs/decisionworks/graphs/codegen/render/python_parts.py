"""The Python requirements of a repository, merged from its fragments and pinned with all that they bring along."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from decisionworks.graphs.codegen.render.errors import FragmentBroken
from decisionworks.graphs.codegen.render.load import FRAGMENTS_DIR
from decisionworks.graphs.codegen.render.model import BASE_OWNER, Selection

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package with its exact version, its licence as SPDX writes it, and what it needs."""

    name: str
    version: str
    licence: str
    needs: Sequence[str]
    marker: str = ""

    @property
    def pin(self) -> str:
        """The entry in a requirements file: the version, and the digests of its files, which pip compares."""
        pin = f"{self.name}=={self.version}" + (f" ; {self.marker}" if self.marker else "")
        return " \\\n".join([pin, *(f"    --hash={digest}" for digest in hashes()[self.name])])


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """Requirement lines, sorted by distribution."""

    runtime: tuple[str, ...]
    dev: tuple[str, ...]
    deploy: tuple[str, ...]
    gpu: tuple[str, ...] = ()

    def pinned(self, lines: tuple[str, ...], *, besides: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Turn requirement lines into exact pins of them and of what they need, but for what `besides` brings.

        Raises: FragmentBroken, a distribution has no pin.
        """
        packages = closure(lines)
        known = closure(besides)
        return tuple(packages[name].pin for name in sorted(packages) if name not in known)


def requirements_of(selection: Selection) -> Requirements:
    """Merge the requirements of the chosen fragments, each distribution once."""
    specs = [document.python for fragment in selection.fragments for document in fragment.documents]
    runtime = _merged(line for spec in specs for line in spec.dependencies)
    return Requirements(
        runtime=runtime,
        dev=_merged(line for spec in specs for line in spec.dev_dependencies),
        deploy=_merged(line for spec in specs for line in spec.deploy_dependencies),
        gpu=_merged(line for spec in specs for line in spec.gpu_dependencies),
    )


def _merged(lines: Iterable[str]) -> tuple[str, ...]:
    by_name: dict[str, str] = {}
    for line in lines:
        name = _distribution(line)
        if by_name.setdefault(name, line) != line:
            raise FragmentBroken(f"Two fragments want different versions: {by_name[name]} and {line}.")
    return tuple(by_name[name] for name in sorted(by_name))


def closure(lines: Iterable[str]) -> dict[str, Package]:
    """The packages that some requirement lines install, by name.

    Raises: FragmentBroken, a distribution has no pin.
    """
    found: dict[str, Package] = {}
    waiting = [_distribution(line) for line in lines]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        if name not in packages():
            raise FragmentBroken(f"No pinned version is known for {name}; run scripts/lock_generated.py.")
        found[name] = packages()[name]
        waiting += found[name].needs
    return found


def _distribution(line: str) -> str:
    match = _NAME.match(line)
    if match is None:
        raise FragmentBroken(f"Not a requirement: {line!r}.")
    return match.group().lower()


@cache
def packages() -> Mapping[str, Package]:
    """Every package that a generated repository may install."""
    listed = packages_document()["packages"]
    return {name: Package(name=name, **entry) for name, entry in listed.items()}


@cache
def hashes(root: Path = FRAGMENTS_DIR) -> Mapping[str, Sequence[str]]:
    """The digests of the files of every pinned version, by package."""
    return cast("dict[str, list[str]]", json.loads((root / BASE_OWNER / "hashes.json").read_text(encoding="utf-8")))


@cache
def packages_document(root: Path = FRAGMENTS_DIR) -> Mapping[str, Any]:
    """What is installed from outside, with its licences, as its file says."""
    text = (root / BASE_OWNER / "packages.yaml").read_text(encoding="utf-8")
    return cast("dict[str, Any]", yaml.safe_load(text))
