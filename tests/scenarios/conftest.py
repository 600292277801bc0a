"""A platform of processes for one story."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.crash.processes import Processes
from tests.scenarios.running import Platform, running

StartPlatform = Callable[..., Platform]


@pytest.fixture
def start_platform(new_database: Callable[[], str], processes: Processes, tmp_path: Path) -> Iterator[StartPlatform]:
    """Starts platforms; what takes place `as_installed` is started by the product's own commands, else forked warm."""
    with ExitStack() as stack:

        def start(
            *,
            workers: int = 0,
            name: str = "data",
            database_url: str | None = None,
            checks_all: bool = True,
            as_installed: bool = False,
            **environment: str,
        ) -> Platform:
            url = database_url or new_database()
            return stack.enter_context(
                running(
                    url,
                    tmp_path / name,
                    workers=workers,
                    checks_all=checks_all,
                    forks=None if as_installed else processes,
                    **environment,
                )
            )

        yield start
