"""Stores in Terraform: closed to the public and encrypted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

Block = Mapping[str, Any]

_PUBLIC_ACCESS_FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_PUBLIC_ACLS = frozenset({"public-read", "public-read-write", "authenticated-read"})
# Stores that are not encrypted unless asked to be; S3, SQS and DynamoDB encrypt by themselves.
_ENCRYPTED_BY: dict[str, tuple[str, object]] = {
    "aws_db_instance": ("storage_encrypted", True),
    "aws_docdb_cluster": ("storage_encrypted", True),
    "aws_ebs_volume": ("encrypted", True),
    "aws_efs_file_system": ("encrypted", True),
    "aws_elasticache_replication_group": ("at_rest_encryption_enabled", True),
    "aws_kinesis_stream": ("encryption_type", "KMS"),
    "aws_neptune_cluster": ("storage_encrypted", True),
    "aws_opensearch_domain": ("encrypt_at_rest.enabled", True),
    "aws_rds_cluster": ("storage_encrypted", True),
    "aws_redshift_cluster": ("encrypted", True),
}


def resources(blocks: Iterable[Block], kind: str) -> list[Block]:
    """The resources of one type."""
    return [b for b in blocks if b["kind"] == "resource" and len(b["labels"]) == 2 and b["labels"][0] == kind]


def public_buckets(blocks: Sequence[Block]) -> Iterator[tuple[Block, str]]:
    """Buckets that are, or could become, open to the public."""
    guards = resources(blocks, "aws_s3_bucket_public_access_block")
    for bucket in resources(blocks, "aws_s3_bucket"):
        guard = _companion(bucket, guards)
        if guard is None:
            yield bucket, "has no aws_s3_bucket_public_access_block"
            continue
        for flag in _PUBLIC_ACCESS_FLAGS:
            if guard["body"].get(flag) is not True:
                yield guard, f"does not set {flag} to true"
    for kind in ("aws_s3_bucket", "aws_s3_bucket_acl"):
        for block in resources(blocks, kind):
            if block["body"].get("acl") in _PUBLIC_ACLS:
                yield block, f"has the ACL {block['body']['acl']}"


def unencrypted_stores(blocks: Sequence[Block]) -> Iterator[tuple[Block, str]]:
    """Stores and streams that are not encrypted at rest."""
    settings = resources(blocks, "aws_s3_bucket_server_side_encryption_configuration")
    for bucket in resources(blocks, "aws_s3_bucket"):
        if _companion(bucket, settings) is None:
            yield bucket, "has no aws_s3_bucket_server_side_encryption_configuration"
    for kind, (attribute, wanted) in _ENCRYPTED_BY.items():
        for block in resources(blocks, kind):
            found = _attribute(block["body"], attribute)
            if found != wanted and not _is_expression(found):
                yield block, f"does not set {attribute} to {json.dumps(wanted)}"
    for queue in resources(blocks, "aws_sqs_queue"):
        if queue["body"].get("sqs_managed_sse_enabled") is False and not queue["body"].get("kms_master_key_id"):
            yield queue, "turns encryption off"


def undecided_stores(blocks: Sequence[Block]) -> Iterator[tuple[Block, str]]:
    """Stores whose encryption is decided by an expression, which this check does not evaluate."""
    for kind, (attribute, _) in _ENCRYPTED_BY.items():
        for block in resources(blocks, kind):
            if _is_expression(_attribute(block["body"], attribute)):
                yield block, f"sets {attribute} by an expression"


def _companion(bucket: Block, others: Iterable[Block]) -> Block | None:
    """The resource of the same module that names the bucket."""
    name = re.compile(rf"\baws_s3_bucket\.{re.escape(bucket['labels'][1])}\b")
    module = PurePosixPath(bucket["file"]).parent
    for other in others:
        if PurePosixPath(other["file"]).parent == module and name.search(json.dumps(other["body"])):
            return other
    return None


def _attribute(body: Mapping[str, Any], path: str) -> object:
    value: object = body
    for part in path.split("."):
        value = value[0] if isinstance(value, list) and value else value
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _is_expression(value: object) -> bool:
    return isinstance(value, str) and value.startswith("${")
