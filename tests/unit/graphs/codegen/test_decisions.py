"""Decisions of a regulated plan are sealed whole, where the measuring job reads them and people are asked."""

import re

import pytest

from tests.unit.graphs.codegen import plans
from tests.unit.graphs.codegen.test_wiring import call_of, rendered

REGULATED = (
    *plans.TRAINED, "registry-model", "track-mlflow", "orch-sagemaker-pipelines", "gov-lineage-audit",
    "gov-explainability", "mon-performance-labels", "label-annotation-review", "sec-private-network",
)  # fmt: skip
SERVING = {
    "serve-sagemaker-realtime": "realtime_endpoint",
    "serve-serverless-cpu": "scoring_function",
    "serve-container-ecs": "api_service",
    "serve-gpu-async": "async_worker",
    "serve-inprocess-lowlatency": "embedded",
}


@pytest.mark.parametrize(("years", "locked"), [(7, 7), (0.5, 1), (None, 1)])
def test_decisions_are_sealed_for_the_years_that_were_asked(years, locked):
    texts = rendered(*REGULATED, "serve-sagemaker-realtime", audit_retention_years=years)

    call = call_of(texts, "decision_records")
    assert re.search(rf"lock_years += {locked}\n", call)
    assert re.search(rf"expire_after_days += {locked * 366}\n", call)
    assert re.search(r'mode += "COMPLIANCE"', texts["terraform/modules/bucket/main.tf"])
    assert '"${module.decision_records.arn}/"' in call_of(texts, "audit")


@pytest.mark.parametrize("serving", SERVING)
def test_whoever_decides_writes_where_the_measuring_job_reads(serving):
    texts = rendered(*REGULATED, serving)
    told = texts["terraform/locals.tf"]

    assert "local.serving_statements" in call_of(texts, SERVING[serving])
    assert re.search(r'^    DECISIONS += "s3://\$\{module.decision_records.id\}"', told, re.MULTILINE)
    assert re.search(r"^    REVIEW_QUEUE_URL += module.review.queue_url", told, re.MULTILINE)
    job = call_of(texts, "performance_job")
    assert re.search(r'DECISIONS += "s3://\$\{module.decision_records.id\}"', job)
    assert "local.read_decisions" in job
    code = "\n".join(text for path, text in texts.items() if path.startswith(("src/", "services/", "pipelines/")))
    assert code.count('"decisions/"') == code.count('"outcomes/"') == 1


def test_nothing_is_sampled_where_decisions_are_kept():
    kept = call_of(rendered(*REGULATED, "serve-sagemaker-realtime"), "realtime_endpoint")
    loose = call_of(rendered(*plans.TRAINED, "registry-model", "serve-sagemaker-realtime"), "realtime_endpoint")

    assert re.search(r"capture_percent += 0\n", kept)
    assert re.search(r"capture_percent += 10\n", loose)


@pytest.mark.parametrize(("sensitivity", "holds_inputs"), [("pii", True), ("phi", False)])
def test_health_data_is_proved_by_its_digest_alone(sensitivity, holds_inputs):
    texts = rendered(*REGULATED, "serve-sagemaker-realtime", data_sensitivity=sensitivity)

    decisions = texts["src/churn/decisions.py"]
    assert ('"inputs": dict(record)' in decisions) is holds_inputs
    assert "inputs_sha256" in decisions


@pytest.mark.parametrize(("required", "every"), [(True, True), (False, False)])
def test_a_person_sees_every_decision_against_somebody_where_that_was_asked(required, every):
    texts = rendered(*REGULATED, "serve-sagemaker-realtime", human_review_required=required)

    assert ('prediction["label"] == ADVERSE' in texts["src/churn/review.py"]) is every


@pytest.mark.parametrize("serving", ["serve-sagemaker-realtime", "serve-gpu-realtime"])
def test_whoever_promotes_may_move_the_endpoint_and_is_told_which(serving):
    texts = rendered(*REGULATED, serving)
    told = texts["terraform/locals.tf"]

    assert re.search(r"^    ENDPOINT_NAME += module.realtime_endpoint.endpoint_name", told, re.MULTILINE)
    assert "module.realtime_endpoint.release_statements" in told
    assert "endpoint.move(version)" in texts["src/churn/going_live.py"]
    for path in ("pipelines/steps.py", "pipelines/releases.py"):
        assert "go_live(store" in texts[path]
        assert "open_endpoint(os.environ, store)" in texts[path]
    assert "endpoint.move(before)" in texts["src/churn/going_live.py"]


@pytest.mark.parametrize(
    ("serving", "code"),
    [
        ("serve-serverless-cpu", "services/scoring_function/handler.py"),
        ("serve-container-ecs", "services/scoring_api/main.py"),
        ("serve-eks-kserve", "services/kserve_model/main.py"),
        ("serve-gpu-async", "services/async_worker/main.py"),
    ],
)
def test_other_services_follow_the_registry_while_they_run(serving, code):
    texts = rendered(*plans.TRAINED, "registry-model", "sec-private-network", "orch-stepfunctions", serving)

    assert "LiveModel(" in texts[code]
    assert "ENDPOINT_NAME" not in texts["terraform/locals.tf"]


def test_the_alarm_on_failed_checks_has_somebody_who_rings_it():
    texts = rendered(*plans.TRAINED, "process-container-small", "orch-stepfunctions")

    assert "ingest-batch-landing" not in texts["docs/plan.md"]
    assert "FailedChecks" in texts["terraform/modules/data_quality/main.tf"]
    assert "quality_line(report" in texts["pipelines/steps.py"]
    for job in ("processing_job",):
        assert "QUALITY_NAMESPACE = module.data_quality.metric_namespace" in call_of(texts, job)
    assert "module.data_quality.metric_namespace" in texts["terraform/locals.tf"]
