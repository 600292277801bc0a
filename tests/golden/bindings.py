"""HashiCorp's own bindings of the AWS provider (CDKTF for Python): which types, arguments and attributes there are.

They are read from the wheel, class by class, and never run. A name in them has lost where its underscores were
(`ipv6_cidr_block`, `ipv6CidrBlock`), so names are compared without.
"""

from __future__ import annotations

import ast
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

_PACKAGE = "cdktf_cdktf_provider_aws"
_CLASS = re.compile(r"^class (\w+)\b", re.MULTILINE)
_NEXT = re.compile(r"^(?:class |@jsii\.|def |__all__)", re.MULTILINE)
_TYPE = re.compile(r"provider-aws\.(?P<module>\w+)\.(?P<name>\w+)\"")
_NAMED = re.compile(r"[A-Z]\w+")


@dataclass(frozen=True, slots=True)
class Member:
    """An argument or an attribute; `kind` is the class that describes what is inside, where one does."""

    kind: str | None
    is_required: bool = False


class Module:
    """One type of resource or data source with all the classes of its inner blocks."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._starts = {found[1]: found.start() for found in _CLASS.finditer(source)}

    @cached_property
    def outermost(self) -> str:
        """The class that stands for the type itself."""
        return next(
            name
            for name in self._starts
            if "TerraformResource," in self._head(name) or "TerraformDataSource," in self._head(name)
        )

    @cache  # noqa: B019 - a module lives as long as the run
    def arguments(self, kind: str) -> Mapping[str, Member]:
        """What can be set in a block."""
        found = next(node for node in self._body(kind) if isinstance(node, ast.FunctionDef) and node.name == "__init__")
        return {
            plain(argument.arg): Member(self._kind(argument.annotation), default is None)
            for argument, default in zip(found.args.kwonlyargs, found.args.kw_defaults, strict=True)
        }

    @cache  # noqa: B019
    def attributes(self, kind: str) -> Mapping[str, Member]:
        """What can be read of a block."""
        return {
            plain(node.name): Member(self._kind(node.returns))
            for node in self._body(kind)
            if isinstance(node, ast.FunctionDef)
            and any(isinstance(one, ast.Attribute) and one.attr == "property" for one in node.decorator_list)
        }

    def has(self, kind: str) -> bool:
        """Whether the module describes such a block."""
        return kind in self._starts

    def _kind(self, annotation: ast.expr | None) -> str | None:
        """The class of this module that an annotation speaks of; a list stands for its members."""
        if annotation is None:
            return None
        for name in _NAMED.findall(ast.unparse(annotation)):
            member = f"{name.removesuffix('List')}OutputReference" if name.endswith("List") else name
            if member in self._starts:
                return member
        return None

    def _head(self, name: str) -> str:
        return self._source[self._starts[name] : self._starts[name] + 300]

    def _body(self, name: str) -> list[ast.stmt]:
        start = self._starts[name]
        end = _NEXT.search(self._source, start + 1)
        [found] = ast.parse(self._source[start : end.start() if end else None]).body
        assert isinstance(found, ast.ClassDef)
        return found.body


class Bindings:
    """All types of the provider."""

    def __init__(self, wheel: Path) -> None:
        self._archive = zipfile.ZipFile(wheel)
        self._modules = {
            plain(name.split("/")[1]): name
            for name in self._archive.namelist()
            if name.count("/") == 2 and name.startswith(f"{_PACKAGE}/") and name.endswith("/__init__.py")
        }

    @cache  # noqa: B019
    def module(self, kind: str) -> Module | None:
        """The module of `aws_x` or `data.aws_x`; none where the provider has no such type."""
        name = kind.replace("data.aws_", "data_aws_") if kind.startswith("data.") else kind.removeprefix("aws_")
        path = self._modules.get(plain(name))
        return None if path is None else Module(self._archive.read(path).decode())


def plain(name: str) -> str:
    """A name without what the bindings do not keep."""
    return name.replace("_", "").lower()
