"""Ways of saying things that no scenario of the evaluation uses."""

from __future__ import annotations

import pytest

from decisionworks.projects import ConstraintValue, extract_constraints, load_constraint_catalogue

CATALOGUE = load_constraint_catalogue()


def read(text: str) -> dict[str, ConstraintValue]:
    return extract_constraints(text, data=None, on_missing="ask", catalogue=CATALOGUE).constraints


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        # spelled-out numbers, separators and scales
        ("We can spend two and a half thousand dollars a month.", "budget_usd_month", 2500),
        ("Wir haben dreitausendfünfhundert Euro im Monat.", "budget_usd_month", 4025),
        ("Le budget est de deux mille euros par mois.", "budget_usd_month", 2300),
        ("Tenemos mil quinientos dólares al mes de presupuesto.", "budget_usd_month", 1500),
        ("Orçamento de R$ 15 mil por mês.", "budget_usd_month", 2775),
        ("予算は月二十万円です。", "budget_usd_month", 1300),
        ("The budget is GBP 2,000 per month.", "budget_usd_month", 2620),
        ("Budget: CHF 1'500 pro Monat.", "budget_usd_month", 1860),
        ("USD 3,250 monthly is what finance gave us.", "budget_usd_month", 3250),
        # a long line that the mail program broke
        (
            "The finance people have agreed that the whole project may spend about 4,000\ndollars a month for it.",
            "budget_usd_month",
            4000,
        ),
        # two ends of a rate, in any order
        ("On average 40 requests per second, 160 at peak.", "throughput_rps_peak", 160),
        ("Peak 300 rps / average 75 rps.", "throughput_rps_avg", 75),
        ("Im Schnitt 20 Anfragen pro Sekunde, in der Spitze 90.", "throughput_rps_peak", 90),
        ("70 requêtes par seconde en moyenne, 310 en pointe.", "throughput_rps_peak", 310),
        ("Unas 15 peticiones por segundo de media y 60 en hora punta.", "throughput_rps_avg", 15),
        ("平均30件/秒、ピーク120件/秒です。", "throughput_rps_peak", 120),
        ("平均30件/秒、ピーク120件/秒です。", "throughput_rps_avg", 30),
        # corrections
        ("It peaks at 200 requests per second - sorry, actually 280.", "throughput_rps_peak", 280),
        ("Nachts bewerten wir 8.000 Kunden, nein, Korrektur: 9.500 Kunden.", "batch_records_per_run", 9500),
        # what one run scores
        ("Every Sunday we score our 64,000 policyholders for lapse risk.", "batch_records_per_run", 64_000),
        ("Jede Nacht wird der Bedarf für 12.000 Artikel vorhergesagt.", "batch_records_per_run", 12_000),
        ("Chaque lundi, un score de résiliation pour 210 000 abonnés.", "batch_records_per_run", 210_000),
        ("毎晩、会員45万人の解約確率を計算します。", "batch_records_per_run", 450_000),
        # no personal data
        ("Personal data: none.", "data_sensitivity", "internal"),
        ("The recordings hold no names and no personal data.", "data_sensitivity", "internal"),
        ("Es sind keinerlei personenbezogene Daten enthalten.", "data_sensitivity", "internal"),
        ("| Données personnelles | aucune |\n| Équipe | nous sommes trois |", "data_sensitivity", "internal"),
        ("No hay datos personales.", "data_sensitivity", "internal"),
        ("Não há dados pessoais.", "data_sensitivity", "internal"),
        ("個人情報は一切含みません。", "data_sensitivity", "internal"),
        ("個人情報は一切含みません。", "compliance", ["none"]),
        # personal data
        ("Pupils' names and grades are in the files.", "data_sensitivity", "pii"),
        ("Name, Gehalt und Anschrift der Kunden stehen in den Akten.", "data_sensitivity", "pii"),
        ("Aparecen los nombres y teléfonos de los vecinos.", "data_sensitivity", "pii"),
        ("氏名と電話番号が含まれます。", "data_sensitivity", "pii"),
        # where data may go
        ("Nothing may be stored outside the EU.", "data_residency", "eu"),
        ("Die Aufnahmen dürfen die EU nie verlassen.", "data_residency", "eu"),
        ("Tout doit rester dans l'Union européenne.", "data_residency", "eu"),
        ("Los datos no deben salir de la Unión Europea.", "data_residency", "eu"),
        ("Um LLM via API serve, desde que tudo fique no Brasil.", "data_residency", "country"),
        ("データは国内に置く必要があります。", "data_residency", "country"),
        # on the device
        ("The model runs on each harvester itself; reception is patchy.", "inference_mode", ["edge"]),
        ("The model runs on each harvester itself; reception is patchy.", "edge_connectivity", "intermittent"),
        ("Das Modell läuft direkt auf der Maschine.", "inference_mode", ["edge"]),
        ("El modelo se ejecuta a bordo de cada camión.", "inference_mode", ["edge"]),
        ("検査装置80台の上でモデルを動かします。", "edge_devices", 80),
        # somebody decides
        ("A pharmacist signs off every suggestion.", "human_review_required", True),
        ("Im Zweifel entscheidet eine Sachbearbeiterin.", "human_review_required", True),
        ("Un agronome valide chaque alerte.", "human_review_required", True),
        ("Una enfermera confirma cada aviso.", "human_review_required", True),
        ("Um técnico confere cada resultado.", "human_review_required", True),
        ("最終判断は医師が行います。", "human_review_required", True),
        ("Doubtful cases go to an operator.", "human_review_required", True),
        ("Each translation must be checked by a translator before it goes out.", "human_review_required", True),
        ("Die Stationsleitung bestätigt jeden Vorschlag.", "human_review_required", True),
        ("Les cas douteux vont à un opérateur.", "human_review_required", True),
        ("Los casos dudosos pasan a una operadora.", "human_review_required", True),
        ("Cabe revisão por um analista, que confirma as recusas.", "human_review_required", True),
        ("必ず翻訳者が確認してから納品します。", "human_review_required", True),
        # how many they are
        ("Equipo: una docena de personas.", "team_size", 12),
        ("We are half a dozen engineers.", "team_size", 6),
        ("Das Team: ein Dutzend Leute.", "team_size", 12),
        ("Équipe : une douzaine de personnes.", "team_size", 12),
        ("Um engenheiro valida cada alerta. A equipe: meia dúzia de pessoas.", "team_size", 6),
        ("Un ingénieur valide chaque défaut signalé. 4 personnes, Python et Docker.", "team_size", 4),
        # all of it, and one of many
        ("We get 8,000 images of 250 MB each. The archive is 30 TB in S3.", "data_volume_gb", 30_000),
        ("家具の画像検索。ピーク時は毎秒25リクエスト、平均は毎秒4リクエスト。", "throughput_rps_peak", 25),
        ("on est 3, python, un modele de vision.", "team_size", 3),
        # a model that stands where the pictures are sent
        (
            "Kameras an der Linie machen Bilder, die an eine API in der Cloud gehen, p95 200 ms.",
            "inference_mode",
            ["real_time"],
        ),
        ("Bereitschaft gibt es keine; jemand schaut drauf, sobald er dazu kommt.", "ops_coverage", "best_effort"),
        # when the truth is known
        ("Laborwert kommt nach 28 Tagen.", "label_delay_days", 28),
        ("Lab results arrive after 28 days.", "label_delay_days", 28),
        # when an answer is due
        ("Half a second per answer is acceptable.", "latency_p95_ms", 500),
        ("Das Ergebnis ist spätestens nach zwei Minuten da.", "latency_p95_ms", 120_000),
        ("La réponse doit arriver en une demi-seconde.", "latency_p95_ms", 500),
        # what already runs
        ("Events come through Kafka, which we already operate.", "existing_platform", ["kafka"]),
        ("Os eventos chegam pelo nosso Kafka.", "existing_platform", ["kafka"]),
        # families of models
        ("We use a FlauBERT classifier.", "model_type", "transformer_nlp"),
        ("BERTモデルを使います。", "model_type", "transformer_nlp"),
        ("Ein Random-Forest-Modell auf Tabellen.", "model_type", "linear_or_tree"),
        # how often it is trained
        ("New model whenever drift shows up.", "retraining_frequency", "on_drift"),
        ("モデルは毎月更新します。", "retraining_frequency", "monthly"),
        ("Se reentrena una vez a la semana.", "retraining_frequency", "weekly"),
        # a purpose that is described and not named
        ("Seniors send photos; the app should say which mushroom it is.", "use_case_type", "image_classification"),
        ("Wir möchten wissen, wie viele Brötchen morgen gebraucht werden.", "use_case_type", "forecasting"),
        ("Nos clients cherchent des bijoux qui ressemblent à un modèle.", "use_case_type", "embedding_search"),
        ("We want the most similar paragraphs; no text is generated.", "use_case_type", "embedding_search"),
        ("We need an agent that looks up the order and drafts a refund.", "use_case_type", "llm_agent"),
        ("Ein Foto der Scheibe, das Modell sagt reparieren oder ersetzen.", "use_case_type", "image_classification"),
        ("カメラの画像から良品か不良品かを判定します。", "use_case_type", "image_classification"),
        # one's own model is no language model
        ("Tenemos un modelo propio, EfficientNet, para las fotos.", "model_type", "cnn_vision"),
        # results that go back to where events come from
        ("The score of each scan goes back on a topic within 3 seconds.", "inference_mode", ["streaming"]),
        ("Queremos detectar en el propio flujo comportamientos anómalos.", "inference_mode", ["streaming"]),
        # somebody looks before anything happens
        ("Nothing gets booked before a dispatcher has clicked OK.", "human_review_required", True),
        ("O gerente vê a nota e é sempre ele quem decide.", "human_review_required", True),
        ("Die Entscheidung trifft immer eine Disponentin.", "human_review_required", True),
        ("A chatbot answers our members. Legal is fine with a model behind an API.", "llm_external_api_allowed", True),
        # labels that are still to be made
        ("Our agronomists have to draw boxes on new frames.", "labelling_needed", True),
        # each customer has a model
        ("150 boutiques clientes ; chacune a son propre petit modèle.", "tenants", 150),
        # a house of one's own beside the cloud
        ("院内サーバーに画像があり、院内とクラウドの併用を想定しています。", "cloud", "hybrid"),
    ],
)
def test_the_same_thing_in_other_words_is_read(text: str, field: str, value: object) -> None:
    found = read(text)[field]

    assert found.is_known
    assert found.value == value


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Once a week we print the list.", "data_velocity"),
        ("Listing data changes once a day; the price shows on every page at once.", "batch_records_per_run"),
        ("We know Kafka and stream processing well.", "inference_mode"),
        ("We build Docker images.", "data_types"),
        ("At most 40 requests per second.", "budget_hardness"),
        ("The truth is known after 3 hours.", "deadline_weeks"),
    ],
)
def test_words_about_something_else_fill_no_field(text: str, field: str) -> None:
    assert not read(text)[field].is_known


def test_reasons_quote_numbers_without_the_padding_of_the_folded_text() -> None:
    found = read("Between two thousand and three thousand five hundred euros a month of budget.")["budget_usd_month"]

    assert found.value == 2300
    assert "00" not in (found.reason or "").replace("000", "").replace("3,500", "")
    assert found.span is not None
    assert "thousand" in found.span.text


def test_two_far_apart_response_times_are_asked_about() -> None:
    text = "The score has to be there within 40 ms (p95). Product adds: the p95 latency shall be 3 seconds."

    found = extract_constraints(text, data=None, on_missing="ask", catalogue=CATALOGUE)

    assert not found.constraints["latency_p95_ms"].is_known
    assert found.contradictions[0].fields == ("latency_p95_ms",)
