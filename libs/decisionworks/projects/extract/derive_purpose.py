"""What a request is for, where neither a phrase nor two ideas say it: from its model, or from what is predicted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from decisionworks.projects.extract.derive import because
from decisionworks.projects.extract.finding import FAIR, WEAK, Finding, inferred
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.sieve import Sought
from decisionworks.projects.model import ConstraintValue, Plain, ValueState

_USE_OF_MODEL = {
    "transformer_nlp": "nlp_classification", "speech": "speech_to_text", "recommender_embedding": "recommendation",
    "time_series": "forecasting", "cnn_vision": "image_classification",
}  # fmt: skip
# Families that serve one purpose only, and how sure a guess may be to give way to them.
_SAYS_THE_USE = ("recommender_embedding", "speech")
GUESSED = 0.5
_PREDICTS = re.compile(
    r"\b(?:predict\w*|estimat\w+|scor(?:e|es|ed|ing)|vorhersag\w*|vorhergesag\w*|schätz\w*|bewert\w*|prédi\w+|prévoi\w*"
    r"|estim\w+|predec\w+|predic\w+|pronostic\w+|puntu\w+|prever|preve\w*|pontu\w+)\b|予測|推定|スコア|見込み"
)
_ODDS = Sought(
    r"how (?:likely|probable)|(?:odds|chances?|likelihood|probability) (?:that|of)"
    r"|wie (?:wahrscheinlich|hoch ist die wahrsch)\w*|wahrscheinlichkeit,? (?:dass|mit der)|(?:avec quelle|quelle"
    r"|la) probabilité"
    r"|(?:cuál es la|con qué|la) probabilidad|(?:qual é a|com que|a) probabilidade|確率を"
)


def derive_purpose(
    reading: Reading, values: Mapping[str, Plain], constraints: Mapping[str, ConstraintValue]
) -> Iterator[Finding]:
    """The purpose that the family of models serves, else the scoring of rows where odds or tables are spoken of."""
    use_case, model = values.get("use_case_type"), values.get("model_type")
    usual = _USE_OF_MODEL.get(str(model))
    if use_case is None and model in ("llm_api", "llm_self_hosted"):
        usual = "llm_chat_rag" if "corpus_documents" in values else "llm_generation"
    kinds = str(values.get("data_types"))
    if model == "cnn_vision" and "video" in kinds and "image" not in kinds:
        usual = "video_analytics"
    is_guessed = constraints["use_case_type"].confidence <= GUESSED and model in _SAYS_THE_USE
    if is_guessed and usual and use_case != usual and constraints["model_type"].state is ValueState.STATED:
        why = f"what such models are for: {usual}"
        yield because("use_case_type", usual, constraints, "model_type", why, strength=FAIR, confidence=0.6)
    elif use_case is None and usual:
        why = f"what such models are mostly used for: {usual}"
        yield because("use_case_type", usual, constraints, "model_type", why, strength=WEAK, confidence=0.45)
    elif use_case is None and (asked := _asked_of_rows(reading, values)):
        reason = f"“{asked.group()}”: something is predicted, row by row"
        yield inferred("use_case_type", "tabular_scoring", *asked.span(), reason=reason, confidence=0.45, strength=WEAK)
    elif use_case is None and (usual := _usual_of_kinds(values)):
        why = f"what such data are mostly used for: {usual}"
        yield because("use_case_type", usual, constraints, "data_types", why, strength=WEAK, confidence=0.4)


def _usual_of_kinds(values: Mapping[str, Plain]) -> str | None:
    """What pictures are there for when nothing else is spoken of."""
    kinds = set(map(str, kinds)) if isinstance(kinds := values.get("data_types"), list) else set()
    if not kinds or not kinds <= {"image", "video"}:
        return None
    return "video_analytics" if "video" in kinds else "image_classification"


def _asked_of_rows(reading: Reading, values: Mapping[str, Plain]) -> re.Match[str] | None:
    """Odds are asked for, or something is predicted and only tables are spoken of."""
    kinds, sources = values.get("data_types") or [], values.get("data_sources") or []
    if not kinds and (odds := _ODDS.search(reading.folded)):
        return odds
    is_in_tables = isinstance(sources, list) and bool({"relational_db", "warehouse"} & set(sources))
    is_table = kinds == ["tabular"] or (not kinds and is_in_tables)
    return _PREDICTS.search(reading.folded) or _ODDS.search(reading.folded) if is_table else None
