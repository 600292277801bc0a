"""The table of attacks, as an operator asks for it; the attacks themselves are tried beside the sandbox's own tests."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from decisionworks.cli.commands import sandbox as command
from decisionworks.sandbox import SandboxLevel, probe
from decisionworks.sandbox.attacks import ATTACKS, Attack

FEW = tuple(attack for attack in ATTACKS if attack.id in {"read-outside", "network", "named-socket-of-tools"})
ESCAPING = Attack(id="says-so", family="files", aim="say that it got out", code="escaped('it says so')")


def test_each_level_of_the_machine_has_its_column_and_an_open_one_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "ATTACKS", FEW)

    told = CliRunner().invoke(command.sandbox, ["--json"])
    shown = CliRunner().invoke(command.sandbox, [])

    found = json.loads(told.stdout)
    best = probe()
    assert (found["level"], found["is_safe"]) == (str(best), best is not SandboxLevel.LIMITS_ONLY)
    assert told.exit_code == shown.exit_code == int(not found["is_safe"])
    assert set(found["attacks"]) | set(found["missing"]) == {str(level) for level in SandboxLevel}
    weakest = {one["attack"]: one["is_contained"] for one in found["attacks"]["limits-only"]}
    assert weakest["read-outside"] is False
    assert "GOT OUT" in shown.stdout
    assert "a file outside was read" in shown.stdout
    assert f"level {best}" in shown.stdout


def test_one_attack_that_gets_out_where_generated_code_may_run_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "ATTACKS", (ESCAPING,))

    told = CliRunner().invoke(command.sandbox, ["--json"])

    found = json.loads(told.stdout)
    assert told.exit_code == 1
    assert found["is_safe"] is False
    assert {one["got_out"][0] for ones in found["attacks"].values() for one in ones} == {"it says so"}
