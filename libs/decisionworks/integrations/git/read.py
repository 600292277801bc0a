"""Read what a project's repository holds."""

from __future__ import annotations

from pathlib import Path

import pygit2

from decisionworks.integrations.git.model import DEFAULT_BRANCH
from decisionworks.integrations.git.repository import opened


def head_of(repository_dir: Path, *, branch: str = DEFAULT_BRANCH) -> str | None:
    """The id of the last commit of a branch, or None when there is none."""
    repository = opened(repository_dir)
    if repository is None:
        return None
    reference = repository.references.get(f"refs/heads/{branch}")
    return None if reference is None else str(reference.peel(pygit2.Commit).id)


def read_documents(repository_dir: Path, commit: str) -> dict[str, bytes]:
    """Every document of a commit by its path; empty when the commit is not there."""
    repository = opened(repository_dir)
    if repository is None:
        return {}
    found = repository.get(commit)
    return _documents(found.peel(pygit2.Tree), "") if found is not None else {}


def _documents(tree: pygit2.Tree, prefix: str) -> dict[str, bytes]:
    documents: dict[str, bytes] = {}
    for entry in tree:
        if isinstance(entry, pygit2.Tree):
            documents |= _documents(entry, f"{prefix}{entry.name}/")
        elif isinstance(entry, pygit2.Blob):
            documents[f"{prefix}{entry.name}"] = entry.data
    return documents
