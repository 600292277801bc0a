"""Pipelines that fit GitLab's schema and that GitLab would still not run."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from decisionworks.graphs.codegen.render import render_repository
from decisionworks.graphs.codegen.validate.checks.pipelines import judge_pipeline
from tests.unit.graphs.codegen.plans import PLANS, render_input

SOUND: dict[str, Any] = {
    "stages": ["check", "deploy"],
    "variables": {"ENV": "dev"},
    ".base": {"image": "python:3.12.11-slim", "variables": {"A": "1"}},
    "lint": {"stage": "check", "extends": ".base", "script": ["make lint"]},
    "ship": {"stage": "deploy", "extends": [".base"], "needs": ["lint"], "script": ["make ship"]},
    "child": {"stage": "deploy", "trigger": {"include": "child.yml"}},
}


def said(changes: dict[str, Any]) -> list[str]:
    return [f"{one.rule}: {one.message}" for one in judge_pipeline({**SOUND, **changes})]


def test_a_sound_pipeline_and_every_generated_one_have_nothing_against_them() -> None:
    assert said({}) == []
    for name, patterns in list(PLANS.items())[:3]:
        text = render_repository(render_input(patterns))[".gitlab-ci.yml"].content
        assert list(judge_pipeline(yaml.safe_load(text))) == [], name


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"lint": {"stage": "check", "image": "x:1"}}, "pipeline-shape: job lint has no script"),
        ({"lint": {"stage": "check", "extends": ".base"}}, "pipeline-shape: job lint has no script"),
        ({"lint": {"stage": "check", "script": []}}, "pipeline-shape: job lint has no script"),
        ({"lint": {"stage": "chekc", "script": ["x"]}}, "at stage chekc, which does not exist"),
        ({"lint": {"script": ["x"]}}, "at stage test, which does not exist"),
        ({"lint": {"stage": "check", "extends": ".bose", "script": ["x"]}}, "extends .bose, which does not exist"),
        ({".base": {"extends": ".base"}}, "extends .base, which does not exist or extends itself"),
        ({"ship": {"stage": "deploy", "needs": ["lynt"], "script": ["x"]}}, "needs lynt, which does not exist"),
        ({"lint": {"stage": "check", "needs": [{"job": "ship"}], "script": ["x"]}}, "needs ship, which comes later"),
        ({"ship": {"stage": "deploy", "variables": {"AWS_SECRET_ACCESS_KEY": "$K"}, "script": ["x"]}}, "long-lived"),
        ({"ship": {"stage": "deploy", "image": "docker", "script": ["x"]}}, "uses docker, which can change"),
        ({"ship": {"stage": "deploy", "image": {"name": "r:5000/a:latest"}, "script": ["x"]}}, "r:5000/a:latest"),
    ],
)
def test_what_gitlab_would_refuse_is_told_by_job(changes: dict[str, Any], told: str) -> None:
    assert any(told in one for one in said(changes)), said(changes)


def test_what_another_file_brings_is_not_held_against_a_pipeline() -> None:
    brought = {"stage": "deploy", "extends": ".elsewhere", "needs": ["theirs", {"job": "x", "optional": True}]}

    assert said({"include": ["more.yml"], "ship": brought}) == []
    assert said({"ship": {"stage": "deploy", "needs": [{"job": "x", "optional": True}], "script": ["x"]}}) == []


@pytest.mark.parametrize("document", [None, [], "text", {"stages": ["check"]}, {".hidden": {"script": ["x"]}}])
def test_what_holds_no_job_is_no_pipeline(document: object) -> None:
    [found] = judge_pipeline(document)

    assert found.rule == "pipeline-shape"
