"""What people who write in German, French, Spanish, Portuguese or Japanese mean, in words that no scenario uses."""

from __future__ import annotations

import pytest

from decisionworks.projects import ConstraintValue, Extraction, extract_constraints, load_constraint_catalogue

CATALOGUE = load_constraint_catalogue()


def extraction(text: str) -> Extraction:
    return extract_constraints(text, data=None, on_missing="ask", catalogue=CATALOGUE)


def read(text: str) -> dict[str, ConstraintValue]:
    return extraction(text).constraints


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        # what is wanted
        ("Wenn Ihnen das gefällt, dann probieren Sie dies: so berät der Shop.", "use_case_type", "recommendation"),
        ("Si te gustó este vino, ¿cuál más? La tienda debe decirlo.", "use_case_type", "recommendation"),
        ("L'infirmière dicte au téléphone, on veut la lettre à la fin : je dicte mes notes.", "use_case_type",
         "speech_to_text"),
        ("Eu dito os laudos para o gravador e quero lê-los depois.", "use_case_type", "speech_to_text"),
        ("町内会の録音テープから会議録を起こしたいです。", "use_case_type", "speech_to_text"),
        ("Die Pumpen melden ihren Druck; wenn sich eine merkwürdig verhält, wollen wir es wissen.", "use_case_type",
         "anomaly_detection"),
        ("El programa mira la foto de la piel y dice si es lunar, verruga o nada.", "use_case_type",
         "image_classification"),
        # a model that somebody else runs
        ("Ein Sprachmodell soll antworten, wir hosten nichts selbst.", "model_type", "llm_api"),
        ("Um modelo de linguagem por API, tanto faz qual, escreve as cartas.", "llm_external_api_allowed", True),
        ("Las inspecciones tardan unas 4 semanas en decirnos si era robo.", "label_delay_days", 28),
        ("トークン: 入力2,500、出力300", "llm_tokens_out", 300),
        ("Das Sprachmodell schreibt Briefe. Tokens: Eingabe 1.800, Ausgabe 250", "llm_tokens_in", 1800),
        # what it works on and for
        ("O roteamento: em que ordem cada carrinha visita as lojas.", "use_case_type", "other"),
        ("Betrug finden: Zahlungen als Graph, wer mit wem verbunden ist.", "data_types", ["tabular", "graph"]),
        ("A telemetria das bombas já está no Kafka.", "data_sources", ["kafka"]),
        ("Die Kamera sieht, ob sich ein Gedränge bildet, 4 Bilder pro Sekunde.", "data_types", ["video"]),
        ("Con cada imagen y todas las imágenes de la cámara se ve si se forma una cola.", "data_types", ["video"]),
        ("O modelo já está treinado, só falta servi-lo.", "training_compute", "none"),
        # who looks before anything goes out
        ("Je valide toujours chaque lettre avant de l'envoyer.", "human_review_required", True),
        ("Yo reviso siempre cada carta antes de mandarla.", "human_review_required", True),
        ("Lo que no se entienda lo revisa una secretaria.", "human_review_required", True),
        ("できた原稿は記者が読み直します。", "human_review_required", True),
        # who is there
        ("Wer: 3 (Python, Docker). Wo: AWS.", "team_size", 3),
        ("El equipo son cinco, Python y Spark.", "team_size", 5),
        ("Elle seule va s'occuper du service.", "team_size", 1),
        ("保守は私とあと一人です。", "team_size", 2),
        ("Betreuung: werktags, tagsüber.", "ops_coverage", "business_hours"),
        # how much, when and where
        ("Le trafic arrive par vagues.", "traffic_pattern", "spiky"),
        ("Alle Daten müssen in Großbritannien bleiben.", "data_residency", "uk"),
        ("Les données restent au Royaume-Uni.", "data_residency", "uk"),
        ("Hay que etiquetar todavía las fotos.", "labelling_needed", True),
        ("推論は装置の中で行い、クラウドは使いません。", "inference_mode", ["edge"]),
        ("Toda noite uma nota para cada doente internado (são uns 950).", "batch_records_per_run", 950),
        ("Drohnenflüge: fotografiert und nach jedem Flug ausgewertet, 3 Flüge pro Woche.", "batch_runs_month", 12.9),
    ],
)  # fmt: skip
def test_it_is_read(text: str, field: str, value: object) -> None:
    found = read(text)[field]

    assert found.is_known
    assert found.value == value


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Kurzfassung: wir wollen den Bestand zählen.", "use_case_type"),
        ("Meine Kollegin hat mir den Text diktiert: wir haben ein Lager.", "use_case_type"),
        ("24時間以内に届けば十分です。", "ops_coverage"),
        ("La loi dicte les délais, nous avons un entrepôt.", "use_case_type"),
        ("Nous validons toujours nos modèles sur un jeu de test.", "human_review_required"),
        ("No se sabe quién decide el presupuesto.", "human_review_required"),
        ("Wir verkaufen Schuhe im UK und in Irland.", "data_residency"),
        ("Das Modell gibt es schon, es wird monatlich neu trainiert.", "training_compute"),
        ("Las cámaras mandan imágenes día y noche sin parar.", "ops_coverage"),
        ("Im Haus kümmern sich zwei Leute darum.", "data_sources"),
        ("ベルトの上を流れてくる部品を撮影します。", "inference_mode"),
        ("Aus jedem Markt wird ein Ausschnitt von einer Viertelstunde angesehen.", "latency_p95_ms"),
    ],
)
def test_what_is_said_by_the_way_fills_no_field(text: str, field: str) -> None:
    assert not read(text)[field].is_known


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("600 Sensoren, jeder liefert 2 Messwerte pro Sekunde.", "stream_events_per_sec", 1200),
        ("Nous avons 50 capteurs, chacun envoie 4 mesures par seconde.", "stream_events_per_sec", 200),
        ("カメラ20台、1台あたり毎秒3枚の画像を判定します。", "throughput_rps_peak", 60),
        # where that of all is said, nothing is counted up and nothing contradicts
        (
            "Hay 80 cámaras, y de cada una queremos mirar en el servidor 3 imágenes por segundo, sin descanso "
            "(210 imágenes por segundo, todo el tiempo).",
            "throughput_rps_peak",
            210,
        ),
        ("De 80 cámaras llegan, de cada una, 3 imágenes por segundo (240 imágenes por segundo).", "throughput_rps_peak",
         240),
    ],
)  # fmt: skip
def test_the_rate_of_each_is_not_taken_for_that_of_all(text: str, field: str, value: object) -> None:
    found = extraction(text)

    assert found.constraints[field].value == value
    assert not found.contradictions


@pytest.mark.parametrize(
    "text",
    [
        "Chaque décision est effacée au bout de 60 jours, sans la moindre exception.\n"
        "Chaque décision est conservée huit ans, sans aucune exception.",
        "すべての判定記録は30日後に削除し、例外は認めません。\nすべての判定記録は10年間保存し、例外は認めません。",
    ],
)
def test_no_exception_sets_nothing_apart(text: str) -> None:
    assert extraction(text).contradictions
