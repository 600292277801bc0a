"""Nouns of rendering: what goes in, and a fragment as the renderer sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from decisionworks.graphs.codegen.render.schema import (
    FileSpec,
    FragmentDocument,
    MakeTarget,
    TerraformSpec,
    When,
)

BASE_OWNER = "_repository"

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderInput:
    """Everything a repository is made of: approved documents only, no id, clock or environment."""

    plan: Json
    values: Json
    cost_estimate: Json
    policy_results: Json
    plan_hash: str
    project_name: str
    critiques: Sequence[Json] = ()
    request: str = ""
    guidance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """What one pattern, or one shared part (its name starts with an underscore), adds to a repository."""

    owner: str
    folder: Path
    documents: tuple[FragmentDocument, ...]

    @property
    def when(self) -> When:
        """The condition on the whole fragment."""
        return self.documents[0].when

    @property
    def uses(self) -> tuple[str, ...]:
        """The shared parts it builds on."""
        return tuple(name for document in self.documents for name in document.uses)

    @property
    def files(self) -> tuple[FileSpec, ...]:
        """The files it produces, in order."""
        return tuple(file for document in self.documents for file in document.files)

    @property
    def terraform(self) -> tuple[TerraformSpec, ...]:
        """The local Terraform modules it brings or calls."""
        return tuple(module for document in self.documents for module in document.terraform)

    @property
    def make(self) -> tuple[MakeTarget, ...]:
        """The Makefile targets it adds."""
        return tuple(target for document in self.documents for target in document.make)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The fragments of one plan in rendering order, each with the pattern that asked for it."""

    facts: frozenset[str]
    fragments: tuple[Fragment, ...]
    asked_by: Mapping[str, str]
