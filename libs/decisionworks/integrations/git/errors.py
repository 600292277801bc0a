"""What can go wrong with a project's repository."""

from __future__ import annotations

from decisionworks.kit.errors import Broken, Conflict, Invalid, RetryLater


class BranchMoved(Conflict):
    """The branch is not where the caller saw it."""

    code = "branch-moved"

    def __init__(self, branch: str, *, expected: str, found: str | None) -> None:
        super().__init__(f"the branch {branch} is at {found or 'nothing'}, not at {expected}")
        self.branch = branch
        self.expected = expected
        self.found = found


class UnusableDocuments(Invalid):
    """Paths, a branch or a message that git cannot hold."""

    code = "unusable-documents"


class RepositoryBusy(RetryLater):
    """Others kept writing to the repository, or its disk does not take more now."""

    code = "repository-busy"


class RepositoryBroken(Broken):
    """The repository on disk is damaged."""

    code = "repository-broken"
