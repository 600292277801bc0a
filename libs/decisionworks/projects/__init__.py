"""A project's constraints: the catalogue, reading a request, coverage, questions and answers."""

from decisionworks.projects.apply_answers import (
    ANSWERED,
    apply_answers,
    extract_answers_from_message,
    told_otherwise,
)
from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.conditions import Condition, Facts, fields_of, holds
from decisionworks.projects.constraint_values import (
    constraints_from_json,
    constraints_to_json,
    known_values,
    planning_values,
)
from decisionworks.projects.errors import InvalidCatalogue, InvalidCondition, InvalidConstraints, InvalidRequest
from decisionworks.projects.extract import extract_constraints
from decisionworks.projects.extract.language import detect_language
from decisionworks.projects.extract.prohibited import forbidden_uses_in
from decisionworks.projects.extract.read_each_way import read_each_way
from decisionworks.projects.measure_coverage import applicable_fields, coverage, open_mandatory_fields
from decisionworks.projects.merge_reading import MergedReading, ModelReading, merge_reading
from decisionworks.projects.model import (
    Assumption,
    ConstraintCatalogue,
    Constraints,
    ConstraintValue,
    Contradiction,
    Coverage,
    Extraction,
    Field,
    FieldType,
    ForbiddenUse,
    Plain,
    Question,
    RequestDocument,
    Span,
    UntrustedInstruction,
    ValueState,
)
from decisionworks.projects.parse_constraint_data import parse_constraint_data, parse_given_constraints
from decisionworks.projects.parse_request import MAX_REQUEST_BYTES, check_request_text, parse_request_document
from decisionworks.projects.rank_questions import MAX_QUESTIONS, rank_questions
from decisionworks.projects.request_with_data import request_with_data

__all__ = [
    "ANSWERED",
    "MAX_QUESTIONS",
    "MAX_REQUEST_BYTES",
    "Assumption",
    "Condition",
    "ConstraintCatalogue",
    "ConstraintValue",
    "Constraints",
    "Contradiction",
    "Coverage",
    "Extraction",
    "Facts",
    "Field",
    "FieldType",
    "ForbiddenUse",
    "InvalidCatalogue",
    "InvalidCondition",
    "InvalidConstraints",
    "InvalidRequest",
    "MergedReading",
    "ModelReading",
    "Plain",
    "Question",
    "RequestDocument",
    "Span",
    "UntrustedInstruction",
    "ValueState",
    "applicable_fields",
    "apply_answers",
    "check_request_text",
    "constraints_from_json",
    "constraints_to_json",
    "coverage",
    "detect_language",
    "extract_answers_from_message",
    "extract_constraints",
    "fields_of",
    "forbidden_uses_in",
    "holds",
    "known_values",
    "load_constraint_catalogue",
    "merge_reading",
    "open_mandatory_fields",
    "parse_constraint_data",
    "parse_given_constraints",
    "parse_request_document",
    "planning_values",
    "rank_questions",
    "read_each_way",
    "request_with_data",
    "told_otherwise",
]
