"""Lists of what nobody wants, runs with their windows, cases that somebody decides: in words of other businesses."""

from __future__ import annotations

import pytest

from decisionworks.projects import ConstraintValue, extract_constraints, load_constraint_catalogue

CATALOGUE = load_constraint_catalogue()


def read(text: str) -> dict[str, ConstraintValue]:
    return extract_constraints(text, data=None, on_missing="ask", catalogue=CATALOGUE).constraints


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        # a denial heads a list, a verdict follows a thing
        ("Events come in on Kinesis.\nNot wanted: brokers, Kafka.", "data_sources", ["kinesis"]),
        ("Die Daten kommen über Kinesis. Kafka wäre mit Kanonen auf Spatzen.", "data_sources", ["kinesis"]),
        (
            "Cada grua envia 30 eventos/s por Kafka; notas em 2 segundos, e um lote à noite não serve.",
            "inference_mode",
            ["streaming"],
        ),
        ("Les clients attendent 300 ms ; personne n'interroge le modèle en lot.", "inference_mode", ["real_time"]),
        ("出荷先は法人のみで個人情報はなく、社内の情報だけです。", "data_sensitivity", "internal"),
        # what a run may take, and how often it comes
        ("The nightly batch covers 900 boilers; the window is 6 hours.", "batch_deadline_hours", 6),
        ("Chaque nuit, un score par chaudière ; le traitement dispose de 4 heures.", "batch_deadline_hours", 4),
        (
            "Once a month we score every tree of the city in one batch run; two days are enough.",
            "batch_deadline_hours",
            48,
        ),
        ("Jede Stunde eine Prognose für 80 Becken, als Tabelle.", "inference_mode", ["batch"]),
        ("De hora a hora uma previsão para cada comporta, numa tabela.", "batch_runs_month", 730),
        (
            "A neural surrogate; one training a quarter of it is too little, so one training a month.",
            "retraining_frequency",
            "monthly",
        ),
        # somebody decides, presses or signs
        ("What the model cannot place goes to a grader at the mill, who decides.", "human_review_required", True),
        ("Was unklar ist, geht an eine Kollegin im Lager, die entscheidet.", "human_review_required", True),
        ("Les cas limites passent à un expert, qui tranche.", "human_review_required", True),
        ("Lo incierto pasa a un perito, que decide.", "human_review_required", True),
        ("Nothing is written until the shift leader has pressed yes.", "human_review_required", True),
        # one word for two numbers; a row of a table
        (
            "| questions per day | 800 |\n| tokens | 2,500 in, 300 out |\nA chat over our manuals.",
            "llm_requests_per_day",
            800,
        ),
        ("社内文書への質問に答えます。入力3,000、出力250トークン。", "llm_tokens_in", 3000),
        # each number is marked by its own word
        ("| load | 90 rps average, 240 peak (Sunday evenings) |", "throughput_rps_avg", 90),
        ("10時から20時まで、平均3件/秒、ピークで9件/秒のAPIです。", "throughput_rps_peak", 9),
        # calls are no corpus, and one a second of each is not all of them
        (
            "An agent with four tools reads tickets: 8,000 model calls a day, 700 how-to pages to search.",
            "corpus_documents",
            700,
        ),
        # what sensors measure comes out of the stream; a model in runs is asked once a record
        (
            "The wind masts already write their sensor series to Kinesis, 900 readings a second.",
            "data_sources",
            ["kinesis"],
        ),
        (
            "Every night 4,000 auction lots come out of Postgres; a language model over its API writes a text for each,"
            " all of it by 6 am.",
            "llm_requests_per_day",
            4000,
        ),
        # one in each place is counted by the places
        ("Wir haben 30 Kinos. Je Kino eine Kamera, das Modell läuft auf dem Gerät an der Kamera.", "edge_devices", 30),
        ("倉庫25か所に、1か所1台、計25台の端末を置き、推論は端末で行います。", "edge_devices", 25),
        ("既存の EKS を利用します。", "existing_platform", ["kubernetes"]),
        # weights are quantised, octets stand in lists
        ("Ein offenes Sprachmodell (auf 8 Bit quantisiert, 70 GB), selbst betrieben.", "model_size_gb", 70),
        (
            "Nous classons des photos avec un réseau de neurones, 80 Mo, 300 Go de photos dans S3.",
            "model_size_gb",
            0.08,
        ),
        # purposes in further words
        ("Nehmt die 30 ähnlichsten Stoffmuster aus unserem Archiv.", "use_case_type", "embedding_search"),
        ("Aprendizaje por refuerzo para las compuertas de un canal.", "use_case_type", "other"),
        ("Microcréditos para vendedores: ¿se concede o no?", "use_case_type", "credit_risk"),
        ("眼底写真から緑内障の疑いを判定します。", "use_case_type", "medical_imaging"),
        ("If it breaks at night, we look at it in the morning.", "ops_coverage", "business_hours"),
        ("Quem é recusado precisa saber por quê.", "explainability_required", True),
    ],
)
def test_it_is_read_as_it_was_meant(text: str, field: str, value: object) -> None:
    found = read(text)[field]

    assert found.value == value, found


def test_several_platforms_of_one_sentence_are_all_read() -> None:
    """Given one platform that a phrase names, the others that are in place are gathered all the same."""
    found = read("Everything of ours runs on EKS, readings come in over Kafka, a score within 200 ms.")

    assert sorted(str(one) for one in found["existing_platform"].value or []) == ["kafka", "kubernetes"]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (
            "The claims team confirms or rejects a case after two weeks; until then nothing is known.",
            "human_review_required",
        ),
        ("The only caller sits in the same network, so nothing is public.", "data_sensitivity"),
    ],
)
def test_it_says_nothing_of_a_field(text: str, field: str) -> None:
    assert not read(text)[field].is_known
