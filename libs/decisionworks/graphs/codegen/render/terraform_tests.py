"""`terraform test` of every local module: planned with AWS mocked, then held to what the module is there for.

What is asserted follows from the module's own resources: names within the service's limit and with the project's
prefix, keys that rotate, buckets that are closed, logs that end. A fragment adds what only it knows.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from decisionworks.graphs.codegen.render.hcl import format_hcl
from decisionworks.graphs.codegen.render.schema import VariableSpec

_RESOURCE = re.compile(r'^resource "(?P<type>\w+)" "(?P<name>\w+)" \{\n(?P<body>.*?)^\}', re.MULTILINE | re.DOTALL)
_ACCOUNT = "123456789012"
_ARN = f"arn:aws:service:eu-west-1:{_ACCOUNT}:thing/example"
_CLOSED = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")

# By resource type: what has to hold, and what is wrong when it does not. `r` is one resource.
_RULES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "aws_kms_key": (
        (
            'r.enable_key_rotation == true || startswith(coalesce(r.customer_master_key_spec, "none"), "HMAC")',
            "a key does not rotate",
        ),
    ),
    "aws_macie2_account": (('r.status == "ENABLED"', "nothing looks for personal data"),),
    "aws_iam_openid_connect_provider": (
        (
            'contains(r.client_id_list, "sts.amazonaws.com") && length(r.client_id_list) == 1',
            "tokens for others are accepted",
        ),
    ),
    "aws_glue_catalog_table": (('startswith(r.storage_descriptor[0].location, "s3://")', "a table lies nowhere"),),
    "aws_s3_bucket_public_access_block": (
        (" && ".join(f"r.{flag}" for flag in _CLOSED), "a bucket could be opened to the public"),
    ),
    "aws_s3_bucket_versioning": (
        ('r.versioning_configuration[0].status == "Enabled"', "a bucket keeps no old versions"),
    ),
    "aws_cloudwatch_log_group": (("r.retention_in_days > 0", "logs are kept for ever"),),
    "aws_dynamodb_table": (
        ("r.point_in_time_recovery[0].enabled", "a table cannot be brought back"),
        ("r.server_side_encryption[0].enabled", "a table is not encrypted with a key of ours"),
    ),
    "aws_lambda_function": (("r.timeout > 0 && r.timeout <= 900", "a function may not run that long"),),
    "aws_ecr_repository": (
        ('r.image_tag_mutability == "IMMUTABLE"', "an image could be replaced under its tag"),
        ("r.image_scanning_configuration[0].scan_on_push", "images come in unseen"),
    ),
    "aws_db_instance": (("r.storage_encrypted && !r.publicly_accessible", "a database is open or not encrypted"),),
    "aws_rds_cluster": (("r.storage_encrypted", "a database is not encrypted"),),
    "aws_elasticache_replication_group": (("r.at_rest_encryption_enabled", "a cache is not encrypted"),),
    "aws_kinesis_stream": (('r.encryption_type == "KMS"', "a stream is not encrypted"),),
    "aws_athena_workgroup": (
        ("r.configuration[0].enforce_workgroup_configuration", "a query may write where it likes"),
    ),
    "aws_eks_cluster": (("!r.vpc_config[0].endpoint_public_access", "the cluster can be reached from everywhere"),),
    "aws_bedrock_guardrail": (
        (
            'contains([for f in r.content_policy_config[0].filters_config : f.type], "PROMPT_ATTACK")',
            "orders hidden in a text are let through",
        ),
    ),
    "aws_s3vectors_index": (('r.distance_metric == "cosine"', "passages are compared by another measure"),),
    "aws_lambda_event_source_mapping": (
        ('r.batch_size > 0 && startswith(r.function_name, "arn:aws:")', "nothing is handed to the function"),
    ),
    "aws_s3_bucket_server_side_encryption_configuration": (
        (
            'alltrue([for one in r.rule : one.apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms"])',
            "a bucket is not encrypted with a key of ours",
        ),
    ),
    "aws_budgets_budget": (("tonumber(r.limit_amount) > 0", "a budget has no limit"),),
}
_NAME_LIMITS: Mapping[str, int] = {
    "aws_iam_role": 64, "aws_lambda_function": 64, "aws_sqs_queue": 80, "aws_sns_topic": 256, "aws_lb": 32,
    "aws_lb_target_group": 32, "aws_cloudwatch_metric_alarm": 255, "aws_security_group": 255, "aws_kinesis_stream": 128,
    "aws_dynamodb_table": 255, "aws_sfn_state_machine": 80, "aws_ecs_cluster": 255, "aws_iam_role_policy": 128,
    "aws_cloudwatch_event_rule": 64, "aws_scheduler_schedule": 64, "aws_s3_bucket": 63, "aws_cloudwatch_log_group": 512,
    "aws_sagemaker_endpoint": 63, "aws_sagemaker_pipeline": 256, "aws_glue_catalog_table": 255,
    "aws_athena_workgroup": 128,
    "aws_sagemaker_model_package_group": 63, "aws_wafv2_web_acl": 128, "aws_batch_job_definition": 128,
    "aws_ecr_repository": 256, "aws_apigatewayv2_api": 128, "aws_backup_plan": 50, "aws_backup_vault": 50,
}  # fmt: skip
_NAME_ARGUMENTS: Mapping[str, str] = {"aws_lambda_function": "function_name", "aws_s3_bucket": "bucket",
    "aws_cloudwatch_metric_alarm": "alarm_name", "aws_sagemaker_pipeline": "pipeline_name",
    "aws_sagemaker_model_package_group": "model_package_group_name"}  # fmt: skip
# What is written as JSON can be looked into, where nothing in it is known only once it is created.
_DOCUMENTS: Mapping[str, tuple[str, str, str, str]] = {
    "aws_iam_role": (
        "assume_role_policy", r'Effect\s*=\s*"Allow"', '[for s in {}.Statement : s if s.Effect == "Allow"]',
        "not all that should can take the role",
    ),
    "aws_ecs_task_definition": (
        "container_definitions", r"essential\s*=\s*true", "[for c in {} : c if try(c.essential, false)]",
        "a container may fail unseen",
    ),
}  # fmt: skip
_KNOWN = r"(?!aws_cloudwatch_log_group\.\w+\.name\b|data\.aws_(?:caller_identity|partition|region)\.|local\.name)"
_FROM_AWS = re.compile(rf"(?<![\w.\"]){_KNOWN}(?:aws_\w+|data|module|local|each)\.\w")
_PREFIX = "example"
# A name that is made of variables alone is known before anything is created.
_NAME = re.compile(r"^  (?P<name>(?:\w+_)?name)\s*=\s*[^\n]*\b(?:var|local)\.name", re.MULTILINE)
# A switch that is written out stands as it does for a reason.
_SWITCH = re.compile(
    r"^  (?P<name>\w+)\s*=\s*(?P<value>true|false|\"(?:ACTIVE|DISABLED|ENABLED|KMS|ON)\")$", re.MULTILINE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Assertion:
    condition: str
    message: str


def module_test(
    folder: str, *, main: str, variables: Mapping[str, VariableSpec], checks: Iterable[tuple[str, str]] = ()
) -> str:
    """Write the test file of a module."""
    assertions = [*_of_resources(main), *(_Assertion(condition=what, message=why) for what, why in checks)]
    values = [
        f"{name} = {item.test or _value(name, item.type)}"
        for name, item in variables.items()
        if item.default is None or item.test is not None
    ]
    lines = [f"# terraform -chdir=terraform test -filter=tests/{folder}.tftest.hcl: no AWS account is needed.", ""]
    lines += [*_MOCKS, "", 'run "plan" {', "command = plan", "", "module {", f'source = "./modules/{folder}"', "}"]
    lines += ["", "variables {", *values, "}"] if values else []
    for assertion in assertions:
        lines += ["", "assert {", f"condition = {assertion.condition}", f'error_message = "{assertion.message}"', "}"]
    return format_hcl("\n".join([*lines, "}"]) + "\n")


_MOCKS = (
    'mock_provider "aws" {',
    'mock_data "aws_iam_policy_document" {',
    "defaults = {",
    'json = "{}"',
    "}",
    "}",
    "",
    'mock_data "aws_availability_zones" {',
    "defaults = {",
    'names = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]',
    "}",
    "}",
    "}",
)


def _of_resources(main: str) -> Iterator[_Assertion]:
    for found in _RESOURCE.finditer(main):
        kind, name, body = found["type"], found["name"], found["body"]
        members = _members(f"{kind}.{name}", body)
        for condition, message in _RULES.get(kind, ()):
            yield _all(members, condition, f"{kind}.{name}: {message}")
        for argument in (one["name"] for one in _NAME.finditer(body)):
            condition, wrong = f'strcontains(r.{argument}, "{_PREFIX}")', f"{argument} lacks the prefix"
            if kind in _NAME_LIMITS and argument == _NAME_ARGUMENTS.get(kind, "name"):
                condition = f"length(r.{argument}) <= {_NAME_LIMITS[kind]} && {condition}"
                wrong = "the name is too long or lacks the prefix"
            yield _all(members, condition, f"{kind}.{name}: {wrong}")
        if kind in _DOCUMENTS and (found_in := _in_document(kind, body)):
            yield _all(members, found_in, f"{kind}.{name}: {_DOCUMENTS[kind][3]}")
        switches = [(one["name"], one["value"]) for one in _SWITCH.finditer(body)]
        if switches:
            condition = " && ".join(f"r.{switch} == {value}" for switch, value in switches)
            names = ", ".join(switch for switch, _ in switches)
            yield _all(members, condition, f"{kind}.{name}: no longer as decided: {names}")


def _in_document(kind: str, body: str) -> str | None:
    """How many members of a JSON document are as they were written, where it is known before anything is created."""
    argument, written, found, _ = _DOCUMENTS[kind]
    document = re.search(rf"^  {argument}\s*=\s*jsonencode\((?P<text>.*?)^  [}}\]]+\)$", body, re.MULTILINE | re.DOTALL)
    if document is None or _FROM_AWS.search(document["text"]):
        return None
    number = len(re.findall(written, document["text"]))
    return f"length({found.format(f'jsondecode(r.{argument})')}) == {number}" if number else None


def _members(address: str, body: str) -> str:
    if re.search(r"^  for_each\s*=", body, re.MULTILINE):
        return f"values({address})"
    return f"{address}[*]" if re.search(r"^  count\s*=", body, re.MULTILINE) else f"[{address}]"


def _all(members: str, condition: str, message: str) -> _Assertion:
    return _Assertion(condition=f"alltrue([for r in {members} : {condition}])", message=message)


def _value(name: str, kind: str) -> str:
    """An example for a variable that has no default."""
    written = " ".join(kind.split())
    if name == "platform":
        return _PLATFORM
    match written:
        case "string":
            return f'"{_text(name)}"'
        case "number":
            return "30" if name.endswith("_days") else "1"
        case "bool":
            return "true"
        case "list(string)" | "set(string)":
            return f"[{', '.join(_texts(name))}]"
        case "map(string)":
            return "{}"
    if "actions = list(string)" in written:
        return f'[{{ actions = ["s3:GetObject"], resources = ["{_ARN}"] }}]'
    return "{}" if written.startswith("map(") else "[]"


def _text(name: str) -> str:
    for ending, value in _TEXTS:
        if name.endswith(ending):
            return value
    return _PREFIX


def _texts(name: str) -> Sequence[str]:
    text = _text(name.removesuffix("s"))
    if text.startswith("arn:") or "cidr" in name:
        return (f'"{text}"',)
    return (f'"{text}-1"', f'"{text}-2"')


# What the jobs of a repository share; a module that needs less of it takes less.
_PLATFORM = f"""{{
cluster_arn = "arn:aws:ecs:eu-west-1:{_ACCOUNT}:cluster/example"
subnet_ids = ["subnet-1", "subnet-2"]
security_group_id = "sg-example"
assign_public_ip = false
kms_key_arn = "arn:aws:kms:eu-west-1:{_ACCOUNT}:key/example"
log_retention_days = 30
alerts_topic_arn = "arn:aws:sns:eu-west-1:{_ACCOUNT}:example"
region = "eu-west-1"
}}"""
_TEXTS = (
    ("kms_key_arn", f"arn:aws:kms:eu-west-1:{_ACCOUNT}:key/example"),
    ("topic_arn", f"arn:aws:sns:eu-west-1:{_ACCOUNT}:example"),
    ("bucket_arn", "arn:aws:s3:::example"),
    ("lake_arn", "arn:aws:s3:::example"),
    ("role_arn", f"arn:aws:iam::{_ACCOUNT}:role/example"),
    ("_arn", _ARN),
    ("account_id", _ACCOUNT),
    ("partition", "aws"),
    ("region", "eu-west-1"),
    ("cidr", "10.0.0.0/16"),
    ("cidr_block", "10.0.0.0/16"),
    ("_url", "https://example.com/thing"),
    ("email", "team@example.com"),
    ("schedule", "rate(1 day)"),
    ("subnet_id", "subnet"),
    ("vpc_id", "vpc-example"),
    ("domain_name", "example.com"),
    ("budget_usd_month", "100"),
)
