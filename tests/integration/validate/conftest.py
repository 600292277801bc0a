"""The best sandbox of this machine; where generated code may not run, its checks are skipped, not passed."""

from __future__ import annotations

import pytest

from decisionworks.sandbox import Sandbox, SandboxLevel, open_sandbox


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    found = open_sandbox()
    if found.level is SandboxLevel.LIMITS_ONLY:
        pytest.skip("this machine has no sandbox that may run generated code")
    return found
