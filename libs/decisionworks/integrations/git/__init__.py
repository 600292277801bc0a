"""A project's own git repository, where the documents of its plans are kept."""

from decisionworks.integrations.git.commit import commit_documents
from decisionworks.integrations.git.errors import BranchMoved, RepositoryBroken, RepositoryBusy, UnusableDocuments
from decisionworks.integrations.git.model import Author
from decisionworks.integrations.git.read import head_of, read_documents

__all__ = [
    "Author",
    "BranchMoved",
    "RepositoryBroken",
    "RepositoryBusy",
    "UnusableDocuments",
    "commit_documents",
    "head_of",
    "read_documents",
]
