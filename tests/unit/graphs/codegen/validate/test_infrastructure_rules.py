from __future__ import annotations

from typing import Any

import pytest

from decisionworks.graphs.codegen.validate.checks.infrastructure import dangers, judge


def block(kind: str, *labels: str, file: str = "terraform/main.tf", **body: Any) -> dict[str, Any]:
    return {"file": file, "line": 1, "kind": kind, "labels": list(labels), "body": body}


def rules(*blocks: dict[str, Any]) -> list[str]:
    return sorted({finding.rule for finding in judge(blocks) if finding.severity == "error"})


def document(**statement: Any) -> dict[str, Any]:
    return block("data", "aws_iam_policy_document", "d", statement=[statement])


CLOSED = dict.fromkeys(
    ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"), True
)
BUCKET = block("resource", "aws_s3_bucket", "lake", bucket="lake")
GUARD = block("resource", "aws_s3_bucket_public_access_block", "lake", bucket="${aws_s3_bucket.lake.id}", **CLOSED)
CIPHER = block(
    "resource", "aws_s3_bucket_server_side_encryption_configuration", "lake", bucket="${aws_s3_bucket.lake.id}"
)


def test_a_guarded_and_encrypted_bucket_keeps_the_rules() -> None:
    assert rules(BUCKET, GUARD, CIPHER) == []


def test_a_bucket_without_its_guard_is_public() -> None:
    assert rules(BUCKET, CIPHER) == ["public-bucket"]


@pytest.mark.parametrize("flag", list(CLOSED))
def test_a_guard_with_a_gap_is_public(flag: str) -> None:
    gap = GUARD | {"body": GUARD["body"] | {flag: False}}

    assert rules(BUCKET, gap, CIPHER) == ["public-bucket"]


def test_a_guard_of_another_bucket_or_module_does_not_count() -> None:
    other_name = GUARD | {"body": CLOSED | {"bucket": "${aws_s3_bucket.lake_logs.id}"}}
    other_module = GUARD | {"file": "terraform/modules/x/main.tf"}

    assert rules(BUCKET, other_name, CIPHER) == ["public-bucket"]
    assert rules(BUCKET, other_module, CIPHER) == ["public-bucket"]


def test_a_public_acl_is_public() -> None:
    acl = block("resource", "aws_s3_bucket_acl", "a", bucket="${aws_s3_bucket.lake.id}", acl="public-read")

    assert rules(BUCKET, GUARD, CIPHER, acl) == ["public-bucket"]


def test_a_bucket_without_encryption_settings_is_unencrypted() -> None:
    assert rules(BUCKET, GUARD) == ["unencrypted-store"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("aws_db_instance", {"storage_encrypted": True}),
        ("aws_rds_cluster", {"storage_encrypted": True}),
        ("aws_efs_file_system", {"encrypted": True}),
        ("aws_elasticache_replication_group", {"at_rest_encryption_enabled": True}),
        ("aws_kinesis_stream", {"encryption_type": "KMS"}),
        ("aws_opensearch_domain", {"encrypt_at_rest": [{"enabled": True}]}),
    ],
)
def test_a_store_is_encrypted_only_when_it_says_so(kind: str, body: dict[str, Any]) -> None:
    assert rules(block("resource", kind, "x", **body)) == []
    assert rules(block("resource", kind, "x")) == ["unencrypted-store"]


def test_encryption_by_an_expression_is_noted_and_not_judged() -> None:
    findings = judge([block("resource", "aws_db_instance", "x", storage_encrypted="${var.encrypted}")])

    assert [(finding.rule, finding.severity) for finding in findings] == [("unencrypted-store", "note")]


def test_a_queue_that_turns_encryption_off_is_unencrypted() -> None:
    assert rules(block("resource", "aws_sqs_queue", "q", sqs_managed_sse_enabled=False)) == ["unencrypted-store"]
    assert rules(block("resource", "aws_sqs_queue", "q")) == []


def test_named_actions_on_named_resources_keep_the_rules() -> None:
    assert rules(document(actions=["s3:PutObject"], resources=["${aws_s3_bucket.lake.arn}/*"])) == []


@pytest.mark.parametrize(
    "statement",
    [
        {"actions": ["*"], "resources": ["arn"]},
        {"actions": ["s3:*"], "resources": ["arn"]},
        {"actions": ["s3:Put*"], "resources": ["arn"]},
        {"actions": "dynamodb:*", "resources": ["arn"]},
        {"actions": ["s3:PutObject"], "resources": ["*"]},
        {"not_actions": ["iam:PassRole"], "resources": ["arn"]},
        {"actions": ["sts:AssumeRole"], "principals": [{"type": "AWS", "identifiers": ["*"]}]},
    ],
)
def test_too_wide_a_permission_is_found(statement: dict[str, Any]) -> None:
    assert rules(document(**statement)) == ["wildcard-iam"]


@pytest.mark.parametrize(
    "statement",
    [
        {"effect": "Deny", "actions": ["*"], "resources": ["*"]},
        {"actions": ["s3:Get*", "s3:List*"], "resources": ["arn"]},
        {"actions": ["ecr:GetAuthorizationToken", "cloudwatch:PutMetricData"], "resources": ["*"]},
        {"actions": ["ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission"], "resources": ["*"]},
        {"actions": ["ec2:RunInstances"], "resources": ["*"], "condition": [{"test": "StringEquals"}]},
        {"actions": ["sts:AssumeRole"], "principals": [{"type": "Service", "identifiers": ["ecs.amazonaws.com"]}]},
        {
            "actions": ["kms:*"],
            "resources": ["*"],
            "principals": [{"type": "AWS", "identifiers": ["arn:aws:iam::123456789012:root"]}],
        },
    ],
)
def test_a_permission_that_is_not_too_wide_keeps_the_rules(statement: dict[str, Any]) -> None:
    assert rules(document(**statement)) == []


def test_a_bucket_policy_for_everybody_is_a_public_bucket() -> None:
    statement = {"actions": ["s3:GetObject"], "principals": [{"type": "*", "identifiers": ["*"]}]}

    assert rules(document(**statement, resources=["arn"])) == ["public-bucket"]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ('{Statement = [{Effect = "Allow", Action = ["s3:*"], Resource = "*"}]}', ["wildcard-iam"]),
        ('{Statement = [{Effect = "Allow", Action = "s3:PutObject", Resource = "*"}]}', ["wildcard-iam"]),
        ('{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "arn"}]}', ["wildcard-iam"]),
        ('{Statement = [{Effect = "Deny", Action = ["s3:*"], Resource = "*"}]}', []),
        ('{Statement = [{Effect = "Allow", Action = ["s3:PutObject"], Resource = ["arn"]}]}', []),
        (
            '{Statement = [{Effect = "Deny", Action = "s3:*", Resource = "*"}, '
            '{Effect = "Allow", Action = "iam:*", Resource = "arn"}]}',
            ["wildcard-iam"],
        ),
        ('{Statement = [{Effect = "Allow", Principal = "*", Action = "s3:GetObject"}]}', ["public-bucket"]),
        ('{Statement = [{Effect = "Allow", Principal = { AWS = "*" }, Action = "s3:GetObject"}]}', ["public-bucket"]),
        (
            '{Statement = [{Effect = "Allow", Principal = { AWS = "arn:aws:iam::${var.account}:root" }, '
            'Action = ["kms:Decrypt", "kms:PutKeyPolicy"], Resource = "*"}]}',
            [],
        ),
        ('{Statement = [{Principal = { AWS = var.account }, Action = ["kms:PutKeyPolicy"], Resource = "*"}]}', []),
        ('{Statement = [{Effect = "Deny", Condition = { Bool = { a = "b" } }, Action = "s3:*"}]}', []),
        ('{Statement = [{Effect = "Allow", NotAction = "iam:PassRole", Resource = "arn"}]}', ["wildcard-iam"]),
        ('{Statement = [{Effect = "Deny", NotAction = "iam:PassRole", Resource = "arn"}]}', []),
    ],
)
def test_policies_written_as_json_are_judged_alike(policy: str, expected: list[str]) -> None:
    assert rules(block("resource", "aws_iam_role_policy", "p", policy="${jsonencode(" + policy + ")}")) == expected


@pytest.mark.parametrize("start", ["", "<<EOT\n", "<<-EOT\n    "])
def test_policies_written_as_text_are_judged_alike(start: str) -> None:
    wide, narrow = (
        start + '{"Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"' + resource + '"}]}'
        for resource in ("*", "${var.arn}/*")
    )

    assert rules(block("resource", "aws_iam_policy", "p", policy=wide)) == ["wildcard-iam"]
    assert rules(block("resource", "aws_iam_policy", "p", policy=wide.replace('"', '\\"'))) == ["wildcard-iam"]
    assert rules(block("resource", "aws_iam_policy", "p", policy=narrow)) == []


def test_statements_handed_to_a_module_are_judged_too() -> None:
    listed = block("module", "job", source="./modules/job", statements=[{"actions": ["s3:*"], "resources": ["arn"]}])
    joined = block(
        "module",
        "job",
        source="./modules/job",
        statements='${concat(local.read, [{actions = ["s3:PutObject"], resources = ["*"]}])}',
    )
    narrow = block("locals", read='${[{actions = ["s3:PutObject"], resources = [module.lake.arn]}]}')

    assert rules(listed) == ["wildcard-iam"]
    assert rules(joined) == ["wildcard-iam"]
    assert rules(narrow) == []


def test_a_function_that_anybody_may_call_is_found() -> None:
    permission = {"action": "lambda:InvokeFunction", "principal": "apigateway.amazonaws.com"}

    assert rules(block("resource", "aws_lambda_permission", "p", **permission)) == []
    assert rules(block("resource", "aws_lambda_permission", "p", **permission | {"principal": "*"})) == ["wildcard-iam"]
    assert rules(block("resource", "aws_lambda_permission", "p", **permission | {"action": "lambda:*"})) == [
        "wildcard-iam"
    ]


def test_statements_made_in_a_loop_are_judged_too() -> None:
    loop = block(
        "data",
        "aws_iam_policy_document",
        "d",
        dynamic=[{"statement": {"for_each": "${var.x}", "content": [{"actions": ["s3:*"], "resources": ["arn"]}]}}],
    )

    assert rules(loop) == ["wildcard-iam"]


def test_a_literal_secret_is_found_and_a_reference_is_not() -> None:
    literal = block("resource", "aws_db_instance", "x", storage_encrypted=True, password="hunter2")
    default = block("variable", "db_password", default="hunter2")
    reference = block("resource", "aws_db_instance", "x", storage_encrypted=True, password="${var.db_password}")

    assert rules(literal) == ["plaintext-secret"]
    assert rules(default) == ["plaintext-secret"]
    assert rules(reference, block("variable", "db_password", sensitive=True)) == []


def test_an_invented_resource_type_is_found() -> None:
    assert rules(block("resource", "aws_magic_bucket", "x")) == ["unknown-resource-type"]
    assert rules(block("resource", "aws_lambda_function", "x")) == []


@pytest.mark.parametrize(
    "dangerous",
    [
        block("data", "external", "x", program=["sh"]),
        block("data", "http", "x", url="u"),
        block("resource", "aws_lambda_function", "x", provisioner=[{"local-exec": {"command": "sh"}}]),
        block("module", "x", source="git::ssh://host/repository"),
        block("module", "x", source="terraform-aws-modules/vpc/aws"),
        block("module", "x"),
    ],
)
def test_what_could_run_or_load_foreign_code_is_found(dangerous: dict[str, Any]) -> None:
    assert [finding.rule for finding in dangers([dangerous])] == ["unsafe-terraform"]


def test_a_local_module_is_no_danger() -> None:
    assert dangers([block("module", "x", source="./modules/x"), block("data", "aws_caller_identity", "me")]) == []
