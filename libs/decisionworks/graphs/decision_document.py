"""The working copy of a decision set in one attempt, and how a node's changes to it are written.

A node reads the copy and says what changes; the change is written in the node's commit, at the version that the copy
has, and only then brings the copy forward.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from decisionworks.decisions import DecisionSet, StaleDecisionSet, Status, load, update
from decisionworks.engine.attempt import Attempt, DomainWrite
from decisionworks.engine.errors import RunCancelled
from decisionworks.kit.db import Tx
from decisionworks.policy import PolicyTerms

_MOST_CONFLICTS = 5


@dataclass(slots=True)
class DecisionDocument:
    """The newest state of the decision set that this attempt knows."""

    row: DecisionSet
    terms: PolicyTerms = field(default_factory=PolicyTerms)


def document_of(attempt: Attempt) -> DecisionSet:
    """The decision set as this attempt knows it."""
    document: DecisionDocument = attempt.document
    return document.row


def terms_of(attempt: Attempt) -> PolicyTerms:
    """The waivers and thresholds of the project that were in force when this attempt began."""
    document: DecisionDocument = attempt.document
    return document.terms


def writing(attempt: Attempt, changes: Mapping[str, Any]) -> DomainWrite:
    """The write of a node's changes, for its commit."""

    async def write(tx: Tx) -> None:
        document: DecisionDocument = attempt.document
        document.row = await _write(tx, document.row, changes)

    return write


async def _write(tx: Tx, row: DecisionSet, changes: Mapping[str, Any]) -> DecisionSet:
    """Write at the known version; when somebody else wrote first, look again and write on top of that.

    The lease is held, so nobody else plans; others touch columns of their own (approval, a client that went away).
    Raises: RunCancelled, the decision set has ended meanwhile; StaleDecisionSet after several conflicts.
    """
    for _ in range(_MOST_CONFLICTS):
        try:
            version = await update(tx, row.id, expected_version=row.version, changes=changes)
        except StaleDecisionSet:
            row = await load(tx, row.id)
            if row.is_finished:
                raise RunCancelled from None
            continue
        typed = {"status": Status(changes["status"])} if "status" in changes else {}
        return replace(row, version=version, **{**changes, **typed})
    raise StaleDecisionSet(row.id, expected_version=row.version, found_version=row.version)
