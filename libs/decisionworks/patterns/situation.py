"""What the planner takes a request to be: known values, what follows from them, and defaults for the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from decisionworks.costs import default_training_compute
from decisionworks.costs.regions import HOME_REGION_OF_RESIDENCY, pair_of
from decisionworks.patterns.model import Situation
from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.constraint_values import constraints_from_json, known_values
from decisionworks.projects.model import ValueState

LLM_TYPES = ("llm_api", "llm_self_hosted")
LLM_USES = ("llm_chat_rag", "llm_generation", "llm_agent")
BATCH_USES = ("forecasting", "churn_propensity", "simulation_science")
QUEUED_USES = ("document_processing", "speech_to_text", "video_analytics", "medical_imaging")
SPARSE_RPS = 1.0
_GUARDED = ("pii", "phi", "pci")

_Take: TypeAlias = Callable[[str, object, str], None]


def read_situation(constraints: Mapping[str, object]) -> Situation:
    """Read constraints in their JSON form.

    Raises: InvalidConstraints, an entry is not a constraint value.
    """
    typed = constraints_from_json(constraints)
    known = known_values(typed)
    # A draft stands where the text wants it, so that the policies can say what is wrong with the place.
    regions = typed.get("regions")
    if regions is not None and regions.state is ValueState.CONFLICTING and isinstance(regions.value, list):
        known["regions"] = regions.value
    sensitivity = typed.get("data_sensitivity")
    if sensitivity is not None and sensitivity.state is ValueState.CONFLICTING and sensitivity.value in _GUARDED:
        # While it is open whether people are in the data, the draft guards them.
        known["data_sensitivity"] = sensitivity.value
    return situation_of(known)


def situation_of(known: Mapping[str, object]) -> Situation:
    """Fill in what follows from known values and the catalogue's defaults."""
    working: dict[str, object] = dict(known)
    derived: dict[str, str] = {}

    def take(field: str, value: object, why: str) -> None:
        working[field] = value
        derived[field] = why

    _derive_modes(working, take)
    average = working.get("throughput_rps_avg")
    if (
        working.get("traffic_pattern", "unknown") == "unknown"
        and isinstance(average, int | float)
        and average < SPARSE_RPS
    ):
        take("traffic_pattern", "intermittent", f"{average:g} requests a second are less than one")
    modes = working.get("inference_mode")
    if "data_velocity" not in working and isinstance(modes, list) and "streaming" in modes:
        take("data_velocity", "streaming", "inference_mode names streaming")
    for field in load_constraint_catalogue().fields:
        if field.name not in working and field.default is not None and field.name != "training_compute":
            working[field.name] = field.default
    if "training_compute" not in working:
        volume = working.get("data_volume_gb")
        history = float(volume) if isinstance(volume, int | float) else 50.0
        model_type = _effective_model(working)
        compute = default_training_compute(model_type, history_gb=history)
        if model_type == "speech" and "retraining_frequency" not in known:
            take("training_compute", "none", "open speech models are used as they come")
        else:
            take("training_compute", compute, f"usual for model_type {model_type} and {history:g} GB")
    region, second = _regions(known)
    return Situation(known=dict(known), working=working, derived=derived, region=region, second_region=second)


def is_llm(values: Mapping[str, object]) -> bool:
    """Whether a language model answers."""
    return values.get("model_type") in LLM_TYPES or values.get("use_case_type") in LLM_USES


def _effective_model(working: Mapping[str, object]) -> str:
    model_type = working.get("model_type")
    if isinstance(model_type, str) and model_type != "unknown":
        return model_type
    return "llm_api" if working.get("use_case_type") in LLM_USES else "unknown"


def _derive_modes(working: Mapping[str, object], take: _Take) -> None:
    if working.get("inference_mode"):
        return
    use_case = working.get("use_case_type")
    if use_case in BATCH_USES:
        take("inference_mode", ["batch"], f"usual for {use_case}")
    elif use_case in QUEUED_USES:
        take("inference_mode", ["async"], f"usual for {use_case}")
    else:
        take("inference_mode", ["real_time"], "the common case when nobody said when a prediction must exist")


def _regions(known: Mapping[str, object]) -> tuple[str, str | None]:
    stated = known.get("regions")
    names = [str(name) for name in stated] if isinstance(stated, list) else []
    residency = known.get("data_residency")
    home = names[0] if names else HOME_REGION_OF_RESIDENCY.get(str(residency), "us-east-1")
    return home, names[1] if len(names) > 1 else pair_of(home, residency=residency)


def cost_values(situation: Situation) -> dict[str, object]:
    """The values that usage is sized from: what is known and what follows from it; sizing has its own defaults."""
    return dict(situation.known) | {field: situation.working[field] for field in situation.derived}
