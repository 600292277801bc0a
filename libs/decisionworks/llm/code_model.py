"""The port to whoever writes files: an order for code goes in, whole files within allowed paths come out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from decisionworks.kit.redact import secrets_in_code
from decisionworks.llm.call_site import CallSite
from decisionworks.llm.ladder import ModelLadder
from decisionworks.llm.model import StructuredAnswer, StructuredQuestion
from decisionworks.llm.path_rules import PathRules
from decisionworks.llm.prompt_pack import PromptPack

CODEGEN = "codegen"
# What the written rules say: the files stay as they are.
NOTHING_WRITTEN: Mapping[str, Any] = {"summary": "", "files": []}
MOST_FILES = 40
_MOST_CHARS = 60_000


class WrittenFile(BaseModel):
    """One file, whole."""

    model_config = ConfigDict(extra="forbid", strict=True)

    path: str
    content: str


class WrittenFiles(BaseModel):
    """The files that change, and one or two sentences on what was done."""

    model_config = ConfigDict(extra="forbid", strict=True)

    summary: str
    files: list[WrittenFile]


Banned = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOrder:
    """What is to be written: the files as they stand, the rules, and what is said about the task.

    `banned` are words that written files may not contain, by the path of the file.
    """

    pack: PromptPack
    files: Mapping[str, str]
    rules: PathRules
    banned: Banned = field(default_factory=dict)
    trusted: Mapping[str, str] = field(default_factory=dict)
    untrusted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenCode:
    """The files that differ from those of the order, by path, and who wrote them."""

    files: Mapping[str, str]
    summary: str
    answer: StructuredAnswer


class CodeGenProvider(Protocol):
    """Writes files."""

    @property
    def label(self) -> str:
        """The models in order, as node keys name them."""
        ...

    @property
    def is_required(self) -> bool:
        """Whether the run fails where nobody can write."""
        ...

    async def write(self, order: CodeOrder, site: CallSite) -> WrittenCode:
        """Write what was ordered.

        Raises: ModelUnavailable, ModelRefused, BudgetExceeded, AnswerQuarantined; LeaseLost.
        """
        ...


class CodeModels:
    """Orders code from a ladder of models: some work in a tree of files, the others answer with files."""

    def __init__(self, ladder: ModelLadder) -> None:
        self._ladder = ladder

    @property
    def label(self) -> str:
        """The models in order, as node keys name them."""
        return self._ladder.label

    @property
    def is_required(self) -> bool:
        """Whether the run fails where nobody can write."""
        return self._ladder.is_required

    async def write(self, order: CodeOrder, site: CallSite) -> WrittenCode:
        """Write what was ordered; whoever writes, the same rules are checked on what comes back.

        Raises: ModelUnavailable, ModelRefused, BudgetExceeded, AnswerQuarantined; LeaseLost.
        """
        question = StructuredQuestion(
            task=CODEGEN,
            material={},
            pack=order.pack,
            shape=WrittenFiles,
            trusted=order.trusted,
            untrusted=order.untrusted,
            files=order.files,
            rules=order.rules,
            check=lambda answer: problems_of(answer, order.rules, banned=order.banned),
        )
        answer = await self._ladder.answer(question, site)
        written = WrittenFiles.model_validate(answer.content)
        changed = {one.path: one.content for one in written.files if order.files.get(one.path) != one.content}
        return WrittenCode(files=changed, summary=written.summary, answer=answer)


def problems_of(answer: BaseModel, rules: PathRules, *, banned: Banned) -> list[str]:
    """What is wrong with files before anybody runs them: where they lie, how large they are, and secrets in them."""
    written = answer if isinstance(answer, WrittenFiles) else WrittenFiles.model_validate(answer)
    paths = [one.path for one in written.files]
    problems = [f"{path!r} may not be written" for path in paths if not rules.allows(path)]
    problems += [f"{path} is there twice" for path in sorted({path for path in paths if paths.count(path) > 1})]
    if len(paths) > MOST_FILES:
        problems.append(f"{len(paths)} files are too many; at most {MOST_FILES}")
    for one in written.files:
        if len(one.content) > _MOST_CHARS:
            problems.append(f"{one.path} is longer than {_MOST_CHARS} characters")
        elif words := [word for word in _banned_in(one.path, banned) if word in one.content]:
            problems.append(f"{one.path} may not contain {', '.join(words)}")
        elif kinds := secrets_in_code(one.path, one.content):
            problems.append(f"{one.path} contains what looks like a secret or its name ({', '.join(kinds)})")
    return problems


def _banned_in(path: str, banned: Banned) -> list[str]:
    return [word for pattern, words in banned.items() if re.fullmatch(pattern, path) for word in words]
