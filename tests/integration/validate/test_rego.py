"""Each rule fires on what breaks it, is silent on what keeps it, and leaves alone what it cannot know."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from decisionworks.artifacts import GeneratedFile
from decisionworks.graphs.codegen.validate import CheckStatus, validate_repository
from decisionworks.graphs.codegen.validate.checks.rego import RULES_DIR, RegoCheck, rules
from decisionworks.graphs.codegen.validate.workspace import TOOLS_DIR
from decisionworks.sandbox import open_sandbox


def evaluated(
    resources: list[dict[str, Any]], tmp_path: Path, rules_dir: Path = RULES_DIR
) -> subprocess.CompletedProcess[str]:
    document = tmp_path / "document.json"
    document.write_text(json.dumps({"resources": resources}), encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(TOOLS_DIR / "evaluate_rego.py"), str(rules_dir), str(document)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def resource(kind: str, values: dict[str, Any], name: str) -> dict[str, Any]:
    return {"type": kind, "name": name, "address": f"{kind}.{name}", "file": "main.tf", "line": 7, "values": values}


def test_every_rule_fires_where_it_should_and_nowhere_else(tmp_path: Path) -> None:
    bad = [
        resource(rule["type"], rule["bad"], f"{name}-{number}")
        for name, rule in rules().items()
        for number in range(rule.get("times", 1))
        if name != "cost-budget"
    ]
    good = [resource(rule["type"], rule["good"], name) for name, rule in rules().items() if "good" in rule][:20]

    broken, kept = evaluated(bad, tmp_path), evaluated(good, tmp_path)

    assert broken.returncode == kept.returncode == 0, broken.stderr + kept.stderr
    fired = {(one["rule"], one["address"]) for one in json.loads(broken.stdout)["findings"]}
    expected = {(name, f"{rule['type']}.{name}-0") for name, rule in rules().items() if name != "cost-budget"}
    assert fired - {("cost-budget", "the configuration")} == expected
    assert ("cost-budget", "the configuration") in fired
    assert json.loads(kept.stdout)["findings"] == []
    assert len(rules()) >= 25


def test_an_expression_is_not_known_and_not_judged(tmp_path: Path) -> None:
    unknown = [
        resource("aws_kms_key", {"enable_key_rotation": "${var.rotate}"}, "key"),
        resource("aws_vpc_security_group_ingress_rule", {"cidr_ipv4": "${var.network}", "from_port": 22}, "rule"),
        resource("aws_cloudwatch_log_group", {"retention_in_days": "${var.days}"}, "logs"),
    ]

    done = evaluated(unknown, tmp_path)

    assert json.loads(done.stdout)["findings"] == []


@pytest.mark.parametrize("call", ['net.cidr_contains("10.0.0.0/8", "10.1.1.1")', "http.send({})", "made_up(1)"])
def test_a_rule_that_calls_what_the_engine_lacks_is_refused_instead_of_never_firing(tmp_path: Path, call: str) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    text = f'package decisionworks\n\nimport rego.v1\n\nfindings contains "x" if {{\n\tnot {call}\n}}\n'
    (folder / "own.rego").write_text(text, encoding="utf-8")

    done = evaluated([], tmp_path, folder)

    assert done.returncode != 0
    assert call.split("(", maxsplit=1)[0] in done.stderr


def test_a_repository_that_breaks_a_rule_fails_in_the_sandbox(tmp_path: Path) -> None:
    text = 'resource "aws_lambda_function_url" "this" {\n  function_name      = "f"\n  authorization_type = "NONE"\n}\n'
    files = {"terraform/main.tf": GeneratedFile(content=text.encode(), pattern="p")}

    [report] = validate_repository(files, sandbox=open_sandbox(), scratch_dir=tmp_path, checks=[RegoCheck()]).checks

    assert report.verdict.status is CheckStatus.FAILED
    [finding] = report.verdict.findings
    assert (finding.rule, finding.file, finding.line) == ("exposure-function-url", "terraform/main.tf", 1)
    assert finding.remedy


def test_every_rule_says_what_is_right_and_why() -> None:
    for rule in rules().values():
        assert rule["severity"] in {"error", "warning", "note"}
        assert all(rule[name] for name in ("title", "remedy", "framework"))
