"""What a plan pays for is told to the unit that uses it, with the right to call it."""

import re
from dataclasses import replace

import pytest

from decisionworks.graphs.codegen.render import render_repository
from decisionworks.patterns import load_pattern_catalogue
from tests.unit.graphs.codegen import plans


def rendered(*patterns: str, **values: object) -> dict[str, str]:
    source = plans.render_input(patterns)
    made = render_repository(replace(source, values={**source.values, **values}))
    return {path: file.content.decode() for path, file in made.items()}


def call_of(texts: dict[str, str], module: str) -> str:
    found = re.search(rf'^module "{module}" \{{\n.*?^\}}', texts["terraform/main.tf"], re.MULTILINE | re.DOTALL)
    assert found is not None, module
    return found.group()


@pytest.mark.parametrize(
    ("serving", "module"),
    [
        ("serve-sagemaker-realtime", "realtime_endpoint"),
        ("serve-gpu-realtime", "realtime_endpoint"),
        ("serve-multi-model", "realtime_endpoint"),
        ("serve-gpu-scheduled", "scheduled_endpoint"),
        ("serve-serverless-cpu", "scoring_function"),
        ("serve-container-ecs", "api_service"),
        ("serve-llm-bedrock", "answer_function"),
    ],
)
def test_a_service_beside_a_cache_is_told_where_it_is_and_asks_it(serving, module):
    texts = rendered(
        *plans.TRAINED, "sec-private-network", "sec-api-auth-waf", "cache-valkey", "orch-stepfunctions", serving
    )

    call = call_of(texts, module)
    told = texts["terraform/locals.tf"] if "local.serving_environment" in call else call
    assert "module.cache.environment" in told
    asks = [path for path, text in texts.items() if path.startswith(("src/", "services/")) and ".cache import" in text]
    asks += [
        path for path, text in texts.items() if path.startswith(("src/", "services/")) and "import cache\n" in text
    ]
    assert asks


@pytest.mark.parametrize(
    ("orchestrator", "module"),
    [
        ("orch-stepfunctions", "pipeline"),
        ("orch-sagemaker-pipelines", "pipeline"),
        ("orch-ci-cron", "scheduled_pipeline"),
        ("orch-airflow-mwaa", "pipeline_step"),
    ],
)
def test_every_orchestrator_tells_the_training_where_runs_and_versions_go(orchestrator, module):
    texts = rendered(
        *plans.TRAINED, "sec-private-network", "serve-batch-scoring", "track-mlflow", "registry-model", orchestrator
    )

    call = call_of(texts, module)
    assert re.search(r"environment\s+= local\.pipeline_environment", call)
    assert re.search(r"policy_statements\s+= local\.pipeline_statements", call)
    settings = texts["terraform/locals.tf"]
    assert {"MLFLOW_TRACKING_URI", "MODEL_PACKAGE_GROUP", "MODEL_IMAGE"} <= set(re.findall(r"[A-Z_]{5,}", settings))
    assert "module.tracking.write_statements, module.registry.publish_statements" in settings


@pytest.mark.parametrize("orchestrator", ["orch-stepfunctions", "orch-airflow-mwaa"])
def test_a_training_on_gpus_is_started_by_the_orchestrator_in_its_own_image(orchestrator):
    texts = rendered(
        *plans.BASE, "sec-private-network", "serve-gpu-realtime", "train-gpu-job", "registry-model", orchestrator
    )

    training = call_of(texts, "gpu_training")
    assert 'module.images.uris["training"]' in training
    assert 'TRAINING_DEVICE = "cuda"' in training
    assert "module.gpu_training.queue_arn" in texts["terraform/main.tf"]
    assert "requirements-gpu.txt" in texts["services/training/Dockerfile"]
    assert "torch==" in texts["requirements-gpu.txt"]


def test_whoever_moves_callers_step_by_step_releases_after_the_apply():
    texts = rendered(
        *plans.TRAINED, "serve-serverless-cpu", "deploy-progressive", "sec-api-auth-waf", "orch-stepfunctions"
    )

    assert re.search(r"released\s+= true", call_of(texts, "scoring_function"))
    steps = [line.strip() for line in texts[".github/workflows/deploy.yml"].splitlines() if "run: make" in line]
    assert steps[-2:] == ["- run: make tf-apply", "- run: make release"]
    assert "module.progressive.release_statements" in call_of(texts, "delivery")


def test_without_releases_the_apply_moves_callers():
    texts = rendered(*plans.TRAINED, "serve-serverless-cpu", "sec-api-auth-waf", "orch-stepfunctions")

    assert re.search(r"released\s+= false", call_of(texts, "scoring_function"))
    assert "make release" not in texts[".github/workflows/deploy.yml"]


def test_only_the_set_up_of_the_vector_database_may_read_the_owners_credentials():
    texts = rendered(*plans.PLANS["own language model"])

    holders = re.findall(r"module\.vectors\.(secret_arn|setup_statements)", texts["terraform/main.tf"])
    assert sorted(holders) == ["secret_arn", "setup_statements"]
    assert "module.vectors.secret_arn" in call_of(texts, "vectors_setup")
    assert "passages_writer" in call_of(texts, "index_job")
    assert 'DATABASE_USER = "passages_reader"' in texts["terraform/locals.tf"]


def test_requirements_hold_the_digest_of_every_file():
    texts = rendered(*plans.PLANS["documents"])

    for name in ("requirements.txt", "requirements-dev.txt", "requirements-deploy.txt"):
        pins = [line for line in texts[name].splitlines() if "==" in line]
        assert pins, name
        assert all(line.endswith(" \\") for line in pins), name
    assert "--require-hashes" in texts["Makefile"]
    assert all("--require-hashes" in text for path, text in texts.items() if path.endswith("/Dockerfile"))


@pytest.mark.parametrize("name", plans.PLANS)
def test_no_two_units_of_a_plan_share_a_name(name):
    calls = re.findall(r'^module "\w+" \{\n.*?^\}', rendered(*plans.PLANS[name])["terraform/main.tf"], re.M | re.S)
    shared = ('"./modules/container_job"', '"./modules/function"', '"./modules/machine_job"')
    names = [re.search(r"^  name\s+= (.*)$", call, re.M) for call in calls if any(source in call for source in shared)]
    given = [found[1] for found in names if found is not None]

    assert len(given) == len(set(given))


def test_a_lookup_table_is_filled_by_the_run_that_scores():
    texts = rendered(*plans.PLANS["weekly batch"])

    scoring = call_of(texts, "batch_scoring")
    assert "LOOKUP_TABLE = module.lookup_table.name" in scoring
    assert "dynamodb:BatchWriteItem" in scoring


def test_what_other_systems_leave_becomes_deliveries_before_the_first_step():
    texts = rendered(*plans.PLANS["systems that are there"])

    assert 'StartAt = "collect"' in texts["terraform/modules/pipeline/main.tf"]
    assert "EXCHANGE" in texts["terraform/locals.tf"]
    steps = texts["pipelines/steps.py"]
    assert "close_day(store, yesterday)" in steps
    assert 'take_over(open_store(os.environ["EXCHANGE"]), store)' in steps


@pytest.mark.parametrize("name", plans.PLANS)
def test_every_job_is_started_by_a_schedule_or_an_orchestrator_or_named_as_started_by_hand(name):
    texts = rendered(*plans.PLANS[name])
    calls = re.findall(r'^module "(\w+)" \{\n(.*?)^\}', texts["terraform/main.tf"], re.M | re.S)
    jobs = {module: body for module, body in calls if '"./modules/container_job"' in body}
    waiting = {module for module, body in jobs.items() if not re.search(r"^  schedule\s+=", body, re.M)}

    by_orchestrator = {"pipeline_step"}
    by_hand = {"processing_job", "training_job", "vectors_setup"}
    assert waiting <= by_orchestrator | by_hand
    runbook = texts["docs/runbook.md"]
    assert all(f"task definition of `{module}`" in runbook for module in waiting & by_hand)


@pytest.mark.parametrize(
    ("runs", "scores", "delivers"),
    [
        (1, "cron(0 5 1 * ? *)", "cron(0 6 1 * ? *)"),
        (4.3, "cron(0 5 ? * MON *)", "cron(0 6 ? * MON *)"),
        (30, "cron(0 5 * * ? *)", "cron(0 6 * * ? *)"),
        (60, "cron(30 5,17 * * ? *)", "cron(45 6,18 * * ? *)"),
        (730, "cron(30 * * * ? *)", "cron(45 * * * ? *)"),
    ],
)
def test_scoring_and_what_follows_it_run_as_often_as_was_said_and_the_runbook_says_why(runs, scores, delivers):
    often = {"inference_mode": ["batch"], "batch_runs_month": runs, "data_velocity": "daily"}

    texts = rendered(
        *plans.TRAINED, "ingest-batch-landing", "orch-ci-cron", "serve-batch-scoring", "deliver-results", **often
    )

    assert re.search(rf'^  schedule\s+= "{re.escape(scores)}"$', call_of(texts, "batch_scoring"), re.M)
    assert re.search(rf'^  schedule\s+= "{re.escape(delivers)}"$', call_of(texts, "delivery_function"), re.M)
    assert f"{runs:g} runs a month, `batch_runs_month`" in texts["docs/runbook.md"]


@pytest.mark.parametrize(
    ("orchestrator", "path", "schedule"),
    [
        ("orch-stepfunctions", "terraform/modules/pipeline/variables.tf", "cron(0 2 ? * MON *)"),
        ("orch-sagemaker-pipelines", "terraform/modules/pipeline/variables.tf", "cron(0 2 ? * MON *)"),
        ("orch-ci-cron", ".github/workflows/pipeline.yml", '"0 2 * * MON"'),
        ("orch-airflow-mwaa", "dags/pipeline.py", '"0 2 * * MON"'),
    ],
)
def test_a_pipeline_that_trains_nothing_runs_as_often_as_the_batch_that_it_prepares(orchestrator, path, schedule):
    often = {"inference_mode": ["batch"], "batch_runs_month": 4.3, "retraining_frequency": "daily"}

    texts = rendered(*plans.BASE, "ingest-batch-landing", "serve-llm-bedrock", orchestrator, **often)

    assert schedule in texts[path]


@pytest.mark.parametrize(
    ("pattern", "beside"),
    [("track-mlflow", ("train-cpu-job",)), ("train-distributed-gpu", ()), ("llm-eval-tracing", ("serve-llm-bedrock",))],
)
def test_what_the_catalogue_says_is_built_is_built(pattern, beside):
    said = load_pattern_catalogue().by_id[pattern].terraform_resources

    texts = rendered(*plans.BASE, "sec-private-network", "orch-stepfunctions", "registry-model", pattern, *beside)

    built = {kind for text in texts.values() for kind in re.findall(r'^resource "(\w+)"', text, re.M)}
    assert set(said) <= built
