"""What is said by the way, of when data come, of opening hours or of recovery, is no mode of answering."""

from __future__ import annotations

import pytest

from decisionworks.projects import load_constraint_catalogue
from decisionworks.projects.extract import extract_constraints

CATALOGUE = load_constraint_catalogue()


def values_of(text: str) -> dict[str, object]:
    read = extract_constraints(text, data=None, on_missing="ask", catalogue=CATALOGUE)
    return {name: one.value for name, one in read.constraints.items() if one.is_known}


@pytest.mark.parametrize(
    "text",
    [
        "Till scores, 200 ms at p95, 20 requests per second. Availability 99.9 %, at night and at the weekend too.",
        "Kasse, 200 ms (p95), 20 Anfragen pro Sekunde. Verfügbarkeit 99,9 %, auch nachts und am Wochenende.",
        "À la caisse, p95 de 200 ms, 20 requêtes par seconde. Du lundi au vendredi ; la nuit le guichet est fermé.",
    ],
)
def test_hours_of_availability_are_no_nightly_run(text: str) -> None:
    assert values_of(text)["inference_mode"] == ["real_time"]


@pytest.mark.parametrize(
    "text",
    [
        "Officers ask questions and get an answer within 6 seconds. The library is synchronised every night.",
        "Leute stellen Fragen und bekommen in 6 Sekunden Antwort. Die Bibliothek wird jede Nacht aktualisiert.",
    ],
)
def test_data_that_is_loaded_at_night_is_daily_and_no_nightly_run(text: str) -> None:
    values = values_of(text)

    assert values["inference_mode"] == ["real_time"]
    assert values["data_velocity"] == "daily"


def test_data_that_is_loaded_at_night_leaves_a_nightly_run_what_it_is() -> None:
    values = values_of("Churn of our members. Synchronised every night.")

    assert values["inference_mode"] == ["batch"]


@pytest.mark.parametrize(
    "text",
    [
        "Demand over an API, 200 ms at p95, 60 requests per second. After a disaster it is back within 30 minutes.",
        "エリアごとの需要を返すAPIです。p95は200ミリ秒、平均60リクエスト/秒。災害時は30分以内に復旧します。",
    ],
)
def test_a_time_to_recover_is_no_queue(text: str) -> None:
    assert values_of(text)["inference_mode"] == ["real_time"]


@pytest.mark.parametrize(
    "text",
    [
        "An API call answers in 150 ms (p95), 90 requests per second. Inputs: counts from the doors, event by event.",
        "Appel API, p95 de 150 ms, 90 requêtes par seconde. Entrées : comptages aux portes, en flux continu.",
    ],
)
def test_what_streams_in_beside_calls_is_no_stream_of_answers(text: str) -> None:
    values = values_of(text)

    assert values["inference_mode"] == ["real_time"]
    assert values["data_velocity"] == "streaming"
