"""What single words of a request ask for: links to what is there already, and work that can be bought."""

from __future__ import annotations

from collections.abc import Mapping

from decisionworks.patterns.values import items_of

# Platforms that join and keep tables by themselves.
OWNED = ("snowflake", "databricks")
# Sources that are followed more often than a nightly extract allows.
FREQUENT = ("hourly", "streaming")

# What is sold by the page or the minute.
READY_MADE_USES = ("speech_to_text", "document_processing")


def has_owned_platform(values: Mapping[str, object]) -> bool:
    """Whether a warehouse or lakehouse is already paid for."""
    owned = any(one in OWNED for one in items_of(values, "existing_platform"))
    return owned or "warehouse" in items_of(values, "data_sources")


def reaches_premises(values: Mapping[str, object]) -> bool:
    """Whether data or callers stay in an own data centre."""
    return "on_prem" in items_of(values, "data_sources") or values.get("cloud") in ("hybrid", "on_prem")


def captures_changes(values: Mapping[str, object]) -> bool:
    """Whether an operational database has to be followed more often than a nightly extract does."""
    return "relational_db" in items_of(values, "data_sources") and values.get("data_velocity") in FREQUENT


def reads_ready_made(values: Mapping[str, object]) -> bool:
    """Whether a service that is sold by page or minute does what was asked."""
    return values.get("use_case_type") == "speech_to_text" or has_scans(values) or wants_ready_made(values)


def wants_ready_made(values: Mapping[str, object]) -> bool:
    """Whether somebody said that no model of their own is wanted where one can be bought."""
    is_open = values.get("model_type", "unknown") == "unknown" and values.get("open_source_preference") != "required"
    return is_open and values.get("use_case_type") in READY_MADE_USES and values.get("training_compute") == "none"


def has_scans(values: Mapping[str, object]) -> bool:
    """Whether documents come as pictures."""
    return values.get("use_case_type") == "document_processing" and "image" in items_of(values, "data_types")
