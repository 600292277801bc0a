"""A data directory inside somebody's checkout leaves that checkout alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pygit2

from decisionworks.integrations.git import commit_documents, head_of


def test_documents_never_land_in_a_repository_above_the_data_directory(tmp_path: Path) -> None:
    around = pygit2.init_repository(str(tmp_path), initial_head="main")
    directory = tmp_path / ".data" / "projects" / "one" / "repository.git"

    made = commit_documents(
        directory, {"plan.json": b"{}\n"}, message="A plan", author_time=datetime(2026, 1, 1, tzinfo=UTC)
    )

    assert list(around.references) == []
    assert head_of(directory) == made
