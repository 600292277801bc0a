"""A platform of processes for one story."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.scenarios.running import Platform, running

StartPlatform = Callable[..., Platform]


@pytest.fixture
def start_platform(new_database: Callable[[], str], tmp_path: Path) -> Iterator[StartPlatform]:
    with ExitStack() as stack:

        def start(
            *,
            workers: int = 0,
            name: str = "data",
            database_url: str | None = None,
            checks_all: bool = True,
            **environment: str,
        ) -> Platform:
            url = database_url or new_database()
            return stack.enter_context(
                running(url, tmp_path / name, workers=workers, checks_all=checks_all, **environment)
            )

        yield start
