"""Nouns of a project's repository."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_BRANCH = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who a commit names."""

    name: str = "Decisionworks"
    email: str = "decisionworks@localhost"
