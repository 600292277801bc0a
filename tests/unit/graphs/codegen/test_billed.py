"""What a plan bills is what its Terraform builds: what stands has its price line, what is priced stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from decisionworks.costs import load_prices
from decisionworks.graphs.codegen.render import render_repository
from decisionworks.patterns import load_pattern_catalogue
from decisionworks.patterns.compose_plan import compose_plan
from decisionworks.projects import (
    constraints_from_json,
    constraints_to_json,
    extract_constraints,
    load_constraint_catalogue,
    planning_values,
)
from tests.unit.graphs.codegen import plans
from tests.unit.graphs.codegen.test_wiring import call_of

REQUESTS = {
    "regulated": "Season loans at a farm credit union, scored within 800 ms, 2 applications a second. Gradient-boosted"
    " trees. SR 11-7, decisions kept 7 years, names and incomes. Seven people, SageMaker and Terraform, AWS us-east-2,"
    " 6000 dollars a month, 99.9 percent. Defaults are known after 180 days.",
    "small": "Once a month a list of 3,200 theatre subscribers who will probably not renew. Names and e-mails, GDPR."
    " One person, Python, AWS Ireland, 60 dollars a month.",
    "practice": "Every night we predict which patients of our practice stay away, 300 of them a night. Patient data"
    " under GDPR, all in the EU. Two of us, Python, AWS Ireland, 250 dollars a month.",
    "health": "Missed appointments of 40 clinics, scored when a patient books, 5 requests a second, within 500 ms."
    " HIPAA, patient data. Six people with SageMaker skills, AWS us-east-1, 4000 dollars a month, 99.9 percent.",
}
# What costs money while nobody calls it, and the lines that pay for it.
STANDING: Mapping[str, tuple[str, ...]] = {
    "aws_nat_gateway": ("nat.hour",),
    "aws_db_instance": ("rds.pg.",),
    "aws_rds_cluster": ("aurora.", "rds."),
    "aws_sagemaker_endpoint": ("sagemaker.ml.",),
    "aws_wafv2_web_acl": ("waf.acl.month",),
    "aws_kms_key": ("kms.key.month",),
    "aws_secretsmanager_secret": ("secrets.secret.month",),
    "aws_cloudwatch_dashboard": ("cloudwatch.dashboard.month",),
    "aws_cloudwatch_metric_alarm": ("cloudwatch.alarm.month",),
    "aws_eks_cluster": ("eks.cluster.hour",),
    "aws_kinesis_stream": ("kinesis.",),
    "aws_elasticache_replication_group": ("elasticache.",),
    "aws_mwaa_environment": ("mwaa.",),
    "aws_ecr_repository": ("ecr.storage.gb_month",),
}
# The other way: a line, and what has to be there for it.
PAID: Mapping[str, tuple[str, ...]] = {
    "nat.hour": ("aws_nat_gateway",),
    "vpce.interface.hour": ("aws_vpc_endpoint",),
    "rds.pg.": ("aws_db_instance",),
    "waf.": ("aws_wafv2_web_acl",),
    "apigw.": ("aws_apigatewayv2_api", "aws_api_gateway_rest_api"),
    "kms.key.month": ("aws_kms_key",),
    "secrets.": ("aws_secretsmanager_secret",),
    "cloudtrail.": ("aws_cloudtrail", "aws_organizations_account"),
    "macie.": ("aws_macie2_classification_job",),
    "athena.": ("aws_athena_workgroup",),
    "sqs.": ("aws_sqs_queue",),
    "backup.": ("aws_backup_plan",),
    "fargate.": ("aws_ecs_task_definition",),
    "cloudwatch.alarm": ("aws_cloudwatch_metric_alarm",),
    "cloudwatch.dashboard": ("aws_cloudwatch_dashboard",),
    "ecr.": ("aws_ecr_repository",),
    "lambda.": ("aws_lambda_function",),
}
ENDPOINT_MACHINES = ("sagemaker.ml.m5.large.hour", "sagemaker.ml.c6i.xlarge.hour")
_RESOURCE = re.compile(r'^resource "(\w+)"', re.MULTILINE)


@cache
def made(name: str) -> tuple[dict[str, float], dict[str, str], set[str]]:
    """The billed quantities of a plan, its texts, and the types of what its root builds."""
    catalogue = load_constraint_catalogue()
    read = extract_constraints(REQUESTS[name], data=None, on_missing="assume", catalogue=catalogue)
    constraints = constraints_to_json(read.constraints)
    found: Any = compose_plan(
        constraints, findings={}, objections=[], catalogue=load_pattern_catalogue(), prices=load_prices()
    )
    patterns = [one["id"] for one in found.plan["patterns"]]
    source = plans.render_input(
        patterns,
        plan=dict(found.plan),
        cost_estimate=dict(found.cost_estimate),
        values=planning_values(constraints_from_json(constraints), catalogue=catalogue),
        request=REQUESTS[name],
    )
    texts = {path: file.content.decode() for path, file in render_repository(source).items()}
    billed: dict[str, float] = {}
    for item in found.cost_estimate["items"]:
        billed[item["price"]] = billed.get(item["price"], 0.0) + float(item["quantity"])
    modules = set(re.findall(r'source = "\./modules/(\w+)"', texts["terraform/main.tf"]))
    types = {
        kind
        for path, text in texts.items()
        if path.startswith("terraform/modules/") and path.split("/")[2] in modules and path.endswith(".tf")
        for kind in _RESOURCE.findall(text)
    }
    return billed, texts, types


@pytest.mark.parametrize("name", REQUESTS)
def test_everything_that_stands_is_paid_and_everything_paid_stands(name):
    billed, _, types = made(name)

    unpaid = {
        kind: lines
        for kind, lines in STANDING.items()
        if kind in types and not any(price.startswith(lines) for price in billed)
    }
    missing = {
        price for price in billed for line, kinds in PAID.items() if price.startswith(line) and not types & set(kinds)
    }
    # A network without a way out holds the gateway's block, switched off.
    closed = {"aws_nat_gateway": ("nat.hour",)} if name in ("health", "practice") else {}
    assert unpaid == closed
    assert missing == set()


@pytest.mark.parametrize("name", ["regulated", "health", "practice"])
def test_the_network_has_as_many_gateways_and_endpoints_as_are_billed(name):
    billed, texts, _ = made(name)

    variables = texts["terraform/modules/network/variables.tf"]

    def default(variable: str) -> str:
        found = re.search(rf'variable "{variable}" \{{.*?default\s+= (.*?)\n\}}', variables, re.DOTALL)
        assert found is not None
        return found.group(1).strip()

    gateways = int(default("nat_gateways")) if default("internet_egress") == "true" else 0
    endpoints = default("interface_services").count('"') // 2 * int(default("endpoint_zones"))
    assert gateways * 730 == pytest.approx(billed.get("nat.hour", 0.0))
    assert endpoints * 730 == pytest.approx(billed["vpce.interface.hour"])


@pytest.mark.parametrize("name", ["regulated", "health"])
def test_the_endpoint_has_the_machines_that_are_billed(name):
    billed, texts, _ = made(name)
    machines = {price: hours for price, hours in billed.items() if price in ENDPOINT_MACHINES}

    ((price, hours),) = machines.items()
    call = call_of(texts, "realtime_endpoint")
    assert f'"{price.removeprefix("sagemaker.").removesuffix(".hour")}"' in call
    assert re.search(rf"min_instances += {round(hours / 730)}\n", call)
