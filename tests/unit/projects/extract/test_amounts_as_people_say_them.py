"""Amounts in the words of people who are no engineers."""

from __future__ import annotations

import pytest

from decisionworks.projects import extract_constraints, load_constraint_catalogue

CATALOGUE = load_constraint_catalogue()

CASES = [
    # What each of several people does is counted up.
    (
        "A chatbot answers from our manuals. Each of our 25 nurses asks it about 8 questions a day.",
        "llm_requests_per_day",
        200,
    ),
    (
        "Ein Chatbot antwortet aus Handbüchern. Die 50 Berater stellen ihm je vier Fragen am Tag.",
        "llm_requests_per_day",
        200,
    ),
    (
        "Un chatbot répond aux questions sur nos notices : 80 techniciens, cinq questions par jour chacun.",
        "llm_requests_per_day",
        400,
    ),
    ("Ein Chatbot beantwortet Fragen zu Handbüchern, so um die 90 am Tag.", "llm_requests_per_day", 90),
    ("A chatbot over our handbooks hears 3,040 questions a month.", "llm_requests_per_day", 100),
    # A busy time told as a multiple of the usual.
    (
        "Our API scores baskets at once, 4 a second as a rule and five times as many in the sales.",
        "throughput_rps_peak",
        20,
    ),
    (
        "Unsere API bewertet sofort, im Schnitt 4 pro Sekunde, zu Weihnachten zehnmal so viel.",
        "throughput_rps_peak",
        40,
    ),
    ("Nossa API avalia na hora, 6 por segundo em média, o dobro no Natal.", "throughput_rps_peak", 12),
    ("APIが即時に判定します。平均毎秒6件、年末は3倍です。", "throughput_rps_peak", 18),
    ("Wir werten Maschinensignale laufend aus, pro Sekunde kommen 700 Messwerte.", "stream_events_per_sec", 700),
    # So many times so much; what one of them weighs is no volume.
    ("We sort photos, 20,000 photos of 5 MB each.", "data_volume_gb", 100),
    ("Wir sortieren Fotos, 20.000 Stück zu je 5 MB.", "data_volume_gb", 100),
    ("We judge films; each upload is one video (about 6 GB).", "data_volume_gb", None),
    ("Wir sagen Absatz voraus. Monat für Monat kommen 7 GB dazu.", "data_growth_gb_month", 7),
    ("Nous prévoyons la demande. Il s'y ajoute 7 Go chaque mois.", "data_growth_gb_month", 7),
    ("需要を予測します。画像は現在80GB、毎月7GB増えます。", "data_volume_gb", 80),
    ("Wir sagen Absatz voraus. Pro Woche kommen 20 GB dazu.", "data_growth_gb_month", 86.9),
    ("APIが申込を即時に判定します。1分に120件です。", "throughput_rps_avg", 2),
    ("APIが申込を即時に判定します。毎時7200件です。", "throughput_rps_avg", 2),
    ("Ein Chatbot kennt unsere Handbücher. Pro Tag landen grob 70 Fragen bei ihm.", "llm_requests_per_day", 70),
    # What is lost, or how long something is away, is no response time.
    ("Wir bewerten Zahlungen live. Höchstens zehn Minuten an Daten dürfen verloren gehen.", "rpo_minutes", 10),
    ("Evaluamos pagos en directo. Si se cae, hay que volver en 20 minutos.", "rto_minutes", 20),
    ("Every night a batch scores policies, 9,000 of them at a go.", "batch_records_per_run", 9000),
    ("Der Batch bewertet Policen nachts, je Lauf rund 9.000.", "batch_records_per_run", 9000),
    ("We score members in a batch on Mondays and Thursdays.", "batch_runs_month", 8.6),
    ("Wir prognostizieren den Absatz für 30 Mandanten.", "tenants", 30),
    ("We predict churn. It has to be live nine weeks from now.", "deadline_weeks", 9),
]


@pytest.mark.parametrize(("text", "field", "value"), CASES)
def test_an_amount_is_read_as_it_is_meant(text: str, field: str, value: float | None) -> None:
    found = extract_constraints(text, data=None, on_missing="ask", catalogue=CATALOGUE).constraints[field]

    assert (found.value if found.is_known else None) == value
