"""Whether a server has a planner process ready before the first preview."""

from __future__ import annotations

import pytest

import decisionworks_api.__main__ as process
from decisionworks.kit.settings import Settings


@pytest.mark.parametrize(("given", "expected"), [({}, True), ({"preview_ahead": False}, False)])
def test_a_planner_is_started_ahead_unless_the_settings_say_otherwise(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, bool], expected: bool
) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(process, "configure_logging", lambda **_: None)
    monkeypatch.setattr(
        process.Server, "run", lambda server: seen.append(server.config.app.state.services.starts_planner)
    )

    process.serve(Settings(database_url="postgresql://nowhere", **given))  # type: ignore[arg-type]

    assert seen == [expected]
