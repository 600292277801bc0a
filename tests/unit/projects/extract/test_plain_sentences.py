"""What people say in passing: one sentence of each kind, and the field that it settles."""

from __future__ import annotations

from typing import Any

import pytest

from decisionworks.projects import extract_constraints, load_constraint_catalogue, request_with_data

SAID: list[tuple[str, str, Any]] = [
    ("220 requests a second, 700 at month end, p95 300 ms.", "throughput_rps_avg", 220),
    ("220 requests a second, 700 at month end, p95 300 ms.", "throughput_rps_peak", 700),
    ("70 Suchanfragen pro Sekunde, abends bis 260, p95 unter 120 ms.", "throughput_rps_peak", 260),
    ("4 pedidos por segundo, 15 no Natal, resposta em 200 ms.", "throughput_rps_peak", 15),
    ("応答500ミリ秒以内、毎秒2件、朝は毎秒15件。", "throughput_rps_avg", 2),
    ("120 GB Lebensläufe als PDF.", "throughput_rps_peak", None),
    ("We score in real time. Max EUR 1.200 per month.", "budget_usd_month", 1380),
    ("More than forty bucks a month is too much.", "budget_usd_month", 40),
    ("予算は月1万5千円までです。", "budget_usd_month", 97.5),
    ("us-east-2, sixty-five thousand dollars a month.", "budget_usd_month", 65_000),
    ("5,000 dollars a month is the plan, not a hard limit.", "budget_hardness", "soft"),
    ("Whatever it costs must never go above $80 a month.", "budget_hardness", "hard"),
    ("Forecast the sales of each of our 14 galleries every night.", "batch_records_per_run", 14),
    ("Jede Nacht pro Filiale und Artikel vorhersagen: 48 Filialen, 150 Artikel.", "batch_records_per_run", 7200),
    ("We are three volunteers, one of us an ML engineer.", "team_size", 3),
    ("Garrafeira online, só eu e um colega. Python e um bocado de Docker.", "team_size", 2),
    ("Garrafeira online, só eu e um colega. Python e um bocado de Docker.", "team_skills", ["python", "docker"]),
    ("Hourly river levels are forecast for the next twelve hours.", "batch_deadline_hours", None),
    ("Sort claims; the result may wait two minutes, that is fine for a clerk.", "latency_p95_ms", 120_000),
    ("Transcribe 3,500 voice memos a day, 40 seconds each.", "audio_hours_month", 1182),
    ("Chat over our 64.000 Plenarprotokolle; Fragen und Antworten mit Claude.", "corpus_documents", 64_000),
    ("The camera decides by itself without network: 140 towers, each with a camera.", "edge_devices", 140),
    ("We train on eight A100 nodes.", "training_compute", "gpu_cluster"),
    ("The data are in BigQuery? No, in Redshift.", "cloud", "aws"),
    ("Nobody knows Kubernetes; the team of 4 does Python.", "team_skills", ["python"]),
    ("Say whether the tree on a photo is sick; CNN.", "model_type", "cnn_vision"),
    ("Online shop for films: predict which customers will cancel. Postgres.", "data_types", ["tabular"]),
    ("大阪ではなく東京リージョン ap-northeast-1、6名のチーム。", "team_size", 6),
]  # fmt: skip


def read(text: str) -> dict[str, Any]:
    document = request_with_data(text, {})
    found = extract_constraints(
        document.text, data=dict(document.data), on_missing="ask", catalogue=load_constraint_catalogue()
    )
    return {name: one.value if one.is_known else None for name, one in found.constraints.items()}


@pytest.mark.parametrize(("text", "field", "value"), SAID)
def test_a_plain_sentence_settles_its_field(text: str, field: str, value: Any) -> None:
    assert read(text)[field] == value


def test_a_note_in_json_with_names_of_its_own_is_read_as_words() -> None:
    known = read('{"goal": "spam filter for posts", "team": {"people": 3}, "budget": "900 USD per month"}')

    assert (known["use_case_type"], known["team_size"], known["budget_usd_month"]) == ("nlp_classification", 3, 900)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("The app needs it in 150 ms. Requirements, section 4: the service responds within 10 seconds at p95.",
         "latency_p95_ms"),
        ("Le budget est de 1 200 euros par mois. Annexe : les dépenses mensuelles ne dépassent pas 300 euros.",
         "budget_usd_month"),
    ],
)  # fmt: skip
def test_an_annex_that_says_otherwise_is_a_contradiction(text: str, field: str) -> None:
    found = extract_constraints(text, data=None, on_missing="ask", catalogue=load_constraint_catalogue())

    assert found.constraints[field].state.value == "conflicting"
    assert [one.fields for one in found.contradictions] == [(field,)]
