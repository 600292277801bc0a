"""Permissions in Terraform: statements of policy documents, and statements written inside expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_READING = re.compile(r"(?:Get|List|Describe|BatchGet|Head|Query|Scan|Search|Select|View|Lookup|Filter|Check|Read)")
_WRITTEN_ACTIONS = re.compile(r'\b[Aa]ctions?"?\s*[=:]\s*(\[[^\]]*\]|"[^"]*")')
_WRITTEN_EXCEPTIONS = re.compile(r'\b[Nn]ot_?[Aa]ctions?"?\s*[=:]')
_WRITTEN_RESOURCES = re.compile(r'\b[Rr]esources?"?\s*[=:]\s*(\[[^\]]*\]|"[^"]*")')
_WRITTEN_PRINCIPAL = re.compile(r'\bPrincipal"?\s*[=:]\s*')
_NO_KEY = re.compile(r'"([^"]*)"(?!\s*:)')
_QUOTED = re.compile(r'"([^"]*)"')
# Actions that AWS lets nobody narrow to a resource, and those on network interfaces, whose ids nobody knows beforehand.
# Source: AWS Service Authorization Reference; the roles that AWS documents for Lambda and SageMaker in a VPC.
_WITHOUT_RESOURCE = frozenset(
    {
        "cloudwatch:PutMetricData", "xray:PutTraceSegments", "xray:PutTelemetryRecords", "logs:CreateLogDelivery",
        "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:PutResourcePolicy", "ec2:CreateNetworkInterface",
        "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
        "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel", "comprehend:DetectPiiEntities", "comprehend:ContainsPiiEntities",
        "comprehend:DetectDominantLanguage", "textract:DetectDocumentText", "textract:AnalyzeDocument",
        "rekognition:DetectLabels", "rekognition:DetectText", "translate:TranslateText", "ecr:GetAuthorizationToken",
        "sts:GetCallerIdentity", "iot:Connect", "lakeformation:GetDataAccess",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One permission; None where an expression hides the values."""

    actions: tuple[str, ...] | None
    resources: tuple[str, ...] | None
    principals: tuple[str, ...]
    has_condition: bool
    excludes_actions: bool = False


def statements(block: Mapping[str, Any]) -> Iterator[Statement]:
    """Every allowing statement of a Terraform block."""
    for candidate in _mappings(block["body"]):
        if ("actions" in candidate or "not_actions" in candidate) and candidate.get("effect", "Allow") != "Deny":
            yield Statement(
                actions=_texts(candidate.get("actions")),
                resources=_texts(candidate.get("resources")),
                principals=_principals(candidate),
                has_condition="condition" in candidate,
                excludes_actions="not_actions" in candidate,
            )
    for text in _strings(block["body"]):
        written = text.replace('\\"', '"')
        if text.startswith("${") or '"Statement"' in written:
            yield from _from_expression(written)
    if block["labels"][:1] == ["aws_lambda_permission"]:
        yield _invocation(block["body"])


def problems(statement: Statement) -> list[str]:
    """Why a statement allows too much."""
    if statement.excludes_actions:
        return ["allows every action but some (not_actions)"]
    found = []
    for action in statement.actions or ():
        if _is_wildcard_write(action) and not _is_own_key_policy(action, statement):
            found.append(f"allows {action}")
    if "*" in statement.principals and not statement.has_condition:
        found.append("allows everybody, without a condition")
    if not statement.principals and not statement.has_condition and "*" in (statement.resources or ()):
        wide = [action for action in statement.actions or () if not _needs_no_resource(action)]
        found += [f"allows {action} on every resource" for action in wide if f"allows {action}" not in found]
    return found


def _is_wildcard_write(action: str) -> bool:
    return "*" in action and not _READING.match(action.partition(":")[2])


def _is_own_key_policy(action: str, statement: Statement) -> bool:
    """A key's own policy gives the account's root all rights on that key, or nobody could ever manage it."""
    return action == "kms:*" and bool(statement.principals) and all(":root" in who for who in statement.principals)


def _needs_no_resource(action: str) -> bool:
    return action in _WITHOUT_RESOURCE or bool(_READING.match(action.partition(":")[2]))


def _invocation(permission: Mapping[str, Any]) -> Statement:
    """Who may call a function."""
    return Statement(
        actions=_texts(permission.get("action")),
        resources=None,
        principals=_texts(permission.get("principal")) or ("unknown",),
        has_condition="source_arn" in permission or "source_account" in permission,
    )


def _from_expression(text: str) -> Iterator[Statement]:
    """Statements of jsonencode, of JSON as text or handed to a module in a list, each from its own braces."""
    for match in (*_WRITTEN_ACTIONS.finditer(text), *_WRITTEN_EXCEPTIONS.finditer(text)):
        begin = _opening(text, match.start())
        piece = text[begin : _closing(text, begin)]
        if re.search(r'Effect"?\s*[=:]\s*"Deny"', piece):
            continue
        resources = _WRITTEN_RESOURCES.search(piece)
        yield Statement(
            actions=tuple(_QUOTED.findall(match.group(1))) if match.re is _WRITTEN_ACTIONS else None,
            resources=tuple(_QUOTED.findall(resources.group(1))) if resources else None,
            principals=_json_principals(piece),
            has_condition=re.search(r'\b[Cc]onditions?"?\s*[=:]', piece) is not None,
            excludes_actions=match.re is _WRITTEN_EXCEPTIONS,
        )


def _json_principals(piece: str) -> tuple[str, ...]:
    found = _WRITTEN_PRINCIPAL.search(piece)
    if found is None:
        return ()
    value = piece[found.end() :]
    if value.startswith("{"):
        return tuple(_NO_KEY.findall(value[: _closing(value, 0)])) or ("unknown",)
    written = _QUOTED.match(value)
    return (written.group(1),) if written else ("unknown",)


def _opening(text: str, place: int) -> int:
    """Where the braces open that enclose a place; those that close before it are another value of the statement."""
    depth = 0
    for position in range(place - 1, -1, -1):
        depth += {"}": 1, "{": -1}.get(text[position], 0)
        if depth < 0:
            return position
    return 0


def _closing(text: str, begin: int) -> int:
    depth = 0
    for position in range(begin, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position + 1
    return len(text)


def _principals(statement: Mapping[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for principals in statement.get("principals", []):
        found += _texts(principals.get("identifiers")) or ("unknown",)
    return tuple(found)


def _texts(value: object) -> tuple[str, ...] | None:
    if isinstance(value, list):
        return tuple(str(inner) for inner in value)
    if isinstance(value, str) and not value.startswith("${"):
        return (value,)
    return None


def _mappings(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
    for inner in _inner(value):
        yield from _mappings(inner)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in _inner(value):
        yield from _strings(inner)


def _inner(value: object) -> Sequence[object]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else ()
