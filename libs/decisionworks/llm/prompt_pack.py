"""Prompt packs: versioned files with a system text and examples, known by the digest of their content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from decisionworks.llm.schema import strict_schema

_FILES = ("pack.yaml", "system.md", "examples.yaml", "schema.json")


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: int
    max_output_tokens: int


class _Example(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    asked: str
    answered: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptPack:
    """How a task is put to a model. `digest` is the SHA-256 over all its files."""

    name: str
    version: int
    max_output_tokens: int
    system: str
    examples: Sequence[tuple[str, str]]
    schema: dict[str, Any]
    digest: str

    @property
    def label(self) -> str:
        """The pack as cards and keys name it."""
        return f"{self.name}@{self.version}-{self.digest[:12]}"


@cache
def load_prompt_pack(package: str, name: str) -> PromptPack:
    """Read a pack from the folder `prompts/<name>` of a package.

    Raises: pydantic.ValidationError, the packaged files contradict what a pack is.
    """
    folder = resources.files(package).joinpath("prompts", name)
    contents = {file: folder.joinpath(file).read_bytes() for file in _FILES}
    digest = hashlib.sha256()
    for file in _FILES:
        digest.update(f"{file}\0{len(contents[file])}\0".encode() + contents[file])
    head = _Head.model_validate(yaml.safe_load(contents["pack.yaml"]))
    examples = [_Example.model_validate(one) for one in yaml.safe_load(contents["examples.yaml"])]
    return PromptPack(
        name=head.name,
        version=head.version,
        max_output_tokens=head.max_output_tokens,
        system=contents["system.md"].decode(),
        examples=tuple((one.asked, json.dumps(one.answered, ensure_ascii=False)) for one in examples),
        schema=json.loads(contents["schema.json"]),
        digest=digest.hexdigest(),
    )


def schema_text(shape: type[BaseModel]) -> str:
    """What a pack's `schema.json` must say for an answer of this shape."""
    return json.dumps(strict_schema(shape), indent=2, ensure_ascii=False) + "\n"
