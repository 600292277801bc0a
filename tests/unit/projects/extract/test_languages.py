"""Whole requests in other languages, tables, and the promises about every text."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decisionworks.projects import (
    constraints_to_json,
    extract_constraints,
    known_values,
    load_constraint_catalogue,
)
from decisionworks.projects.extract.language import detect_language
from decisionworks.projects.extract.numbers import parse_number
from decisionworks.projects.extract.reading import fold
from decisionworks.projects.extract.vocabulary_file import word_pattern

CATALOGUE = load_constraint_catalogue()

REQUESTS: dict[str, tuple[str, dict[str, object]]] = {
    "de": (
        "Wir betreiben einen Online-Shop in Deutschland und möchten jede Nacht für "
        "50.000 Kunden die Abwanderung berechnen. "
        "Daten liegen in PostgreSQL, etwa 20 GB. DSGVO gilt, die Daten müssen in der EU "
        "bleiben. Team: drei Entwickler mit "
        "Python und Docker. Budget maximal 800 Euro im Monat.",
        {
            "use_case_type": "churn_propensity",
            "inference_mode": ["batch"],
            "data_sources": ["relational_db"],
            "data_volume_gb": 20,
            "budget_usd_month": 920,
            "regions": ["eu-central-1"],
            "compliance": ["gdpr"],
            "data_residency": "eu",
            "team_size": 3,
            "team_skills": ["python", "docker"],
        },
    ),
    "fr": (
        "Nous sommes une banque en France. Détection de fraude en temps réel sur 300 "
        "transactions par seconde, 1 200 en pointe, "
        "réponse en moins de 80 ms. RGPD et PCI DSS. Équipe de 7 ingénieurs (Python, Kubernetes), astreinte 24/7. "
        "Budget environ 15 000 euros par mois.",
        {
            "use_case_type": "fraud_detection",
            "inference_mode": ["real_time", "streaming"],
            "latency_p95_ms": 80,
            "throughput_rps_peak": 1200,
            "budget_usd_month": 17250,
            "regions": ["eu-west-3"],
            "compliance": ["gdpr", "pci_dss"],
            "team_size": 7,
            "ops_coverage": "on_call_24x7",
        },
    ),
    "es": (
        "Somos un grupo de 12 clínicas en España. Queremos predecir cada noche qué "
        "pacientes no vendrán a su cita, unas 3.000 "
        "citas por noche. Aplica el RGPD y todo debe quedarse en la UE. Somos dos "
        "personas, sabemos Python. Presupuesto: unos "
        "250 dólares al mes.",
        {
            "use_case_type": "tabular_scoring",
            "inference_mode": ["batch"],
            "batch_records_per_run": 3000,
            "data_sensitivity": "phi",
            "data_residency": "eu",
            "team_size": 2,
            "budget_usd_month": 250,
        },
    ),
    "pt": (
        "Somos uma fintech no Brasil. Queremos analisar pedidos de empréstimo em tempo "
        "real, resposta em até 500 ms. LGPD se "
        "aplica e os dados devem ficar no Brasil. Precisamos explicar cada recusa. Cinco "
        "engenheiros com Python e Terraform. "
        "Orçamento de R$ 20.000 por mês.",
        {
            "use_case_type": "credit_risk",
            "latency_p95_ms": 500,
            "compliance": ["lgpd"],
            "data_residency": "country",
            "regions": ["sa-east-1"],
            "explainability_required": True,
            "team_size": 5,
            "budget_usd_month": 3700,
        },
    ),
    "ja": (
        "当社は東京の小売業です。毎晩、200店舗×3万商品の需要予測を"
        "行いたい。データはPostgreSQLに約500GB。個人情報は含まれません。"
        "エンジニア3人、PythonとDockerが使えます。予算は月30万円、AWS。",
        {
            "use_case_type": "forecasting",
            "inference_mode": ["batch"],
            "batch_records_per_run": 6_000_000,
            "data_volume_gb": 500,
            "data_sensitivity": "internal",
            "regions": ["ap-northeast-1"],
            "cloud": "aws",
            "team_size": 3,
            "team_skills": ["python", "docker"],
            "budget_usd_month": 1950,
        },
    ),
}


@pytest.mark.parametrize("language", sorted(REQUESTS))
def test_a_request_is_read_in_its_own_language(language: str) -> None:
    text, expected = REQUESTS[language]

    found = extract_constraints(text, data=None, on_missing="ask", catalogue=CATALOGUE)

    values = known_values(found.constraints)
    assert found.language == language
    assert {name: values.get(name) for name in expected} == expected
    assert found.contradictions == ()


def test_a_table_and_a_list_are_read_like_sentences() -> None:
    text = """# Helmets
| Item | Value |
|---|---|
| Use case | detect helmets on construction site cameras |
| Latency | 200 ms p95 |
| Budget | 4,500 USD / month |
| Team | 4 engineers (Python, Docker) |
- retrain weekly
- must run on device, 350 cameras, flaky wifi
"""

    found = known_values(extract_constraints(text, data=None, on_missing="ask", catalogue=CATALOGUE).constraints)

    assert found["use_case_summary"] == "detect helmets on construction site cameras"
    assert found["use_case_type"] == "object_detection"
    assert found["latency_p95_ms"] == 200
    assert found["budget_usd_month"] == 4500
    assert found["team_size"] == 4
    assert found["retraining_frequency"] == "weekly"
    assert found["edge_devices"] == 350
    assert found["edge_connectivity"] == "intermittent"


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("1,500", "en", 1500),
        ("1.500", "de", 1500),
        ("1.5", "de", 1.5),
        ("0,125", "de", 0.125),
        ("1.500,50", "de", 1500.5),
        ("40k", "en", 40_000),
        ("2 million", "en", 2_000_000),
        ("30万", "ja", 300_000),
        ("nine", "en", 9),
        ("zwei", "de", 2),
        ("dos", "pt", None),
        ("1 200", "fr", 1200),
    ],
)
def test_numbers_are_read_as_the_language_writes_them(text: str, language: str, value: float | None) -> None:
    assert parse_number(text, language=language) == value


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We need a model for the shop", "en"),
        ("", "en"),
        ("Усть модель для магазина", "ru"),
        ("我们需要一个模型来预测需求", "zh"),
    ],
)
def test_the_language_is_told_from_small_words_and_scripts(text: str, language: str) -> None:
    assert detect_language(text) == language


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text_is_read_without_failing_and_spans_quote_it(text: str) -> None:
    found = extract_constraints(text, data=None, on_missing="ask", catalogue=CATALOGUE)

    assert len(fold(text)) == len(text)
    assert list(found.constraints) == list(CATALOGUE.by_name)
    for value in found.constraints.values():
        if value.span is not None:
            assert text[value.span.start : value.span.end] == value.span.text


def test_the_same_words_give_the_same_bytes_under_any_hash_seed() -> None:
    code = (
        "import json,sys; from decisionworks.projects import *; c=load_constraint_catalogue();"
        "x=extract_constraints(sys.argv[1],data=None,on_missing='ask',catalogue=c);"
        "print(json.dumps([constraints_t"
        "o_json(x.constraints),rank_questions(x.constraints,catalogue=c,language='en')]))"
    )
    text = REQUESTS["fr"][0] + " Kafka, Spark, S3, Postgres, images, PDFs, SOC 2, ISO 27001."

    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, text], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("0", "1", "4242")
    }

    assert len(outputs) == 1


@pytest.mark.parametrize(
    "unit", ["a", "1", "1,", "1 ", " ", "\n", "<!--", "$", "100 000 ", "予算は月30万円", "word ", "- "]
)
def test_reading_time_grows_with_the_text_and_not_with_its_square(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * size)[:size]
        started = time.process_time()
        extract_constraints(text, data=None, on_missing="ask", catalogue=CATALOGUE)
        return time.process_time() - started

    def growth() -> float:
        return seconds(16_000) / max(seconds(2_000), 0.01)

    seconds(1_000)

    # Eight times the text; a quadratic rule takes sixty-four times as long, and does so however often one looks. A
    # machine that is busy with something else seldom spoils three looks.
    assert any(growth() < 32 for _ in range(3))


def test_a_reading_can_be_stored_as_json() -> None:
    found = extract_constraints(REQUESTS["ja"][0], data=None, on_missing="ask", catalogue=CATALOGUE)

    assert json.loads(json.dumps(constraints_to_json(found.constraints))) == constraints_to_json(found.constraints)


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("Bitte doch nur stapelweise jede Nacht", "de"),
        ("plutôt chaque nuit, sans temps réel", "fr"),
        ("mejor cada noche, sin tiempo real", "es"),
        ("melhor toda noite, sem tempo real", "pt"),
        ("rather every night, no real time", "en"),
    ],
)
def test_a_change_of_a_few_words_is_read_in_its_own_language(message: str, language: str) -> None:
    found = extract_constraints(message, data=None, on_missing="assume", catalogue=CATALOGUE)

    assert found.language == language
    assert found.constraints["inference_mode"].value == ["batch"]


def test_a_latin_phrase_is_a_word_of_its_own_beside_japanese_and_nowhere_inside_another_word() -> None:
    kafka, tail = word_pattern(["kafka"], language="en"), word_pattern(["uvre"], language="fr")

    assert kafka.search("基盤はkafkaです") is not None
    assert kafka.search("kafkaesk") is None
    assert tail.search("œuvre") is None
    assert tail.search("“uvre”") is not None
