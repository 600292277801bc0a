"""Commit documents once: the same documents, message and time always end as the same commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

import pygit2

from decisionworks.integrations.git.errors import BranchMoved, RepositoryBroken, UnusableDocuments
from decisionworks.integrations.git.model import DEFAULT_BRANCH, Author
from decisionworks.integrations.git.repository import clear_left_locks, written

_REMEMBERED_COMMITS = 2000
_LONGEST_PATH = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What is to be committed, and in whose name."""

    files: Mapping[str, bytes]
    message: str
    signature: pygit2.Signature


def commit_documents(
    repository_dir: Path,
    files: Mapping[str, bytes],
    *,
    message: str,
    author_time: datetime,
    parent: str | None = None,
    branch: str = DEFAULT_BRANCH,
    author: Author | None = None,
) -> str:
    """Put the documents over those of the branch and return the commit's id.

    With `parent`, the branch has to be there; without, the commit goes on top of whatever is there. Done again
    after a crash, either finds its own commit and changes nothing. Blocks: on an event loop, call it in a thread.

    Units: `author_time` carries its time zone.
    Raises: BranchMoved, UnusableDocuments, RepositoryBusy, RepositoryBroken
    """
    _check(files, branch, message, author_time)
    wanted = _Wanted(files=files, message=message, signature=_signature(author or Author(), author_time))
    with written(repository_dir) as repository:
        clear_left_locks(repository_dir, branch)
        try:
            head = _head(repository, branch)
            done = _already_done(repository, head, wanted, parent=parent)
            if done is not None:
                return str(done.id)
            if parent is not None and (head is None or str(head.id) != parent):
                raise BranchMoved(branch, expected=parent, found=str(head.id) if head else None)
            return _commit(repository, head, wanted, branch=branch)
        except (pygit2.GitError, KeyError, ValueError, OSError) as error:
            raise RepositoryBroken(f"the documents cannot be committed: {error}") from error


def _check(files: Mapping[str, bytes], branch: str, message: str, author_time: datetime) -> None:
    if not files:
        raise UnusableDocuments("there is nothing to commit")
    if author_time.tzinfo is None:
        raise UnusableDocuments("the time of a commit needs a time zone")
    if not message.strip():
        raise UnusableDocuments("a commit needs a message")
    if not pygit2.reference_is_valid_name(f"refs/heads/{branch}"):
        raise UnusableDocuments(f"{branch!r} cannot be the name of a branch")
    for path in files:
        parts = path.split("/")
        is_odd = any(part in {"", ".", ".."} or part.casefold() == ".git" or "\\" in part for part in parts)
        if is_odd or len(path) > _LONGEST_PATH or any(ord(character) < 32 for character in path):
            raise UnusableDocuments(f"{path!r} cannot be a path in a repository")


def _signature(author: Author, when: datetime) -> pygit2.Signature:
    offset = when.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset is not None else 0
    return pygit2.Signature(author.name, author.email, int(when.timestamp()), minutes, "utf-8")


def _head(repository: pygit2.Repository, branch: str) -> pygit2.Commit | None:
    reference = repository.references.get(f"refs/heads/{branch}")
    return None if reference is None else reference.peel(pygit2.Commit)


def _already_done(
    repository: pygit2.Repository, head: pygit2.Commit | None, wanted: _Wanted, *, parent: str | None
) -> pygit2.Commit | None:
    """The commit that an earlier call for the same thing made."""
    if head is None:
        return None
    walker = repository.walk(head.id, pygit2.enums.SortMode.TOPOLOGICAL)
    for commit in islice(walker, _REMEMBERED_COMMITS):
        is_same = (commit.message, commit.author) == (wanted.message, wanted.signature)
        has_parent = parent is None or [str(i) for i in commit.parent_ids] == [parent]
        if is_same and has_parent and all(_holds(commit.tree, path, data) for path, data in wanted.files.items()):
            return commit
    return None


def _holds(tree: pygit2.Tree, path: str, data: bytes) -> bool:
    try:
        return bool(tree[path].id == pygit2.hash(data))
    except KeyError:
        return False


def _commit(repository: pygit2.Repository, head: pygit2.Commit | None, wanted: _Wanted, *, branch: str) -> str:
    index = pygit2.Index()
    if head is not None:
        index.read_tree(head.tree)
    for path in sorted(wanted.files):
        blob = repository.create_blob(wanted.files[path])
        index.add(pygit2.IndexEntry(path, blob, pygit2.enums.FileMode.BLOB))
    tree = index.write_tree(repository)
    parents = [] if head is None else [head.id]
    signature = wanted.signature
    # git moves the branch only if it is still where the first parent says.
    commit = repository.create_commit(f"refs/heads/{branch}", signature, signature, wanted.message, tree, parents)
    return str(commit)
